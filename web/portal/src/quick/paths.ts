// The page of QUICK, as other pages lead to it and take their visitors back.

/** @param address where it is known for whom. @param back a path of ours: the way back. */
export function quickPath(address: string | undefined, back: string): string {
  const query = new URLSearchParams({ ...(address !== undefined && { for: address }), back });
  return `/quick?${query}`;
}

/** Pages that lead here; anybody can write a link, and it leads nowhere else. */
const comesBack = /^\/(provide|r\/[a-z2-7]{26})$/;

export interface QuickWish {
  /** For whom. */
  readonly address: string | undefined;
  /** Where the way back leads, if a page of ours led here. */
  readonly back: string | undefined;
}

export function readQuickWish(search: string): QuickWish {
  const query = new URLSearchParams(search);
  const back = query.get("back") ?? "";
  return { address: query.get("for") ?? undefined, back: comesBack.test(back) ? back : undefined };
}
