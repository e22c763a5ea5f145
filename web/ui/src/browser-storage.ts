// What a browser, or a mail program, keeps between visits. One that keeps nothing still works.

export function read(area: "localStorage" | "sessionStorage", key: string): unknown {
  try {
    return JSON.parse(window[area].getItem(`couvert.${key}`) ?? "null");
  } catch {
    return null;
  }
}

export function write(area: "localStorage" | "sessionStorage", key: string, value: unknown): void {
  try {
    if (value === null) window[area].removeItem(`couvert.${key}`);
    else window[area].setItem(`couvert.${key}`, JSON.stringify(value));
  } catch {
    // Full, or forbidden by the visitor: then it is not kept.
  }
}
