// Every mail in every language as Thunderbird shows it, light, dark and as plain text, into
// build/mail-pictures: to be looked at. By hand, for no picture says by itself that it is ugly:
//
// node tests/e2e/pictures/mails.mjs [WORDS]: with words, only mails whose names contain them.
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Couvertd } from "../harness/couvertd.mjs";
import { FakeClock } from "../harness/fake-clock.mjs";
import { beginRun, root } from "../harness/run-context.mjs";
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

/** @returns {Promise<MadeMail[]>} */
async function makeMails() {
  const clock = await FakeClock.create();
  const config = { "": { organisation: '"Zahnärztekammer Beispiel"' } };
  const server = await Couvertd.start({ name: "pictures", env: clock.env, config });
  const mails = [];
  for (const language of ["de", "nl", "en"]) {
    mails.push(...(await new Stories(server, clock, language).all()));
  }
  await server.stop();
  return mails;
}

/** @param {MadeMail[]} mails */
async function takePictures(mails) {
  const thunderbird = await Thunderbird.start();
  for (const [look, chosen] of Object.entries(looks)) {
    await thunderbird.choose(chosen);
    for (const { name } of mails.filter(({ name }) => name.includes(words))) {
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
  const mails = await makeMails();
  for (const { name, raw } of mails) await writeFile(path.join(folder, `${name}.eml`), raw);
  await takePictures(mails);
  console.log(`${mails.length} mails in ${folder}`);
} finally {
  await run.end();
}
