/**
 * What the core needs from where it runs. The web page, the add-ins and the tests each bring one.
 */
export interface Host {
  /** Where the server's paths begin, for example `https://transfer.example.org`. */
  readonly base: string;
  /** What it is to the server, `browser` where absent: programs bring tokens, no cookies. */
  readonly client?: "browser" | "program";
  fetch(request: Request): Promise<Response>;
  wait(milliseconds: number): Promise<void>;
  /** Milliseconds since 1970 by the clock of the device, which may be wrong. */
  now(): number;
  /** Unpredictable bytes. */
  random(bytes: number): Uint8Array;
}
