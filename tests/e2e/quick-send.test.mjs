// QUICK where people send and open, through real mail: who is invited accepts, and from then on
// nobody types a password; who is not connected needs one; and what a browser says that opens none.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { desktop, launchChromium, launchFirefox, phone, Visits } from "./harness/browser.mjs";
import { expectStatus } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { catalogue, pattern } from "./harness/portal-pages.mjs";
import { Person as CommandLinePerson } from "./harness/quick-people.mjs";
import { QuickPerson } from "./harness/quick-person.mjs";
import { mailbox } from "./harness/run-context.mjs";
import { connectPrograms, must, QuickProgram } from "./harness/quick-program.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/quick-person.mjs").Options} Options */

const visits = new Visits();
/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  server = await Couvertd.start({ name: "quick-send" });
  browser = await launchChromium();
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** @param {string} name @param {string} address @param {Options} options */
function begin(name, address, options) {
  const look = async (/** @type {Page} */ page, /** @type {string} */ state) => {
    await visits.look(page, state);
    if (options.viewport !== phone) return;
    const found = await layoutTroubles(page, [320]);
    visits.findings.push(...found.map((one) => `${state}: ${one}`));
  };
  return QuickPerson.begin({ server, browser, name, address, options, look });
}

/** @type {readonly (Options & { name: string })[]} */
const ways = [
  { name: "quick-send-de", language: "de", viewport: desktop },
  { name: "quick-send-nl", language: "nl", viewport: phone, scheme: "dark" },
];

for (const way of ways) {
  test(`who accepts an invitation sends and opens without passwords: ${way.name}`, async () => {
    const found = visits.findings.length;
    const annaAt = `${way.name}-anna@example.org`;
    const bertAt = `${way.name}-bert@example.net`;
    const anna = await begin(`${way.name}-anna`, annaAt, way);
    const bert = await begin(`${way.name}-bert`, bertAt, way);

    await anna.goToOptions([bertAt]);
    assert.equal(await anna.switch().isChecked(), false, "nobody is connected");
    await anna.look("options-off");
    await anna.switch().check();
    await anna.button("page.quick.activate").waitFor();
    await anna.look("options-activate");
    await anna.next();
    await anna.page.getByText(anna.t("page.quick_choice.missing")).waitFor();
    await anna.button("page.quick.activate").click();
    await anna.shownRecovery();
    await anna.look("options-recovery");
    await anna.button("page.quick.kept").click();
    await anna.page.getByTestId("quick-needing").getByText(bertAt).waitFor();
    await anna.look("options-inviting");
    const password = String(await anna.shownPassword());
    await anna.startWell();
    assert.equal(await anna.shownPassword(), password);

    await bert.openWith(await bert.nextLink(), password);
    await bert.offerIs("offer");
    await bert.look("invitation");
    // Nobody can answer on paper.
    await bert.page.emulateMedia({ media: "print" });
    assert.equal(await bert.page.getByTestId("message-text").isVisible(), true);
    assert.equal(await bert.page.getByTestId("invitation").isVisible(), false);
    await bert.page.emulateMedia({ media: "screen" });
    await bert.proveHere(async () => {
      await bert.button("page.invitation.yes").click();
      await bert.page.locator("#code").waitFor();
      await bert.look("invitation-prove");
    });
    bert.isProven = true;
    await bert.shownRecovery();
    assert.equal(await bert.page.getByTestId("message-text").isVisible(), false);
    await bert.look("invitation-recovery");
    await bert.button("page.quick.kept").click();
    await bert.offerIs("connected");
    await bert.page.getByText(bert.t("page.quick.check")).click();
    await bert.look("invitation-connected");
    await bert.page.emulateMedia({ media: "print" });
    assert.equal(await bert.page.getByTestId("check-codes").isVisible(), true);
    await bert.look("invitation-paper");
    await bert.page.emulateMedia({ media: "screen" });

    // Anna's side has heard of it by the time that she writes again.
    await anna.goToOptions([bertAt.toUpperCase()]);
    await anna.page.getByText(anna.t("page.quick_choice.all")).waitFor();
    assert.equal(await anna.switch().isChecked(), true, "all are connected");
    assert.equal(await anna.page.locator("input[name=password-mode]").count(), 0);
    await anna.look("options-pure");
    await anna.startWell();
    assert.equal(await anna.page.getByTestId("password-value").count(), 0);
    await anna.look("summary-pure");

    await bert.opensItself(await bert.nextLink());
    await bert.look("opened");
    await bert.page.getByRole("link", { name: bert.t("page.reply"), exact: true }).click();
    await bert.fillContact();
    await bert.arrive("page.recipients.title");
    await bert.next();
    await bert.writeOn();
    assert.equal(await bert.switch().isChecked(), true);
    await bert.startWell();
    assert.equal(await bert.page.getByTestId("password-value").count(), 0);
    await anna.opensItself(await anna.nextLink());

    await bert.close();
    await anna.close();
    assert.deepEqual(visits.findings.slice(found), []);
  });
}

/** @type {Options} */
const english = { language: "en", viewport: desktop };

/** Somebody's browser with QUICK, and the same on a device elsewhere. @param {string} name
 * @param {string} address @param {Options} options */
async function joined(name, address, options = english) {
  const person = await begin(name, address, options);
  return { person, program: await person.join() };
}

/** @param {string} address */
const elsewhere = (address) => QuickProgram.active(server.baseUrl, address);

test("of a group the connected need no password, and who has changed is warned of", async () => {
  const found = visits.findings.length;
  const at = (/** @type {string} */ name) => `quick-group-${name}@example.net`;
  const { person: anna, program } = await joined(
    "quick-group-anna",
    "quick-group-anna@example.org",
  );
  const [bert, emil] = [await elsewhere(at("bert")), await elsewhere(at("emil"))];
  await connectPrograms(program, bert);
  await connectPrograms(program, emil);
  await emil.activate(true);

  await anna.goToOptions([bert.address, at("dora"), emil.address]);
  await anna.choice().getByText(anna.t("page.quick_choice.changed_about")).waitFor();
  assert.equal(await anna.switch().isChecked(), false, "not all are connected");
  await anna.switch().check();
  const needing = anna.page.getByTestId("quick-needing");
  assert.equal(await anna.page.getByTestId("quick-connected").textContent(), bert.address);
  assert.equal(await needing.textContent(), `${at("dora")}, ${emil.address}`);
  assert.equal(await anna.page.locator("input[value=none]").count(), 0, "a link invites nobody");
  await anna.look("options");

  // To QUICK and back: nothing is lost.
  await anna
    .choice()
    .getByRole("button", { name: anna.t("page.quick_choice.open") })
    .click();
  await anna.is("here");
  await anna.page.getByRole("link", { name: anna.t("page.quick_choice.back") }).click();
  await anna.arrive("page.options.title");
  await needing.waitFor();
  assert.equal(await anna.switch().isChecked(), true);

  const password = String(await anna.shownPassword());
  await anna.startWell();
  const mine = anna.page.getByTestId("delivery").filter({ hasText: bert.address });
  await mine.getByText(anna.t("page.summary.by_quick")).waitFor();
  assert.equal(await anna.page.getByText(anna.t("page.summary.by_quick")).count(), 1);
  await anna.look("summary");

  const dora = await begin("quick-group-dora", at("dora"), english);
  await dora.openWith(await dora.nextLink(), password);
  await dora.offerIs("offer");
  await dora.button("page.invitation.no").click();
  await dora.offerIs("declined");
  await dora.look("declined");
  await dora.page.reload();
  await dora.offerIs("declined");
  await dora.button("page.invitation.undo").click();
  await dora.offerIs("offer");
  await dora.page.reload();
  await dora.offerIs("offer");
  await dora.close();

  const berts = await begin("quick-group-bert", bert.address, english);
  await must(bert.client.openTransfer((await berts.nextLink({ after: 1 })).slice(-26)));
  await berts.close();
  await anna.close();
  assert.deepEqual(visits.findings.slice(found), []);
});

/** A pure transfer of a program. @param {QuickProgram} from @param {string} to */
async function sendPure(from, to) {
  const draft = await from.api.createDraft(from.address);
  const [envelope] = await must(from.client.envelopesFor(draft.sealId, [to]));
  assert.ok(envelope);
  const recipients = [{ kind: "to", ...envelope }];
  const body = {
    ...draft.startBody([], { open_by: "quick", subject: "S", text: "T" }),
    recipients,
  };
  return expectStatus(await draft.start(body), 201).json;
}

test("a lost device asks the sender, or is connected and opens it by itself", async () => {
  const found = visits.findings.length;
  const anna = await elsewhere("quick-lost-anna@example.org");
  const bertAt = "quick-lost-bert@example.net";
  const berts = await elsewhere(bertAt);
  await connectPrograms(anna, berts);
  await sendPure(anna, bertAt);

  const bert = await begin("quick-lost-bert", bertAt, {
    ...english,
    viewport: phone,
    scheme: "forced",
  });
  const link = await bert.nextLink({ after: 1 });
  /** @type {string[]} */
  const asked = [];
  bert.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await bert.page.goto(link);
  await bert.arrive("page.quick_open.title");
  assert.deepEqual(
    asked.filter((path) => path.startsWith("/api/") && path !== "/api/v1/server"),
    ["/api/v1/transfers/find"],
    "without keys nothing is tried",
  );
  await bert.look("stranger");
  await bert.page.getByTestId("ask-sender").click();
  await bert.page.getByText(bert.t("page.open.asked")).waitFor();
  const texts = await catalogue("en"); // of Anna's program
  const subject = texts["mail.password_asked.subject"]?.replace("{recipient}", bertAt);
  await (await mailbox(anna.address)).next({ fits: (mail) => mail.subject === subject });

  await bert.button("page.quick_choice.connect_device").click();
  await bert.proveHere(async () => {
    await bert.field("page.contact.address").fill(bertAt);
    await bert.next();
  });
  await bert.is("elsewhere");
  await bert.recover(berts.recovery);
  await bert.page.getByRole("link", { name: bert.t("page.quick_choice.back") }).click();
  await bert.page.getByTestId("by-quick").waitFor();
  await bert.page.getByText("T", { exact: true }).waitFor();

  // Where it was opened is a session; in another one it opens by itself from the list.
  await bert.page.evaluate(() => sessionStorage.clear());
  await bert.page.goto(`${server.baseUrl}/received`);
  const hasText = bert.t("page.inbox.by_quick");
  const line = bert.page.getByTestId("received-transfer").filter({ hasText });
  await line.waitFor();
  await bert.look("received");
  await line.getByRole("link").click();
  await bert.page.getByTestId("by-quick").waitFor();

  // After starting anew it opens nowhere any more.
  const renewed = await berts.activate(true);
  await bert.page.evaluate(() => sessionStorage.clear());
  await bert.page.goto(link);
  await bert.arrive("page.quick_open.shut_title");
  await bert.page.getByText(bert.t("page.error.quick.revoked")).waitFor();
  await bert.look("revoked");
  await bert.page.goto(`${server.baseUrl}/quick`);
  await bert.is("revoked");
  await bert.button("page.quick.remove_here").click();
  await bert.button("page.quick.device_yes").click();
  await bert.is("elsewhere");
  await bert.recover(renewed);
  await bert.page.goto(link);
  await bert.page.getByText(pattern(bert.t("page.quick_open.not_connected"))).waitFor();
  await bert.look("not-connected");
  await must(anna.client.connectAnew(bertAt));
  await connectPrograms(berts, anna);
  await bert.page.reload();
  await bert.page.getByText(bert.t("page.quick_open.envelope")).waitFor();
  await bert.look("envelope");
  await bert.close();
  assert.deepEqual(visits.findings.slice(found), []);
});

test("a line that breaks at Start changes nothing: the same is sent again", async () => {
  const { person: anna, program } = await joined("quick-line-anna", "quick-line-anna@example.org");
  const bert = await elsewhere("quick-line-bert@example.net");
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
  const found = visits.findings.length;
  const at = (/** @type {string} */ name) => `quick-sent-${name}@example.net`;
  const { person: anna, program } = await joined("quick-sent-anna", "quick-sent-anna@example.org");
  const [bert, carl] = [await elsewhere(at("bert")), await elsewhere(at("carl"))];
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
  const carls = await begin("quick-sent-carl", carl.address, english);
  await must(carl.client.openTransfer((await carls.nextLink({ after: 1 })).slice(-26)));
  await carls.close();
  await anna.close();
  assert.deepEqual(visits.findings.slice(found), []);
});

/** Makes this the only rule. @param {Record<string, string | boolean>} settings */
async function setRule(settings) {
  const list = path.join(server.folder, "rules.json");
  const rules = [{ action: "allow", sender: "*", recipient: "*", settings }];
  await writeFile(list, JSON.stringify({ rules }));
  const ended = await server.run(["policy", "import", list]);
  assert.equal(ended.code, 0, ended.stderr.toString());
}

test("the rules preset the switch, say how to invite, and may refuse it", async (t) => {
  t.after(() => setRule({}));
  const found = visits.findings.length;
  const { person: anna, program } = await joined(
    "quick-rules-anna",
    "quick-rules-anna@example.org",
  );
  const bert = await elsewhere("quick-rules-bert@example.net");
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
  await anna.next();
  await anna.next();
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
  assert.deepEqual(visits.findings.slice(found), []);
});

test("the portal and the command line are connected, and send to each other", async () => {
  const { person: anna } = await joined("quick-line-anna2", "quick-cli-anna@example.org");
  const bert = await CommandLinePerson.create(server.baseUrl, "quick-cli-bert@example.net");
  await anna.goToOptions([bert.address]);
  await anna.switch().check();
  const password = String(await anna.shownPassword());
  await anna.startWell();
  const mails = await begin("quick-cli-bert", bert.address, english);
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
  const anna = await elsewhere("quick-fox-anna@example.org");
  const firefox = await launchFirefox();
  try {
    const context = await firefox.newContext({ locale: "en" });
    context.setDefaultTimeout(60_000);
    const address = "quick-fox-bert@example.net";
    const who = { name: "quick-fox-bert", address, options: english, context };
    const bert = await QuickPerson.begin({ server, browser: firefox, ...who });
    await connectPrograms(anna, await bert.join());
    await sendPure(anna, address);
    await bert.opensItself(await bert.nextLink({ after: 1 }), "T");
    await bert.close();
  } finally {
    await firefox.close();
  }
});

test("who starts anew meanwhile is noticed at Start, and gets a password", async () => {
  const found = visits.findings.length;
  const { person: anna, program } = await joined("quick-anew-anna", "quick-anew-anna@example.org");
  const bert = await elsewhere("quick-anew-bert@example.net");
  await connectPrograms(program, bert);
  await anna.goToOptions([bert.address]);
  await anna.page.getByText(anna.t("page.quick_choice.all")).waitFor();
  await anna.next();
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
  assert.deepEqual(visits.findings.slice(found), []);
});
