// What a page says by colour alone (WCAG 2.2, 1.4.1): good, warning and bad without a picture or
// words, and what is chosen and differs from what is not in nothing else.

/** @typedef {import("playwright-core").Page} Page */

/** Runs in the page: a line for each. */
function colourAloneHere() {
  /** @type {Set<string>} */
  const found = new Set();
  if (matchMedia("(forced-colors: active)").matches) return [...found]; // there are none to tell by
  /** @param {string} what @param {Element} element */
  const say = (what, element) => {
    const tag = /** @type {Element} */ (element.cloneNode()).outerHTML.split("></")[0];
    found.add(`${what} by colour alone: ${tag} “${element.textContent?.trim().slice(0, 60)}”`);
  };

  const probe = document.createElement("i");
  document.body.append(probe);
  /** @type {Map<string, string>} */
  const meanings = new Map();
  for (const name of ["good", "warn", "bad", "good-soft", "warn-soft", "bad-soft"]) {
    probe.style.color = `var(--${name})`;
    meanings.set(getComputedStyle(probe).color, name.replace("-soft", ""));
  }
  probe.remove();
  /** What the colours of an element mean. @param {Element | null} element */
  const meaning = (element) => {
    if (!element) return undefined;
    const style = getComputedStyle(element);
    const edge = style.borderTopWidth === "0px" ? "" : style.borderTopColor;
    return [style.color, style.backgroundColor, edge, style.fill]
      .map((colour) => meanings.get(colour))
      .find((name) => name !== undefined);
  };
  /** Words that are the page's own: a name or an address says nothing of a state.
   * @param {Element} element */
  const words = (element) => {
    const copy = /** @type {Element} */ (element.cloneNode(true));
    for (const foreign of copy.querySelectorAll("bdi")) foreign.remove();
    return copy.textContent?.trim() ?? "";
  };
  /** @param {Element} element */
  const described = (element) =>
    ["aria-describedby", "aria-errormessage"]
      .flatMap((name) => element.getAttribute(name)?.split(" ") ?? [])
      .map((id) => document.getElementById(id))
      .some((one) => one?.checkVisibility() && meaning(one) && words(one));
  for (const element of document.body.querySelectorAll("*:not(svg *)")) {
    const name = meaning(element);
    if (!name || name === meaning(element.parentElement) || !element.checkVisibility()) continue;
    const picture = getComputedStyle(element).backgroundImage !== "none";
    const isSaid = picture || element.matches("svg") || element.querySelector("svg");
    if (!isSaid && !words(element) && !described(element)) say(name, element);
  }

  /** What can be told apart without colours. @param {Element} element */
  const shape = (element) => {
    const parts = [element, ...element.querySelectorAll("*:not(svg *)")];
    return parts.map((part) =>
      [null, "::before", "::after"].map((pseudo) => {
        const style = getComputedStyle(part, pseudo);
        const borders = [style.borderTopWidth, style.borderBottomWidth, style.borderLeftWidth];
        const text = [style.fontWeight, style.textDecorationLine, style.fontStyle];
        return [part.tagName, style.content, style.borderStyle, ...borders, ...text];
      }),
    );
  };
  const chosen = "[aria-current], [aria-selected=true], [aria-pressed=true]";
  for (const element of document.body.querySelectorAll(chosen)) {
    const others = [...(element.parentElement?.children ?? [])].filter(
      (one) => one.tagName === element.tagName && !one.matches(chosen) && one.checkVisibility(),
    );
    const isTold = others.every(
      (one) => JSON.stringify(shape(one)) !== JSON.stringify(shape(element)),
    );
    if (element.checkVisibility() && !isTold) say("chosen", element);
  }
  return [...found];
}

/** @param {Page} page */
export function colourAlone(page) {
  return page.evaluate(colourAloneHere);
}
