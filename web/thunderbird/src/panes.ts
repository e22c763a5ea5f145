// The add-on's panes: windows of their own, where what uploads is not suspended.

/** Wide enough for a form, narrow enough to stay beside the mail. */
const pane = { type: "popup" as const, width: 480, height: 760 };

const isThere = (url: string) =>
  messenger.extension.getViews().some(({ location }) => location.href === url);

export const page = (path: string): string => messenger.runtime.getURL(path);

export const sendPage = (tabId: number): string => page(`send.html?tab=${tabId}`);

/** While its transfer is made, a mail cannot leave by the ordinary button. */
export const isGuarded = (tabId: number): boolean => isThere(sendPage(tabId));

/** Asks the pane that is there to come to the front. */
export const callForward = (url: string): Promise<unknown> =>
  messenger.runtime.sendMessage({ forward: url }).catch(() => undefined);

/** One pane for an address: a second wish shows the first. */
export async function openPane(url: string): Promise<void> {
  if (isThere(url)) await callForward(url);
  else await messenger.windows.create({ ...pane, url });
}

/** What a pane does when it is called to the front. */
export function heedCalls(called: () => void): void {
  messenger.runtime.onMessage.addListener((message: unknown) => {
    if ((message as { forward?: unknown }).forward !== location.href) return undefined;
    called();
    void messenger.windows.getCurrent().then(({ id }) => {
      if (id !== undefined) void messenger.windows.update(id, { focused: true });
    });
    return undefined;
  });
}
