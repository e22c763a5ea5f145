// The pictures of the panes in Outlook for the guides: the panes alone, beside a model of Outlook,
// into docs/user/pictures.
//
// node tests/e2e/pictures/outlook.mjs [LANGUAGE...]
import { openProfile } from "../harness/browser.mjs";
import { FakeClock } from "../harness/fake-clock.mjs";
import { Mail } from "../harness/outlook.mjs";
import { Office, press, ready, uploaded, user } from "../harness/outlook-pane.mjs";
import { beginRun } from "../harness/run-context.mjs";
import { day, keep } from "./kept.mjs";
import { samples } from "./samples.mjs";

/** @param {Office} office @param {string} language */
async function tell(office, language) {
  const { name, subject, text, file } = samples[language];
  const viewport = { width: 360, height: 700 };
  office.profile = await openProfile(office.browser, { language, viewport });
  const people = { to: [user("bert@example.com")], cc: [], bcc: [] };
  const mail = new Mail({ people, subject, html: `<p>${text}</p>` });
  mail.attach(file, Buffer.alloc(1_400_000, 7));
  office.sender = `anna-${language}@example.org`;
  office.codes = undefined;
  const outlook = office.outlook(mail, { language, name });
  const page = await outlook.open(office.profile, "send");
  await office.verified(page);
  await uploaded(page);
  await keep(page, `${language}-outlook-form`);
  await press(page);
  await ready(page);
  await keep(page, `${language}-outlook-ready`);
  await office.profile.close();
}

const run = await beginRun();
try {
  const clock = await FakeClock.create();
  await clock.set(Math.round((day - Date.now()) / 1000));
  const office = new Office("pictures");
  await office.start({}, { env: clock.env });
  const chosen = process.argv.slice(2);
  for (const language of chosen.length ? chosen : Object.keys(samples)) {
    await tell(office, language);
  }
  await office.stop();
} finally {
  await run.end();
}
