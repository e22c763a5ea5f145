// The page of QUICK, as others lead to it.

/** @param address where it is known for whom. @param back a path of ours: the way back. */
export function quickPath(address: string | undefined, back: string): string {
  const query = new URLSearchParams({ ...(address !== undefined && { for: address }), back });
  return `/quick?${query}`;
}
