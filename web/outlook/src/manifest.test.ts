// The unified manifest against Microsoft's own schema (npm's @microsoft/app-manifest), the XML one
// in its shape: what names something must have it, and in the order that its schema wants.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { describe, expect, it } from "vitest";

import de from "../../../locales/de.json";
import en from "../../../locales/en.json";
import nl from "../../../locales/nl.json";
import { jsonManifest, jsonTexts, xmlManifest } from "../manifest.ts";

const texts = { de, en, nl };
const require = createRequire(import.meta.url);
const packageRoot = path.dirname(require.resolve("@microsoft/app-manifest/package.json"));
const folder = path.join(packageRoot, "build/json-schemas/teams/v1.22");
const inPackage = createRequire(path.join(packageRoot, "package.json"));

interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly message: string }[];
}
type Validators = new (options: object) => { compile(schema: object): Validator };

/** What the schema says against a value; empty where nothing. */
function findings(schemaName: string, value: unknown): string[] {
  const Ajv = inPackage("ajv-draft-04") as Validators;
  const lenient = { strict: false, validateFormats: false, unicodeRegExp: false };
  const ajv = new Ajv({ ...lenient, allErrors: true });
  const schema = JSON.parse(readFileSync(path.join(folder, schemaName), "utf8")) as object;
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the unified manifest", () => {
  it("is one by Microsoft's schema", () => {
    expect(findings("MicrosoftTeams.schema.json", jsonManifest(texts))).toEqual([]);
  });

  it("is seen to be none where something is wrong", () => {
    const wrong = { ...jsonManifest(texts), id: "none", version: 1, more: true };
    expect(findings("MicrosoftTeams.schema.json", wrong).length).toBeGreaterThan(2);
  });

  it.each(["de", "nl"] as const)("has its texts in %s by Microsoft's schema", (language) => {
    const translated = jsonTexts(texts, language);
    expect(findings("MicrosoftTeams.Localization.schema.json", translated)).toEqual([]);
  });

  it("translates every text that people see", () => {
    const seen: string[] = [];
    const look = (value: unknown, place: string): void => {
      if (Array.isArray(value)) value.forEach((one, at) => look(one, `${place}[${at}]`));
      else if (typeof value === "object" && value !== null) {
        for (const [key, one] of Object.entries(value)) {
          look(one, place === "" ? key : `${place}.${key}`);
        }
      } else if (/(\.label|supertip\.\w+|^name\.\w+|^description\.\w+)$/.test(place)) {
        seen.push(place);
      }
    };
    look(jsonManifest(texts), "");
    const translated = Object.keys(jsonTexts(texts, "de")).filter((key) => key !== "$schema");
    expect(translated.sort()).toEqual(seen.sort());
  });

  it("gives every control an action that some runtime has", () => {
    const [extension] = (jsonManifest(texts) as { extensions: [Record<string, never>] }).extensions;
    const all = JSON.stringify(extension);
    const wanted = [...all.matchAll(/"actionId":"(\w+)"/g)].map(([, one]) => one);
    const there = [...JSON.stringify(extension["runtimes"]).matchAll(/"id":"(\w+)"/g)];
    expect(wanted.length).toBe(5);
    for (const one of wanted) expect(there.map(([, id]) => id)).toContain(one);
  });
});

describe("the XML manifest", () => {
  const xml = xmlManifest(texts);

  it("is well formed", () => {
    const open: string[] = [];
    for (const [, closing, name, selfClosing] of xml.matchAll(
      /<(\/?)([\w:]+)(?:\s+[\w:]+="[^"<]*")*\s*(\/?)>/g,
    )) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!selfClosing) open.push(name!);
    }
    expect(open).toEqual([]);
    expect(xml.replaceAll(/<[^<>]*>/g, "")).not.toMatch(/[<>]/);
  });

  it("has its elements in the order of the schema", () => {
    const wanted = (
      "Id Version ProviderName DefaultLocale DisplayName Description IconUrl " +
      "HighResolutionIconUrl SupportUrl AppDomains Hosts Requirements FormSettings Permissions " +
      "Rule DisableEntityHighlighting VersionOverrides"
    ).split(" ");
    const places = wanted.map((name) => xml.search(new RegExp(`<${name}[ >]`)));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  it("names nothing that it does not have", () => {
    const newest = xml.slice(xml.indexOf("mailappversionoverrides/1.1"));
    const named = new Set([...newest.matchAll(/resid="([^"]+)"/g)].map(([, one]) => one));
    const there = new Set([...newest.matchAll(/<bt:\w+ id="([^"]+)"/g)].map(([, one]) => one));
    expect(named.size).toBeGreaterThan(15);
    expect([...named].filter((one) => !there.has(one))).toEqual([]);
    expect([...there].filter((one) => !named.has(one))).toEqual([]);
  });

  it("keeps to the lengths and names that Outlook takes", () => {
    for (const [, name] of xml.matchAll(/resid="([^"]+)"/g)) {
      expect(name!.length).toBeLessThanOrEqual(32);
    }
    for (const language of Object.values(texts)) {
      for (const [key, text] of Object.entries(language)) {
        if (!key.startsWith("addin.outlook.")) continue;
        expect(text.length).toBeLessThanOrEqual(key.endsWith("_tip") ? 250 : 125);
      }
    }
  });

  it("asks for no more than the mail that is open", () => {
    expect(xml).toContain("<Permissions>ReadWriteItem</Permissions>");
  });

  it("tells German and Dutch Outlooks its texts", () => {
    expect(xml.match(/<(bt:)?Override Locale="de-DE"/g)?.length).toBe(20);
    expect(xml.match(/<(bt:)?Override Locale="nl-NL"/g)?.length).toBe(20);
  });
});
