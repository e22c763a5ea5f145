import type { Verification } from "@couvert/core";

/** Who has proven a mailbox in this browser, and whose things a page shows. */
export interface Proven {
  readonly people: readonly Verification[];
  /** The ID of a verification, one of `people`; a person may choose another. */
  chosen: string;
  /** Goes on to prove one more address. */
  readonly another: () => void;
  /** Nothing of this address is here any more. */
  readonly forgot: (address: string) => void;
}

/** Whose things are shown. */
export const addressOf = ({ people, chosen }: Proven): string =>
  people.find((one) => one.verification_id === chosen)?.address ?? "";
