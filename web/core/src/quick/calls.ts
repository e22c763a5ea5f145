// The operations of QUICK, on bytes. Whatever the server answers is taken apart here.

import { settle, type Client } from "../api.ts";
import type { Bytes } from "../bytes.ts";
import type { components } from "../generated/api.ts";
import { fromBase32, fromBase64url, toBase32, toBase64url } from "../ids.ts";
import { fail, pass, type Result } from "../result.ts";

type NewDevice = components["schemas"]["NewDevice"];
type Language = components["schemas"]["Language"];
export type Device = components["schemas"]["Device"];

/** How a device and its person prove themselves, as the headers say it. */
export interface Proof {
  readonly device: string;
  readonly member?: string | undefined;
}

export const deviceProof = (id: Bytes, token: Bytes): string =>
  `${toBase32(id)}.${toBase64url(token)}`;

const headersOf = ({ device, member }: Proof): Record<string, string> => ({
  "Couvert-Device": device,
  ...(member !== undefined && { "Couvert-Member": member }),
});

/** Something under a code or a device key, or a book. */
interface Sealed {
  readonly sealed: string;
}

/** Bytes of an answer. Throws where they are none: `read` makes `damaged` of it. */
function bytes(text: string): Bytes {
  const found = fromBase64url(text);
  if (found === undefined) throw new TypeError("no base64url");
  return found;
}

function idBytes(text: string): Bytes {
  const found = fromBase32(text);
  if (found?.length !== 16) throw new TypeError("no ID");
  return found;
}

/** An answer read into what it says. `damaged` where it says nothing that can be. */
function read<From, To>(answer: Result<From>, how: (value: From) => To): Result<To> {
  if (!answer.ok) return answer;
  try {
    return pass(how(answer.value));
  } catch {
    return fail("damaged", { reason: "answer" });
  }
}

const left = (answer: Result<Sealed>) => read(answer, ({ sealed }) => bytes(sealed));

/** What a new person gives the server. */
export interface Activation {
  readonly publicKey: Bytes;
  /** The person's secret under the recovery code. */
  readonly recovery: Bytes;
  /** Version 1. */
  readonly book: Bytes;
  readonly device: { readonly name: string; readonly sealed: Bytes };
  readonly language: Language;
  readonly startAnew: boolean;
}

const newDevice = ({ name, sealed }: Activation["device"]): NewDevice => ({
  name,
  sealed: toBase64url(sealed),
});

/** For who has proven the mailbox, and perhaps has no keys yet. */
function verified(client: Client) {
  const of = (verification_id: string) => ({ params: { path: { verification_id } } });
  return {
    person: (verification: string) =>
      settle(client.GET("/api/v1/verifications/{verification_id}/quick", of(verification))),
    activate: (verification: string, proof: Proof, activation: Activation) =>
      settle(
        client.POST("/api/v1/verifications/{verification_id}/quick", {
          ...of(verification),
          headers: headersOf(proof),
          body: {
            public_key: toBase64url(activation.publicKey),
            recovery: toBase64url(activation.recovery),
            book: toBase64url(activation.book),
            device: newDevice(activation.device),
            language: activation.language,
            start_anew: activation.startAnew,
          },
        }),
      ),
    addDevice: (verification: string, proof: Proof, device: Activation["device"]) =>
      settle(
        client.POST("/api/v1/verifications/{verification_id}/quick/devices", {
          ...of(verification),
          headers: headersOf(proof),
          body: newDevice(device),
        }),
      ),
    takeCode: async (verification: string) =>
      left(
        await settle<Sealed>(
          client.POST("/api/v1/verifications/{verification_id}/quick/code/take", of(verification)),
        ),
      ),
    recovery: async (verification: string) =>
      left(
        await settle<Sealed>(
          client.GET("/api/v1/verifications/{verification_id}/quick/recovery", of(verification)),
        ),
      ),
  };
}

/** For a device of the person. */
function own(client: Client) {
  return {
    self: async (proof: Proof) =>
      read(
        await settle(client.GET("/api/v1/quick", { headers: headersOf(proof) })),
        ({ address, public_key, sealed }) => ({
          address,
          publicKey: bytes(public_key),
          sealed: bytes(sealed),
        }),
      ),
    book: async (proof: Proof) =>
      read(
        await settle(client.GET("/api/v1/quick/book", { headers: headersOf(proof) })),
        ({ version, sealed }) => {
          if (!Number.isSafeInteger(version) || version < 1) throw new TypeError("no version");
          return { version, sealed: bytes(sealed) };
        },
      ),
    putBook: (proof: Proof, version: number, sealed: Bytes) =>
      settle(
        client.PUT("/api/v1/quick/book", {
          headers: headersOf(proof),
          body: { version, sealed: toBase64url(sealed) },
        }),
      ),
    devices: async (proof: Proof) =>
      read(
        await settle(client.GET("/api/v1/quick/devices", { headers: headersOf(proof) })),
        ({ devices }) => devices,
      ),
    revoke: (proof: Proof, device_id: string) =>
      settle(
        client.DELETE("/api/v1/quick/devices/{device_id}", {
          params: { path: { device_id } },
          headers: headersOf(proof),
        }),
      ),
    leaveCode: (proof: Proof, sealed: Bytes) =>
      settle(
        client.PUT("/api/v1/quick/code", {
          headers: headersOf(proof),
          body: { sealed: toBase64url(sealed) },
        }),
      ),
    renewRecovery: (proof: Proof, sealed: Bytes) =>
      settle(
        client.PUT("/api/v1/quick/recovery", {
          headers: headersOf(proof),
          body: { sealed: toBase64url(sealed) },
        }),
      ),
  };
}

/** For a device, about contacts. */
function others(client: Client) {
  return {
    shownKeys: async (proof: Proof, addresses: readonly string[]) =>
      read(
        await settle(
          client.POST("/api/v1/quick/contacts", {
            headers: headersOf(proof),
            body: { addresses: [...addresses] },
          }),
        ),
        ({ contacts }) =>
          contacts.map(({ address, public_key }) => ({
            address,
            key: public_key === undefined ? undefined : bytes(public_key),
          })),
      ),
    end: (proof: Proof, address: string) =>
      settle(
        client.POST("/api/v1/quick/contacts/end", {
          headers: headersOf(proof),
          body: { address },
        }),
      ),
    answers: async (proof: Proof) =>
      read(
        await settle(client.GET("/api/v1/quick/answers", { headers: headersOf(proof) })),
        ({ answers }) =>
          answers.map(({ seal_id, recipient, answer }) => ({
            seal: idBytes(seal_id),
            recipient,
            answer: bytes(answer),
          })),
      ),
    answerTaken: (proof: Proof, seal: Bytes, recipient: string) =>
      settle(
        client.POST("/api/v1/quick/answers/take", {
          headers: headersOf(proof),
          body: { seal_id: toBase32(seal), recipient },
        }),
      ),
  };
}

/** For a device, about a transfer. */
function transfers(client: Client) {
  return {
    envelope: async (proof: Proof, transfer_id: string) =>
      read(
        await settle(
          client.POST("/api/v1/quick/envelope", {
            headers: headersOf(proof),
            body: { transfer_id },
          }),
        ),
        (found) => ({
          place: { mode: found.mode, seal: idBytes(found.seal_id), slot: idBytes(found.slot_id) },
          from: found.from,
          to: found.to,
          envelope: bytes(found.envelope),
        }),
      ),
    invitation: async (retrieval_id: string) =>
      read(
        await settle(
          client.GET("/api/v1/retrievals/{retrieval_id}/invitation", {
            params: { path: { retrieval_id } },
          }),
        ),
        (found) => ({
          seal: idBytes(found.seal_id),
          secret: bytes(found.secret),
          from: { address: found.from, key: bytes(found.public_key) },
          to: found.to,
        }),
      ),
    answer: (proof: Proof, retrieval_id: string, answer: Bytes) =>
      settle(
        client.POST("/api/v1/retrievals/{retrieval_id}/answer", {
          params: { path: { retrieval_id } },
          headers: headersOf(proof),
          body: { answer: toBase64url(answer) },
        }),
      ),
  };
}

export type QuickCalls = ReturnType<typeof quickCalls>;

/**
 * Errors: each call may fail with every code; `damaged` with the reason `answer` where the answer
 *         was not one.
 */
export const quickCalls = (client: Client) => ({
  ...verified(client),
  ...own(client),
  ...others(client),
  ...transfers(client),
});
