// The import rule of web/: core knows neither DOM nor host; ui stands on core, addin on both; each
// host stands on them and on no other host, and only mail programs on addin. And the size rules of
// the house, which C++ keeps by tools/tidy.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

const browserGlobals = Object.keys(globals.browser).filter(
  (name) => !(name in globals["shared-node-browser"]),
);

const hosts = ["portal", "thunderbird", "outlook"];

/** Refuses imports by workspace name and by relative path alike. */
function noImportFrom(folders, message) {
  const names = folders.join("|");
  const regex = `^(@couvert/(${names})(/|$)|(\\.\\./)+(${names})/)`;
  return { "no-restricted-imports": ["error", { patterns: [{ regex, message }] }] };
}

export default ts.config(
  { ignores: ["**/dist/", "build/", ".cache/", ".run/", "web/core/src/generated/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    rules: {
      "max-lines": ["error", 500],
      "max-lines-per-function": ["error", 70],
      "max-params": ["error", 4],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Use a union of strings." },
      ],
    },
  },
  {
    files: ["web/*/src/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Use a union of strings." },
        { selector: "ExportDefaultDeclaration", message: "Export by name." },
      ],
    },
  },
  {
    files: ["web/core/src/**"],
    languageOptions: { globals: globals["shared-node-browser"] },
    rules: {
      ...noImportFrom(["ui", "addin", ...hosts], "core stands on nothing of ours."),
      "no-restricted-globals": [
        "error",
        ...browserGlobals.map((name) => ({
          name,
          message: "core knows no DOM and no host; take it as a parameter (Host).",
        })),
      ],
    },
  },
  {
    files: ["web/ui/src/**"],
    languageOptions: { globals: globals.browser },
    rules: noImportFrom(["addin", ...hosts], "ui stands on core only."),
  },
  {
    files: ["web/addin/src/**"],
    languageOptions: { globals: globals.browser },
    rules: noImportFrom(hosts, "addin stands on core and ui only."),
  },
  {
    files: ["web/portal/src/**"],
    languageOptions: { globals: globals.browser },
    rules: noImportFrom(["addin", "thunderbird", "outlook"], "hosts stand on no other host."),
  },
  {
    files: ["web/thunderbird/src/**"],
    languageOptions: { globals: { ...globals.browser, messenger: "readonly" } },
    rules: noImportFrom(["portal", "outlook"], "hosts stand on no other host."),
  },
  {
    files: ["web/outlook/src/**"],
    languageOptions: { globals: { ...globals.browser, Office: "readonly" } },
    rules: noImportFrom(["portal", "thunderbird"], "hosts stand on no other host."),
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    files: ["tests/**/*.{js,mjs}", "bench/**/*.mjs", "tools/**/*.mjs", "*.config.{js,ts}"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.test.ts", "tests/**"],
    rules: { "max-lines-per-function": "off" },
  },
);
