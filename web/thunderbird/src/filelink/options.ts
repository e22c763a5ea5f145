// How FileLink's links are made, as the person has set it.
export interface Options {
  /** 0: as the server's rules say. */
  readonly days: number;
  readonly password: boolean;
}

const initial: Options = { days: 0, password: false };

export const loadOptions = async (): Promise<Options> =>
  (await messenger.storage.local.get({ fileLink: initial }))["fileLink"] as Options;

export const saveOptions = (fileLink: Options): Promise<void> =>
  messenger.storage.local.set({ fileLink });

/** FileLink offers an account only once it is said to be ready. */
export async function nowReady(): Promise<void> {
  for (const { id } of await messenger.cloudFile.getAllAccounts()) {
    await messenger.cloudFile.updateAccount(id, { configured: true });
  }
}
