// The server as the add-on sees it: a program with a token, where a browser has cookies.
import { createApi, pass, type Api, type CodePurpose, type Host, type Result } from "@couvert/core";
import { currentLanguage } from "@couvert/ui";
import { createQuick, type Quick } from "@couvert/ui/quick/quick.ts";

import type { Settings } from "./settings.ts";

export interface Server {
  readonly api: Api;
  readonly host: Host;
  /** With keys of this mail program at this server. */
  readonly quick: Quick;
  /** Who calls, for uploads. */
  headers(): Record<string, string>;
  /** Mails a code; keeps the session's token that comes with the first. */
  requestCode(address: string, purpose: CodePurpose): Promise<Result>;
  /** The verification of a mailbox; undefined where it is not proven. */
  verificationOf(address: string): Promise<Result<string | undefined>>;
  /** Calls from now on are about what this token has opened. */
  useRetrieval(token: string): void;
}

/** Where it is, and what keeps a token that it gives. */
export function createServer(
  { server, token: kept }: Settings,
  save: (change: Partial<Settings>) => Promise<void>,
): Server {
  let token = kept;
  let retrieval = "";
  const headers = (): Record<string, string> => ({
    ...(token !== "" && { Authorization: `Bearer ${token}` }),
    ...(retrieval !== "" && { "Couvert-Retrieval": retrieval }),
  });
  const host: Host = {
    base: server,
    client: "program",
    fetch: (request) => {
      const withToken = new Request(request, { credentials: "omit" });
      for (const [name, value] of Object.entries(headers())) withToken.headers.set(name, value);
      return fetch(withToken);
    },
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: () => Date.now(),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  };
  const api = createApi(host);
  const quick = createQuick(host, api.client, `couvert.quick ${server}`);

  async function keep(next: string): Promise<void> {
    token = next;
    await save({ server, token }).catch(() => undefined); // then it lasts as long as the pane
  }

  async function requestCode(address: string, purpose: CodePurpose): Promise<Result> {
    const asked = await api.requestCode(address, currentLanguage(), purpose);
    if (!asked.ok && asked.code === "unproven" && token !== "") {
      await keep(""); // that session is over
      return requestCode(address, purpose);
    }
    if (!asked.ok) return asked;
    if (asked.value.token !== undefined) await keep(asked.value.token);
    return pass(undefined);
  }

  async function verificationOf(address: string): Promise<Result<string | undefined>> {
    if (token === "") return pass(undefined);
    const known = await api.verifications();
    if (!known.ok) return known.code === "unproven" ? pass(undefined) : known;
    const same = address.toLowerCase();
    const one = known.value.verifications.find((each) => each.address.toLowerCase() === same);
    return pass(one?.verification_id);
  }

  const useRetrieval = (opened: string) => void (retrieval = opened);
  return { api, host, quick, headers, requestCode, verificationOf, useRetrieval };
}
