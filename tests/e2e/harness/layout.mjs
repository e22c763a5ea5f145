// What is wrong with a page at some width: text that is cut, sticks out of its box, words of
// buttons and headings that are broken or not beside their picture, targets under 24 pixels; and
// text that no catalogue holds.

/** @typedef {import("playwright-core").Page} Page */

/** Runs in the page: a line a trouble. */
function troublesHere() {
  const width = document.documentElement.clientWidth;
  /** @type {Set<string>} */
  const troubles = new Set();
  const wide = document.documentElement.scrollWidth;
  if (wide > width) troubles.add(`the page is ${wide} wide in a window of ${width}`);
  /** @param {string} what @param {string | null} text */
  const say = (what, text) => troubles.add(`${what} at ${width}: “${text?.trim().slice(0, 60)}”`);
  /** The first box around the text that the rectangle leaves. @param {Element} element
   * @param {DOMRect} rect */
  const leaves = (element, rect) => {
    for (let box = /** @type {Element | null} */ (element); box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.display === "inline" || style.display === "contents") continue;
      const outer = box.getBoundingClientRect();
      if (outer.width <= 1 && style.overflowX === "hidden") return undefined; // only to be heard
      if (rect.right > outer.right + 1 || rect.left < outer.left - 1) return "sticks out";
      const clips = /hidden|clip/.test(style.overflowY);
      if (clips && (rect.bottom > outer.bottom + 1 || rect.top < outer.top - 1)) return "is cut";
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) return undefined;
    }
    return undefined;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const element = node.parentElement;
    if (!element || !node.textContent?.trim()) continue;
    if (element.closest(".skip, noscript, option") || !element.checkVisibility()) continue;
    const range = document.createRange();
    const isShort = element.closest("button, .button, nav, h1, h2, h3, label, legend, dt");
    // Names and addresses are as long as people make them; a mail's text is as it is mailed.
    const isForeign = element.closest('bdi, [data-testid="notification-text"]');
    if (element.getBoundingClientRect().width > 1 && !isForeign) {
      const words = isShort ? /\p{L}-\u2060?\p{L}{2,30}|\p{L}{2,30}/gu : /\be-\u2060?mail/gi;
      for (const word of node.textContent.matchAll(words)) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const lines = new Set(Array.from(range.getClientRects(), ({ top }) => Math.round(top)));
        if (lines.size > 1) say("a word is broken", node.textContent);
      }
    }
    // Where spaces are kept, those at the end of a line hang over it and are no trouble.
    const keepsSpaces = getComputedStyle(element).whiteSpace === "pre-wrap";
    for (const part of node.textContent.matchAll(keepsSpaces ? /\S+/g : /[^]+/g)) {
      range.setStart(node, part.index);
      range.setEnd(node, part.index + part[0].length);
      for (const rect of range.getClientRects()) {
        if (rect.width === 0) continue;
        const what = leaves(element, rect);
        if (what) say(what, node.textContent);
      }
    }
  }
  for (const picture of document.querySelectorAll(".button > svg")) {
    const button = /** @type {Element} */ (picture.parentElement);
    /** @type {Map<number, number>} where each line begins, by its height */
    const lines = new Map();
    const words = document.createTreeWalker(button, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      if (words.currentNode.parentElement?.closest(".hidden")) continue;
      const range = document.createRange();
      range.selectNodeContents(words.currentNode);
      for (const { left, top } of range.getClientRects()) {
        lines.set(Math.round(top), Math.min(left, lines.get(Math.round(top)) ?? left));
      }
    }
    const begin = Math.min(...lines.values());
    const isBeside = begin >= picture.getBoundingClientRect().right;
    if (!isBeside || Math.max(...lines.values()) > begin + 1) {
      if (lines.size > 0) say("words are not beside their picture", button.textContent);
    }
  }
  for (const select of document.querySelectorAll("select")) {
    const chosen = select.selectedOptions[0];
    if (!chosen || !select.checkVisibility()) continue;
    const alone = /** @type {HTMLSelectElement} */ (select.cloneNode());
    alone.append(chosen.cloneNode(true));
    alone.style.cssText = "position: absolute; width: max-content";
    select.after(alone);
    if (alone.offsetWidth > select.offsetWidth + 1) say("is cut", chosen.textContent);
    alone.remove();
  }
  for (const target of document.querySelectorAll("a, button, input, select, textarea, summary")) {
    // A label belongs to its box; a link within a text is as high as its line.
    const box = (target.closest("label") ?? target).getBoundingClientRect();
    if (box.width <= 1 || target.closest(".hidden, .skip") || !target.checkVisibility()) continue;
    if (getComputedStyle(target).display === "inline" && target.matches("p a, dd a")) continue;
    if (Math.min(box.width, box.height) >= 23.5) continue;
    say(`a target of ${box.width} × ${box.height}`, target.textContent || target.id);
  }
  return [...troubles];
}

/**
 * The troubles in windows of these widths; the page has its own width again afterwards. 320 is
 * what a window of 1280 has at 400 %.
 * @param {Page} page @param {number[]} widths
 */
export async function layoutTroubles(page, widths) {
  const before = page.viewportSize() ?? { width: 1280, height: 900 };
  const found = [];
  for (const width of widths) {
    if (width !== page.viewportSize()?.width) {
      await page.setViewportSize({ width, height: before.height });
    }
    found.push(...(await page.evaluate(troublesHere)));
  }
  await page.setViewportSize(before);
  return found;
}

/** Everything that people read or hear on the page, but for what says that it is in a language of
 * its own, and for codes. @param {Page} page */
export function textsOn(page) {
  return page.evaluate(() => {
    const attributes = ["aria-label", "aria-description", "aria-valuetext", "alt", "title"];
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (element.closest("body [lang], .code, noscript, script, style")) continue;
      for (const child of element.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) found.push(child.textContent ?? "");
      }
      for (const name of [...attributes, "placeholder", "label"]) {
        found.push(element.getAttribute(name) ?? "");
      }
    }
    return found.map((text) => text.trim()).filter((text) => text !== "");
  });
}
