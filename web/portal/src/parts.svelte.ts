// The parts of the script that pages have of their own. Each comes with its page.

class Part<Page> {
  /** The page, once it is there. */
  page = $state.raw<Page | undefined>();
  private readonly fetch: () => Promise<{ default: Page }>;

  constructor(fetch: () => Promise<{ default: Page }>) {
    this.fetch = fetch;
  }

  /** Without a connection nothing comes; asked for again, it does. */
  async load(): Promise<void> {
    try {
      this.page ??= (await this.fetch()).default;
    } catch {
      this.page = undefined;
    }
  }
}

export const parts = {
  provide: new Part(() => import("./provide/ProvidePage.svelte")),
  retrieve: new Part(() => import("./retrieve/RetrievePage.svelte")),
  received: new Part(() => import("./received/ReceivedPage.svelte")),
  quick: new Part(() => import("./quick/QuickPage.svelte")),
  device: new Part(() => import("./device/DevicePage.svelte")),
  sent: new Part(() => import("./sent/SentPage.svelte")),
};

/** The part that the page at a path needs, if it has one of its own. */
export function partAt(path: string): keyof typeof parts | undefined {
  const first = path.split("/")[1] ?? "";
  if (first === "r") return "retrieve";
  return Object.keys(parts).find((name): name is keyof typeof parts => name === first);
}
