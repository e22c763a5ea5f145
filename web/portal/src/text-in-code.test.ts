// No text stands in the code: every word of a page comes from the catalogues. What only a state
// shows that no test visits is found here; what is put together as the page runs, by
// tests/e2e/pseudo-locale.test.mjs.
import { parse, type AST } from "svelte/compiler";
import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>(
  ["./**/*.svelte", "../../ui/src/**/*.svelte", "../../addin/src/**/*.svelte"],
  { query: "?raw", import: "default", eager: true },
);

/** What people read or hear of an element besides its content. */
const spoken = /^(aria-(label|description|valuetext|roledescription)|alt|label|placeholder|title)$/;
/** Names and examples, the same in every language. */
const names = /\b(Couvert|CRC-32|SHA-256|transfer\.example\.org)\b/g;

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value;
const nodesIn = (node: Node) => Object.values(node).flat().filter(isNode);

/** Literals of an expression that the page shows; what a function is given is its own affair. */
function literals(node: Node): string[] {
  if (node.type === "Literal") return typeof node["value"] === "string" ? [node["value"]] : [];
  if (node.type === "TemplateElement") return [(node["value"] as { raw: string }).raw];
  if (node.type === "CallExpression" || node.type === "BinaryExpression") return [];
  if (node.type === "ConditionalExpression") {
    return [node["consequent"], node["alternate"]].filter(isNode).flatMap(literals);
  }
  return nodesIn(node).flatMap(literals);
}

/** What a template says by itself. */
function said(node: Node): string[] {
  if (node.type === "Text") return [node["data"] as string];
  if (node.type === "ExpressionTag") return literals(node["expression"] as Node);
  if (node.type === "StyleDirective") return [];
  if (node.type === "Attribute") {
    if (!spoken.test(node["name"] as string)) return [];
    return [node["value"]].flat().filter(isNode).flatMap(said);
  }
  return nodesIn(node).flatMap(said);
}

export function textsInCode(source: string): string[] {
  const { fragment } = parse(source, { modern: true }) as AST.Root;
  return said(fragment as unknown as Node)
    .map((text) => text.trim())
    .filter((text) => /\p{L}{2}/u.test(text.replace(names, "")));
}

describe("the code of the pages", () => {
  it("holds no text that a visitor reads", () => {
    const found = Object.entries(sources).flatMap(([name, source]) =>
      textsInCode(source).map((text) => `${name}: ${text}`),
    );
    expect(Object.keys(sources).length).toBeGreaterThan(40);
    expect(found).toEqual([]);
  });

  it.each([
    ["<p>Hello</p>", ["Hello"]],
    ['<button aria-label="Close it"></button>', ["Close it"]],
    ["<p>{busy ? 'Please wait' : t('page.next')}</p>", ["Please wait"]],
    ["<p>{`${count} files`}</p>", ["files"]],
    ["{#if a}<Notice title={'Oh no'} />{/if}", ["Oh no"]],
    ["{#each list as one}<li>{one} left</li>{/each}", ["left"]],
    [
      '<p class="a" style:top={`${y}px`}>{t("page.next")}: {kind === "to" ? a : b}, Couvert</p>',
      [],
    ],
  ])("is seen to say what %s says", (source, texts) => {
    expect(textsInCode(source)).toEqual(texts);
  });
});
