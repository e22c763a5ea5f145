// What a client of QUICK needs from where it runs: a place for its own key, and peace from others.

import type { Bytes } from "../bytes.ts";
import type { Host } from "../host.ts";
import type { Result } from "../result.ts";
import type { SeenBook } from "./book.ts";

/** This client of one person, as it is kept between visits. */
export interface DeviceRecord {
  /** As the server writes it. */
  readonly address: string;
  /** 16 bytes, no secret. */
  readonly id: Bytes;
  /** It cannot be read, only used. */
  readonly key: CryptoKey;
  /** The person's public key: another one is refused. */
  readonly personKey: Bytes;
  /** Of the newest contact book that this client took. */
  readonly seen: SeenBook | undefined;
  /** It was announced; whether the server took it is not known yet. */
  readonly pending: boolean;
  /** A recovery code was shown here that nobody has said to have kept. */
  readonly codeUnkept: boolean;
}

/** Errors: `unavailable` with the reason `no_storage` where nothing can be kept. */
export interface DeviceStore {
  read(address: string): Promise<Result<DeviceRecord | undefined>>;
  /** In place of an earlier one of this address. */
  write(record: DeviceRecord): Promise<Result>;
  remove(address: string): Promise<Result>;
}

export interface QuickHost extends Host {
  readonly devices: DeviceStore;
  /** Runs `work` while nobody else of this browser runs anything under that name: tabs share one
   * device. Not to be nested. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
}
