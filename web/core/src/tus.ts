// One file to the server by tus 1.0.0 (tus-js-client does the work).

import type { DetailedError, Upload as TusUpload, UploadOptions } from "tus-js-client";

import { fail, failureOf, type Failure } from "./result.ts";
import type { Carrier, CarrierJob } from "./uploads.ts";

/** 48 MiB, six of the server's parts: a proxy between never holds an endless request. */
const requestBytesMax = 48 * 1024 * 1024;
const retryDelays = [0, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000];

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureOfError(error: Error | DetailedError): Failure {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (!response) return fail("unavailable", { reason: "offline" });
  return failureOf(
    response.getStatus(),
    json(response.getBody()),
    response.getHeader("Retry-After") ?? null,
  );
}

/** Whether another try can end better: the line broke, the server is away or busy. */
function passes(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  return (
    status === 0 ||
    status === 409 ||
    status === 423 ||
    status === 429 ||
    (status >= 500 && status !== 507)
  );
}

const numberIn = (url: string | null) => {
  const number = Number.parseInt(/\/files\/(\d+)$/.exec(url ?? "")?.[1] ?? "", 10);
  return Number.isNaN(number) ? undefined : number;
};

export interface TusTarget {
  /** The absolute address where uploads begin. */
  readonly endpoint: string;
  readonly secret: string;
  /** Who calls, where no cookie says it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Comes when a draft begins: whoever only opens the page has no use for it yet. */
const loadTus = () => import("./tus-upload.ts");

/** Carries files to a draft. The file's number is known once the server has named its place. */
export function tusCarrier(target: TusTarget): Carrier {
  void loadTus().catch(() => undefined); // the first file asks again
  return (job) => {
    let upload: TusUpload | undefined;
    let stopped = false;
    const begin = ({ Upload }: Awaited<ReturnType<typeof loadTus>>): void => {
      if (stopped) return;
      upload = new Upload(
        job.content,
        optionsOf(target, job, () => upload?.url ?? null),
      );
      upload.start();
    };
    return {
      start: () => {
        void loadTus().then(begin, () => {
          if (!stopped) job.onFailure(fail("unavailable", { reason: "offline" }));
        });
      },
      stop: async () => {
        stopped = true;
        await upload?.abort(false);
      },
    };
  };
}

function optionsOf(target: TusTarget, job: CarrierJob, url: () => string | null): UploadOptions {
  return {
    endpoint: target.endpoint,
    ...(job.no !== undefined && { uploadUrl: `${target.endpoint}/${job.no}` }),
    headers: { ...target.headers, "Couvert-Secret": target.secret },
    metadata: { filename: job.name, ...(job.type !== "" && { filetype: job.type }) },
    chunkSize: requestBytesMax,
    retryDelays,
    storeFingerprintForResuming: false,
    removeFingerprintOnSuccess: false,
    onShouldRetry: (error: DetailedError) => {
      if (!passes(error)) return false;
      job.onBreak();
      return true;
    },
    onBeforeRequest: () => {
      job.onRequest();
    },
    onUploadUrlAvailable: () => {
      const no = numberIn(url());
      if (no !== undefined) job.onNumber(no);
    },
    onProgress: (sent: number) => {
      job.onProgress(sent);
    },
    onSuccess: () => {
      job.onDone();
    },
    onError: (error: Error | DetailedError) => {
      job.onFailure(failureOfError(error));
    },
  };
}
