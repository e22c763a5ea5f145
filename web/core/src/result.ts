// Whatever can go wrong is in the return type: the same codes as the server's.

/** What a caller can act on; the texts that people read hang on these words. */
export type ErrorCode =
  | "invalid"
  | "unproven"
  | "refused"
  | "denied"
  | "expired"
  | "too_large"
  | "full"
  | "throttled"
  | "conflict"
  | "damaged"
  | "unavailable";

export interface Failure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Which of the cases of an operation, as the server names it; `offline` is our own. */
  readonly reason?: string;
  /** The recipient that it is about. */
  readonly address?: string;
  /** Seconds to wait before the next try. */
  readonly retryAfter?: number;
  /** For the help desk, who finds it in the server's log. */
  readonly requestId?: string;
}

export type Result<T = undefined> = { readonly ok: true; readonly value: T } | Failure;

export function pass<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(code: ErrorCode, more: Omit<Failure, "ok" | "code"> = {}): Failure {
  return { ok: false, code, ...more };
}

const codes: ReadonlySet<string> = new Set<ErrorCode>([
  "invalid",
  "unproven",
  "refused",
  "denied",
  "expired",
  "too_large",
  "full",
  "throttled",
  "conflict",
  "damaged",
  "unavailable",
]);

/** What a status means where the answer has no problem details (a proxy between, for example). */
function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return "unproven";
    case 403:
      return "refused";
    case 404:
      return "denied";
    case 410:
      return "expired";
    case 409:
      return "conflict";
    case 413:
      return "too_large";
    case 429:
      return "throttled";
    case 507:
      return "full";
    default:
      return status >= 500 || status === 0 ? "unavailable" : "invalid";
  }
}

const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const seconds = (value: unknown) =>
  typeof value === "number" && value >= 0 && value < 1e7 ? Math.ceil(value) : undefined;

/** Reads a problem (RFC 9457). Whatever is not one still becomes a failure with a code. */
export function failureOf(status: number, problem: unknown, retryAfter?: string | null): Failure {
  const fields = (typeof problem === "object" && problem !== null ? problem : {}) as Record<
    string,
    unknown
  >;
  const named = text(fields["code"]);
  const wait = seconds(fields["retry_after"]) ?? seconds(Number.parseInt(retryAfter ?? "", 10));
  const reason = text(fields["reason"]);
  const address = text(fields["address"]);
  const requestId = text(fields["request_id"]);
  return {
    ok: false,
    code: named !== undefined && codes.has(named) ? (named as ErrorCode) : codeOfStatus(status),
    ...(reason !== undefined && { reason }),
    ...(address !== undefined && { address }),
    ...(wait !== undefined && { retryAfter: wait }),
    ...(requestId !== undefined && { requestId }),
  };
}
