// The HTTP API as a browser sees it. Types come from spec/api.yaml; every answer is a Result.

import createClient from "openapi-fetch";

import type { components, paths } from "./generated/api.ts";
import type { Host } from "./host.ts";
import { fail, failureOf, pass, type Result } from "./result.ts";

type Schemas = components["schemas"];
export type Server = Schemas["Server"];
export type Verification = Schemas["Verification"];
export type PolicyAnswer = Schemas["PolicyAnswer"];
export type Draft = Schemas["Draft"];
export type Start = Schemas["Start"];
export type Started = Schemas["Started"];
export type Sent = Schemas["Sent"];
export type SentRecipient = Schemas["SentRecipient"];
export type SentPage = Schemas["SentPage"];
export type SentSummary = Schemas["SentSummary"];
export type SentFiles = Schemas["SentFiles"];
export type Fetched = Schemas["Fetched"];
export type SentFile = Schemas["File"];
export type Retrieval = Schemas["Retrieval"];
export type ReceivedPage = Schemas["ReceivedPage"];
export type ReceivedTransfer = Schemas["ReceivedTransfer"];
export type OpenBy = Schemas["OpenBy"];

type Json<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;
type Answer<Path extends keyof paths> = paths[Path] extends {
  post: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

export type PolicyQuestion = Json<"/api/v1/policy">;
export type PasswordVerdict = Answer<"/api/v1/passwords/check">;
export type NotificationQuestion = Json<"/api/v1/notification">;
export type NotificationPreview = Answer<"/api/v1/notification">;
export type Found = Answer<"/api/v1/transfers/find">;
export type OpenQuestion = Omit<Json<"/api/v1/retrievals">, "client">;

/** Longest wait for an answer that carries no file. */
const answerTimeMax = 60_000;
/** Where a password is worked on: that waits its turn on a busy server, and is not given up. */
const passwordTimeMax = 300_000;
const worksOnPassword = (url: string) => /\/(start|retrievals)$/.test(url);

/** What a call of openapi-fetch gave, as a Result. */
export async function settle<T>(
  request: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Result<T>> {
  try {
    const { data, error, response } = await request;
    if (response.ok) return pass(data as T);
    return failureOf(response.status, error, response.headers.get("Retry-After"));
  } catch {
    return fail("unavailable", { reason: "offline" });
  }
}

/** An answer and the tag under which the server knows it; asked again with it, nothing is sent
 * where nothing has changed. */
export interface Known<T> {
  readonly value: T;
  readonly etag: string;
}

/** The answer, or the very object that was known where it still holds. */
async function settleKnown<T>(
  request: Promise<{ data?: T; error?: unknown; response: Response }>,
  known: Known<T> | undefined,
): Promise<Result<Known<T>>> {
  let etag = "";
  let status = 0;
  const noted = request.then((answer) => {
    etag = answer.response.headers.get("ETag") ?? "";
    status = answer.response.status;
    return answer;
  });
  const settled = await settle(noted);
  if (status === 304 && known) return pass(known);
  return settled.ok ? pass({ value: settled.value, etag }) : settled;
}

const ifChanged = (known: Known<unknown> | undefined): Record<string, string> =>
  known && known.etag !== "" ? { "If-None-Match": known.etag } : {};

/** With the time after which nobody waits any more; a hanging line is a broken one. */
async function fetchInTime(host: Host, request: Request): Promise<Response> {
  const abort = new AbortController();
  const late = setTimeout(
    () => {
      abort.abort();
    },
    worksOnPassword(request.url) ? passwordTimeMax : answerTimeMax,
  );
  try {
    return await host.fetch(new Request(request, { signal: abort.signal }));
  } finally {
    clearTimeout(late);
  }
}

const withSecret = (secret: string) => ({ "Couvert-Secret": secret });
const perhapsWith = (secret: string | undefined): Record<string, string> =>
  secret === undefined ? {} : withSecret(secret);

export type Api = ReturnType<typeof createApi>;

/**
 * One server.
 *
 * Errors: each call may fail with every code; `unavailable` with the reason `offline` where no
 *         answer came at all.
 */
export function createApi(host: Host) {
  let ahead = 0;
  const kind = host.client ?? "browser";
  const client = createClient<paths>({
    baseUrl: host.base,
    fetch: async (request: Request) => {
      const response = await fetchInTime(host, request);
      const date = Date.parse(response.headers.get("Date") ?? "");
      if (!Number.isNaN(date)) ahead = date - host.now();
      return response;
    },
  });

  return {
    /** For calls that only some pages need, and bring along (quick/calls.ts). */
    client,
    /** The server's time, as near as its last answer tells; a phone's own clock may be wrong. */
    now: () => host.now() + (Math.abs(ahead) > 120_000 ? ahead : 0),
    ...general(client, kind),
    ...drafts(client),
    ...sent(client),
    ...retrievals(client, kind),
    ...views(host, client),
  };
}

export type Client = ReturnType<typeof createClient<paths>>;

/** What a proof is wanted for, as the code's mail says it. */
export type CodePurpose = "any" | "provide" | "sent" | "received";

function general(client: Client, kind: "browser" | "program") {
  return {
    server: () => settle(client.GET("/api/v1/server")),
    verifications: () => settle(client.GET("/api/v1/verifications")),
    requestCode: (address: string, language: "de" | "nl" | "en", purpose: CodePurpose) =>
      settle(
        client.POST("/api/v1/verifications", {
          body: { address, language, client: kind, purpose },
        }),
      ),
    /** `terms_accepted`: the person accepts the organisation's terms. */
    confirmCode: (address: string, code: string, terms_accepted = false) =>
      settle(
        client.POST("/api/v1/verifications/confirm", { body: { address, code, terms_accepted } }),
      ),
    forgetVerification: (verification_id: string) =>
      settle(
        client.DELETE("/api/v1/verifications/{verification_id}", {
          params: { path: { verification_id } },
        }),
      ),
    policy: (body: PolicyQuestion) => settle(client.POST("/api/v1/policy", { body })),
    checkPassword: (password: string, rules?: PolicyAnswer["password_rules"]) =>
      settle(client.POST("/api/v1/passwords/check", { body: { password, ...rules } })),
    notification: (body: NotificationQuestion) =>
      settle(client.POST("/api/v1/notification", { body })),
  };
}

function drafts(client: Client) {
  return {
    createDraft: (from: string, slot_id: string, secret: string) =>
      settle(
        client.POST("/api/v1/drafts", { body: { from, slot_id }, headers: withSecret(secret) }),
      ),
    draft: (draft_id: string, secret: string) =>
      settle(
        client.GET("/api/v1/drafts/{draft_id}", {
          params: { path: { draft_id } },
          headers: withSecret(secret),
        }),
      ),
    deleteDraft: (draft_id: string, secret: string) =>
      settle(
        client.DELETE("/api/v1/drafts/{draft_id}", {
          params: { path: { draft_id } },
          headers: withSecret(secret),
        }),
      ),
    /** What an earlier visit filled in; the text is the page's own. */
    form: (draft_id: string, secret: string) =>
      settle(
        client.GET("/api/v1/drafts/{draft_id}/form", {
          params: { path: { draft_id } },
          headers: withSecret(secret),
        }),
      ),
    saveForm: (draft_id: string, form: string, secret: string) =>
      settle(
        client.POST("/api/v1/drafts/{draft_id}/form", {
          params: { path: { draft_id } },
          body: { form },
          headers: withSecret(secret),
        }),
      ),
    deleteFile: (draft_id: string, file_no: number, secret: string) =>
      settle(
        client.DELETE("/api/v1/drafts/{draft_id}/files/{file_no}", {
          params: { path: { draft_id, file_no }, header: { "Tus-Resumable": "1.0.0" } },
          headers: withSecret(secret),
        }),
      ),
    start: (draft_id: string, body: Start, secret: string) =>
      settle<Started>(
        client.POST("/api/v1/drafts/{draft_id}/start", {
          params: { path: { draft_id } },
          body,
          headers: withSecret(secret),
        }),
      ),
  };
}

/** A link made anew, for a recipient who opens by one; with the draft's secret. */
export interface NewLink {
  readonly slot_id: string;
  readonly secret: string;
}

/** The same with the secret in an envelope, for a recipient who is connected. */
export interface NewEnvelope extends NewLink {
  readonly envelope: string;
}

/** One recipient of a sent transfer, and the sender's secret where a link has to be made. */
export interface SentPlace {
  readonly tracking_id: string;
  readonly recipient_no: number;
  readonly held?: string | undefined;
}

const pathOf = ({ tracking_id, recipient_no }: SentPlace) => ({
  path: { tracking_id, recipient_no },
});

function sent(client: Client) {
  return {
    /** What the address of a verification has sent; behind the last one of the page before. */
    sentPage: (verification_id: string, before?: string, known?: Known<SentPage>) =>
      settleKnown<SentPage>(
        client.GET("/api/v1/verifications/{verification_id}/sent", {
          params: { path: { verification_id }, ...(before !== undefined && { query: { before } }) },
          headers: ifChanged(known),
        }),
        known,
      ),
    sent: (tracking_id: string, known?: Known<Sent>) =>
      settleKnown<Sent>(
        client.GET("/api/v1/sent/{tracking_id}", {
          params: { path: { tracking_id } },
          headers: ifChanged(known),
        }),
        known,
      ),
    sentFiles: (tracking_id: string, secret?: string) =>
      settle<SentFiles>(
        client.GET("/api/v1/sent/{tracking_id}/files", {
          params: { path: { tracking_id } },
          headers: perhapsWith(secret),
        }),
      ),
    fetched: (place: SentPlace, known?: Known<Fetched>) =>
      settleKnown<Fetched>(
        client.GET("/api/v1/sent/{tracking_id}/recipients/{recipient_no}", {
          params: pathOf(place),
          headers: ifChanged(known),
        }),
        known,
      ),
    revoke: (tracking_id: string) =>
      settle(
        client.POST("/api/v1/sent/{tracking_id}/revoke", { params: { path: { tracking_id } } }),
      ),
    changeExpiry: (tracking_id: string, expires: string) =>
      settle(
        client.POST("/api/v1/sent/{tracking_id}/expiry", {
          params: { path: { tracking_id } },
          body: { expires },
        }),
      ),
    ...sentRecipients(client),
  };
}

function sentRecipients(client: Client) {
  return {
    revokeRecipient: (place: SentPlace) =>
      settle(
        client.POST("/api/v1/sent/{tracking_id}/recipients/{recipient_no}/revoke", {
          params: pathOf(place),
        }),
      ),
    replaceRecipient: (place: SentPlace, address: string, link?: NewLink | NewEnvelope) =>
      settle(
        client.POST("/api/v1/sent/{tracking_id}/recipients/{recipient_no}/replace", {
          params: pathOf(place),
          body: { address, ...link },
          headers: perhapsWith(place.held),
        }),
      ),
    mailAgain: (place: SentPlace, link?: NewLink) =>
      settle(
        client.POST("/api/v1/sent/{tracking_id}/recipients/{recipient_no}/mail", {
          params: pathOf(place),
          body: { ...link },
          headers: perhapsWith(place.held),
        }),
      ),
  };
}

function retrievals(client: Client, kind: "browser" | "program") {
  return {
    find: (transfer_id: string) =>
      settle(client.POST("/api/v1/transfers/find", { body: { transfer_id } })),
    /** Mails a code to the recipient's own mailbox, whose address the page does not know. */
    requestRecipientCode: (transfer_id: string, language: "de" | "nl" | "en") =>
      settle(
        client.POST("/api/v1/transfers/code", {
          body: { transfer_id, language, client: kind },
        }),
      ),
    /** What the address of a verification may open; behind `before`. */
    received: (verification_id: string, before?: string) =>
      settle<ReceivedPage>(
        client.GET("/api/v1/verifications/{verification_id}/received", {
          params: { path: { verification_id }, query: before === undefined ? {} : { before } },
        }),
      ),
    /** Mails the sender that this recipient asks for the password. */
    askSender: (transfer_id: string) =>
      settle(client.POST("/api/v1/transfers/ask", { body: { transfer_id } })),
    confirmRecipientCode: (transfer_id: string, code: string) =>
      settle(client.POST("/api/v1/transfers/code/confirm", { body: { transfer_id, code } })),
    open: (question: OpenQuestion) =>
      settle<Retrieval>(client.POST("/api/v1/retrievals", { body: { ...question, client: kind } })),
    retrieval: (retrieval_id: string) =>
      settle(
        client.GET("/api/v1/retrievals/{retrieval_id}", { params: { path: { retrieval_id } } }),
      ),
    /** Whether the sender invites to QUICK: `conflict` with `no_invitation` where not. */
    invitation: (retrieval_id: string) =>
      settle(
        client.GET("/api/v1/retrievals/{retrieval_id}/invitation", {
          params: { path: { retrieval_id } },
        }),
      ),
    finish: (retrieval_id: string) =>
      settle(
        client.DELETE("/api/v1/retrievals/{retrieval_id}", { params: { path: { retrieval_id } } }),
      ),
  };
}

/** Files that are looked at in the page. */
function views(host: Host, client: Client) {
  return {
    /** As which media type a file can be shown; `refused` where it cannot. */
    viewType: async (retrieval_id: string, file_no: number): Promise<Result<string>> => {
      let type = "";
      const looked = await settle(
        client
          .HEAD("/api/v1/retrievals/{retrieval_id}/files/{file_no}/view", {
            params: { path: { retrieval_id, file_no } },
          })
          .then((answer) => {
            type = answer.response.headers.get("Content-Type") ?? "";
            return answer;
          }),
      );
      return looked.ok ? pass(type) : looked;
    },
    /** Bytes `begin` to before `end` of a file that is looked at, or fewer where it ends before. */
    viewBytes: async (
      retrieval_id: string,
      file_no: number,
      [begin, end]: readonly [number, number],
    ): Promise<Result<Uint8Array>> => {
      try {
        const path = viewPath(retrieval_id, file_no);
        const headers = { Range: `bytes=${begin}-${end - 1}` };
        const response = await fetchInTime(host, new Request(host.base + path, { headers }));
        if (!response.ok) return failureOf(response.status, await response.json());
        return pass(new Uint8Array(await response.arrayBuffer()));
      } catch {
        return fail("unavailable", { reason: "offline" });
      }
    },
  };
}

/** Where the browser itself fetches one file. */
export const filePath = (retrieval_id: string, no: number): string =>
  `/api/v1/retrievals/${retrieval_id}/files/${no}`;

/** Where the browser itself fetches some files, or all of them, as one ZIP. */
export const zipPath = (retrieval_id: string, files?: readonly number[]): string =>
  `/api/v1/retrievals/${retrieval_id}/zip${files ? `?files=${files.join(",")}` : ""}`;

/** Where a file that is looked at comes from: for elements of the page, never for a page. */
export const viewPath = (retrieval_id: string, no: number): string =>
  `${filePath(retrieval_id, no)}/view`;

/** Where the browser itself fetches the message for mail programs. */
export const messagePath = (retrieval_id: string, withFiles: boolean): string =>
  `/api/v1/retrievals/${retrieval_id}/message${withFiles ? "?files=all" : ""}`;

/** Where a form asks for the HTML of the recipients' mail, into a frame. */
export const mailPagePath = "/api/v1/notification/page";

/** Where tus begins the uploads of a draft. */
export const uploadPath = (draft_id: string): string => `/api/v1/drafts/${draft_id}/files`;
