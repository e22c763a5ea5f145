// What addons-linter says of the built add-on: no errors, and no warnings but those of a list that
// says why each is there.
//
// node tools/dev/addon.mjs
import { execFile } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const addon = path.join(root, "web/thunderbird/dist/couvert.xpi");

/** The linter knows Firefox; some of Thunderbird is foreign to it. */
const known = [
  { code: "MANIFEST_PERMISSIONS", why: "Thunderbird's own permissions" },
  { code: "KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION", why: "Thunderbird it is" },
  { code: "UNSAFE_VAR_ASSIGNMENT", why: "Svelte's templates, which hold no values" },
];

/** @returns {Promise<{ errors: any[], warnings: any[] }>} */
function lint() {
  const linter = path.join(root, "node_modules/.bin/addons-linter");
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [linter, "--output", "json", addon],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, text) => {
        try {
          resolve(JSON.parse(text));
        } catch {
          reject(error ?? new Error(text));
        }
      },
    );
  });
}

const { errors, warnings } = await lint();
const unknown = warnings.filter(({ code }) => !known.some((one) => one.code === code));
for (const { code, message, file } of [...errors, ...unknown]) {
  console.log(`${code}: ${message} ${file ?? ""}`);
}
console.log(`add-on: ${errors.length} errors, ${unknown.length} unknown warnings`);
process.exit(errors.length + unknown.length === 0 ? 0 : 1);
