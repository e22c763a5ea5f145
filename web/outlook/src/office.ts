// Office.js answers by callbacks, one call after the other; here they are promises.

type Done<T> = (result: Office.AsyncResult<T>) => void;

/** Longer than any attachment takes that Outlook hands over. */
const answerTimeMax = 120_000;

/** Rejects where the work does, and where it never ends. */
export function inTime<T>(work: () => Promise<T>, timeMax = answerTimeMax): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error("no answer"));
    }, timeMax);
    work()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(late);
      });
  });
}

/** Rejects where Office says that it failed, and where it never answers. */
export const ask = <T>(call: (done: Done<T>) => void): Promise<T> =>
  inTime(
    () =>
      new Promise((resolve, reject) => {
        call((result) => {
          // The words themselves: the enum is there only once office.js is.
          if (`${result.status}` === "succeeded") resolve(result.value);
          else reject(new Error(result.error.name));
        });
      }),
  );

export const isSupported = (set: string, version: string): boolean =>
  Office.context.requirements.isSetSupported(set, version);

export const composed = (): Office.MessageCompose =>
  Office.context.mailbox.item as unknown as Office.MessageCompose;

export const readItem = (): Office.MessageRead =>
  Office.context.mailbox.item as unknown as Office.MessageRead;
