// Every mail in every language as Thunderbird shows it, light, dark and as plain text, into
// build/mail-pictures: to be looked at. By hand, for no picture says by itself that it is ugly:
//
// node tests/e2e/pictures/mails.mjs [WORDS]: with words, only mails whose names contain them, such
// as quick-reset-nl, are made.
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Couvertd } from "../harness/couvertd.mjs";
import { FakeClock } from "../harness/fake-clock.mjs";
import { beginRun, mailbox, root } from "../harness/run-context.mjs";
import { Stories } from "./mail-stories.mjs";
import { Thunderbird } from "./thunderbird.mjs";

/** @typedef {import("./mail-stories.mjs").MadeMail} MadeMail */

const folder = path.join(root, "build/mail-pictures");
const words = process.argv[2] ?? "";
const width = 820;

/** How people read. In the dark, Thunderbird changes colours by itself unless told not to.
 * @type {Record<string, import("./thunderbird.mjs").Look>} */
const looks = {
  light: { dark: false, reader: true, plain: false },
  dark: { dark: true, reader: true, plain: false },
  "dark-as-sent": { dark: true, reader: false, plain: false },
  text: { dark: false, reader: true, plain: true },
};

/** Whose mails: the product's own colours, and those that have to be darkened or lightened.
 * @type {Record<string, { organisation: string, look: Record<string, string> }>} */
const organisations = {
  de: { organisation: '"Zahnärztekammer Beispiel"', look: { abuse: '"abuse@example.org"' } },
  nl: { organisation: '"Gemeente Voorbeeld"', look: { colour: '"#ffd500"' } },
  en: { organisation: '"Example Clinic"', look: { colour: '"#101040"', accent: '"#e8a200"' } },
};

/** One server and its language, with a certificate that ends soon. @param {string} language */
async function makeMails(language) {
  const clock = await FakeClock.create();
  const { organisation, look } = organisations[language];
  const operator = `operator-${language}@example.org`;
  const admin = { mail: `"${operator}"`, language: `"${language}"` };
  const config = { "": { organisation }, look, admin };
  const options = { name: `pictures-${language}`, secure: true, env: clock.env, config };
  const server = await Couvertd.prepare(options);
  await server.makePair(10);
  await server.serve();
  const { raw } = await (await mailbox(operator)).next();
  const mails = await new Stories(server, clock, language).make(words);
  await server.stop();
  const certificate = { name: `certificate-${language}`, raw };
  return certificate.name.includes(words) ? [certificate, ...mails] : mails;
}

/** @param {MadeMail[]} mails */
async function takePictures(mails) {
  const thunderbird = await Thunderbird.start();
  for (const [look, chosen] of Object.entries(looks)) {
    await thunderbird.choose(chosen);
    for (const { name } of mails) {
      const picture = await thunderbird.picture(path.join(folder, `${name}.eml`), width);
      await writeFile(path.join(folder, `${name}.${look}.png`), picture);
    }
  }
  await thunderbird.stop();
}

const run = await beginRun();
try {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  /** @type {MadeMail[]} */
  const mails = [];
  const named = Object.keys(organisations).filter((one) => words.endsWith(`-${one}`));
  for (const language of named.length ? named : Object.keys(organisations)) {
    mails.push(...(await makeMails(language)));
  }
  for (const { name, raw } of mails) await writeFile(path.join(folder, `${name}.eml`), raw);
  await takePictures(mails);
  console.log(`${mails.length} mails in ${folder}`);
} finally {
  await run.end();
}
