// What happens to a transfer by QUICK between the options and the other side: broken lines, other
// addresses, rules, who starts anew meanwhile; and the other programs that people use.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { launchFirefox } from "./harness/browser.mjs";
import { pattern } from "./harness/portal-pages.mjs";
import { Person as CommandLinePerson } from "./harness/quick-people.mjs";
import { QuickPerson } from "./harness/quick-person.mjs";
import { connectPrograms, must } from "./harness/quick-program.mjs";
import { english, QuickWorld, sendPure } from "./harness/quick-world.mjs";

/** @type {QuickWorld} */
let world;
before(async () => {
  world = await QuickWorld.begin("quick-start");
});
after(() => world?.end());

test("a line that breaks at Start changes nothing: the same is sent again", async () => {
  const { person: anna, program } = await world.joined(
    "quick-line-anna",
    "quick-line-anna@example.org",
  );
  const bert = await world.elsewhere("quick-line-bert@example.net");
  await connectPrograms(program, bert);
  await anna.goToOptions([bert.address, "quick-line-dora@example.net"]);
  await anna.switch().check();
  /** @type {(string | null)[]} */
  const bodies = [];
  await anna.page.route(/\/start$/, async (route) => {
    bodies.push(route.request().postData());
    if (bodies.length > 1) return await route.continue();
    await route.fetch();
    await route.abort();
  });
  await anna.startWell();
  assert.equal(bodies.length, 2);
  assert.equal(bodies[0], bodies[1]);
  const { invitation, recipients, password } = JSON.parse(String(bodies[0]));
  assert.ok(invitation.secret && password);
  anna.errors = anna.errors.filter((one) => !one.includes("ERR_FAILED"));
  assert.deepEqual(
    recipients.map((/** @type {any} */ one) => typeof one.envelope),
    ["string", "undefined"],
  );
  await anna.close();
});

test("a sent transfer goes to another address, if that is connected, too", async () => {
  const at = (/** @type {string} */ name) => `quick-sent-${name}@example.net`;
  const { person: anna, program } = await world.joined(
    "quick-sent-anna",
    "quick-sent-anna@example.org",
  );
  const [bert, carl] = [await world.elsewhere(at("bert")), await world.elsewhere(at("carl"))];
  await connectPrograms(program, bert);
  await connectPrograms(program, carl);
  await anna.goToOptions([bert.address]);
  await anna.page.getByText(anna.t("page.quick_choice.all")).waitFor();
  await anna.startWell();
  await anna.page.getByRole("link", { name: anna.t("page.summary.status") }).click();
  await anna.page.getByText(anna.t("page.sent.by_quick")).waitFor();
  const row = anna.page.getByTestId("recipient").filter({ hasText: bert.address });
  const again = (/** @type {string} */ key) =>
    row.getByRole("button", { name: pattern(anna.t(key)) }).click();
  await again("page.sent.mail_again");
  await anna.page.getByText(pattern(anna.t("page.sent.mailed_again"))).waitFor();
  await again("page.sent.replace");
  const field = row.getByLabel(anna.t("page.sent.right_address"));
  const replace = row.getByRole("button", { name: anna.t("page.sent.replace"), exact: true });
  await field.fill(at("dora"));
  await replace.click();
  await anna.page.getByText(pattern(anna.t("page.error.sent.not_connected"))).waitFor();
  await anna.look("not-connected");
  await field.fill(carl.address.toUpperCase());
  await replace.click();
  await anna.page.getByText(pattern(anna.t("page.sent.replaced"))).waitFor();
  await anna.look("replaced");
  const carls = await world.person("quick-sent-carl", carl.address);
  await must(carl.client.openTransfer((await carls.nextLink({ after: 1 })).slice(-26)));
  await carls.close();
  await anna.close();
});

/** Makes this the only rule. @param {Record<string, string | boolean>} settings */
async function setRule(settings) {
  const list = path.join(world.server.folder, "rules.json");
  const rules = [{ action: "allow", sender: "*", recipient: "*", settings }];
  await writeFile(list, JSON.stringify({ rules }));
  const ended = await world.server.run(["policy", "import", list]);
  assert.equal(ended.code, 0, ended.stderr.toString());
}

test("the rules preset the switch, say how to invite, and may refuse it", async (t) => {
  t.after(() => setRule({}));
  const { person: anna, program } = await world.joined(
    "quick-rules-anna",
    "quick-rules-anna@example.org",
  );
  const bert = await world.elsewhere("quick-rules-bert@example.net");
  await connectPrograms(program, bert);
  await setRule({ quick: "never" });
  await anna.goToOptions([bert.address]);
  assert.equal(await anna.switch().count(), 0);

  await setRule({ quick: "on", invitation_own_passwords: false });
  await anna.goToOptions(["quick-rules-dora@example.net"]);
  assert.equal(await anna.switch().isChecked(), true);
  const modes = anna.page.locator("input[name=password-mode]");
  const values = () => modes.evaluateAll((all) => all.map((/** @type {any} */ one) => one.value));
  assert.deepEqual(await values(), ["generate"]);
  await anna.switch().uncheck();
  assert.deepEqual(await values(), ["generate", "manual", "none"]);

  // What was set by hand is remembered with the form.
  await anna.page.waitForResponse(/\/form$/);
  await anna.page.reload();
  await anna.fillContact();
  await anna.button("page.unfinished.go_on").click();
  await anna.button("page.next").click();
  await anna.button("page.next").click();
  await anna.arrive("page.options.title");
  assert.equal(await anna.switch().isChecked(), false);
  await anna.switch().check();

  await setRule({ quick: "never" });
  await anna.start();
  await anna.page.getByText(anna.t("page.error.start.quick_not_allowed")).waitFor();
  await anna.look("refused");
  await anna.button("page.sending.correct").click();
  await anna.arrive("page.options.title");
  assert.equal(await anna.switch().count(), 0);
  await anna.startWell();
  await anna.close();
});

test("who starts anew meanwhile is noticed at Start, and gets a password", async () => {
  const { person: anna, program } = await world.joined(
    "quick-anew-anna",
    "quick-anew-anna@example.org",
  );
  const bert = await world.elsewhere("quick-anew-bert@example.net");
  await connectPrograms(program, bert);
  await anna.goToOptions([bert.address]);
  await anna.page.getByText(anna.t("page.quick_choice.all")).waitFor();
  await anna.button("page.next").click();
  await anna.arrive("page.notification.title");
  await bert.activate(true);
  await anna.button("page.notification.start").click();
  await anna.page.getByText(pattern(anna.t("page.error.start.identity_changed"))).waitFor();
  await anna.look("refused");
  await anna.button("page.sending.correct").click();
  await anna.arrive("page.options.title");
  await anna.choice().getByText(anna.t("page.quick_choice.changed_about")).waitFor();
  assert.equal(await anna.switch().isChecked(), false);
  await anna.startWell();
  assert.ok(await anna.shownPassword());
  await anna.close();
});

test("the portal and the command line are connected, and send to each other", async () => {
  const { person: anna } = await world.joined("quick-line-anna2", "quick-cli-anna@example.org");
  const bert = await CommandLinePerson.create(world.server.baseUrl, "quick-cli-bert@example.net");
  await anna.goToOptions([bert.address]);
  await anna.switch().check();
  const password = String(await anna.shownPassword());
  await anna.startWell();
  const mails = await world.person("quick-cli-bert", bert.address);
  const link = async () => ({
    recipients: [{ address: bert.address, link: await mails.nextLink() }],
  });
  await writeFile(path.join(bert.folder, "password"), `${password}\n`);
  await bert.connect();
  await bert.accept(await link());

  await anna.goToOptions([bert.address]);
  await anna.page.getByText(anna.t("page.quick_choice.all")).waitFor();
  await anna.startWell();
  await bert.retrieve(await link());
  await bert.provide([anna.address]);
  await anna.opensItself(await anna.nextLink(), "letter.txt");
  await mails.close();
  await anna.close();
});

test("Firefox opens by itself, too", async () => {
  const anna = await world.elsewhere("quick-fox-anna@example.org");
  const firefox = await launchFirefox();
  try {
    const context = await firefox.newContext({ locale: "en" });
    context.setDefaultTimeout(60_000);
    const address = "quick-fox-bert@example.net";
    const who = { name: "quick-fox-bert", address, options: english, context };
    const bert = await QuickPerson.begin({ server: world.server, browser: firefox, ...who });
    await connectPrograms(anna, await bert.join());
    await sendPure(anna, address);
    await bert.opensItself(await bert.nextLink({ after: 1 }), "T");
    await bert.close();
  } finally {
    await firefox.close();
  }
});
