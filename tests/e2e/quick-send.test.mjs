// QUICK where people send and open, through real mail: who is invited accepts, and from then on
// nobody types a password; who is not connected needs one; and what a browser says that opens none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, phone } from "./harness/browser.mjs";
import { pattern } from "./harness/portal-pages.mjs";
import { waitUntil } from "./harness/processes.mjs";
import { connectPrograms, must } from "./harness/quick-program.mjs";
import { english, QuickWorld, sendPure } from "./harness/quick-world.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("./harness/quick-person.mjs").Options} Options */
/** @typedef {import("./harness/quick-person.mjs").QuickPerson} QuickPerson */

/** @type {QuickWorld} */
let world;
before(async () => {
  world = await QuickWorld.begin("quick-send");
});
after(() => world?.end());

/** @type {readonly (Options & { name: string })[]} */
const ways = [
  { name: "quick-send-de", language: "de", viewport: desktop },
  { name: "quick-send-nl", language: "nl", viewport: phone, scheme: "dark" },
];

for (const way of ways) {
  test(`who accepts an invitation sends and opens without passwords: ${way.name}`, async () => {
    const annaAt = `${way.name}-anna@example.org`;
    const bertAt = `${way.name}-bert@example.net`;
    const anna = await world.person(`${way.name}-anna`, annaAt, way);
    const bert = await world.person(`${way.name}-bert`, bertAt, way);

    await anna.goToOptions([bertAt]);
    assert.equal(await anna.switch().isChecked(), false, "nobody is connected");
    await anna.look("options-off");
    await anna.switch().check();
    await anna.button("page.quick.activate").waitFor();
    await anna.look("options-activate");
    await anna.button("page.next").click();
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
    await bert.button("page.next").click();
    await bert.writeOn();
    assert.equal(await bert.switch().isChecked(), true);
    await bert.startWell();
    assert.equal(await bert.page.getByTestId("password-value").count(), 0);
    await anna.opensItself(await anna.nextLink());

    await bert.close();
    await anna.close();
  });
}

test("of a group the connected need no password, and who has changed is warned of", async () => {
  const at = (/** @type {string} */ name) => `quick-group-${name}@example.net`;
  const { person: anna, program } = await world.joined(
    "quick-group-anna",
    "quick-group-anna@example.org",
  );
  const [bert, emil] = [await world.elsewhere(at("bert")), await world.elsewhere(at("emil"))];
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

  const dora = await world.person("quick-group-dora", at("dora"));
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

  const berts = await world.person("quick-group-bert", bert.address);
  await must(bert.client.openTransfer((await berts.nextLink({ after: 1 })).slice(-26)));
  await berts.close();
  await anna.close();
});

test("a lost device asks the sender, or is connected and opens it by itself", async () => {
  const anna = await world.elsewhere("quick-lost-anna@example.org");
  const bertAt = "quick-lost-bert@example.net";
  const berts = await world.elsewhere(bertAt);
  await connectPrograms(anna, berts);
  await sendPure(anna, bertAt);

  const bert = await world.person("quick-lost-bert", bertAt, {
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
  const subject = bert.t("mail.password_asked.subject").replace("{recipient}", bertAt);
  await (await mailbox(anna.address)).next({ fits: (mail) => mail.subject === subject });

  await bert.button("page.quick_choice.connect_device").click();
  await bert.proveHere(async () => {
    await bert.field("page.contact.address").fill(bertAt);
    await bert.button("page.next").click();
  });
  await bert.is("elsewhere");
  await bert.recover(berts.recovery);
  await bert.page.getByRole("link", { name: bert.t("page.quick_choice.back") }).click();
  await bert.page.getByTestId("by-quick").waitFor();
  await bert.page.getByText("T", { exact: true }).waitFor();

  // Where it was opened is a session; in another one it opens by itself from the list.
  await bert.page.evaluate(() => sessionStorage.clear());
  await bert.page.goto(`${world.server.baseUrl}/received`);
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
  await bert.page.goto(`${world.server.baseUrl}/quick`);
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
});

test("QUICK is activated and accepted by keyboard, and the focus is never lost", async () => {
  const annaAt = "quick-keys-anna@example.org";
  const anna = await world.person("quick-keys-anna", annaAt);
  const bert = await world.person("quick-keys-bert", "quick-keys-bert@example.net");
  /** Goes on with Tab to what has this name, and presses. @param {QuickPerson} person
   * @param {string} key @param {string} press */
  const press = async ({ page, texts }, key, press) => {
    for (let tabs = 0; tabs < 40; tabs++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const element = /** @type {HTMLInputElement} */ (document.activeElement);
        return element.labels?.[0]?.textContent ?? element.textContent;
      });
      if (name?.trim() === texts[key]) return await page.keyboard.press(press);
    }
    assert.fail(`${key} is not reached`);
  };
  /** What has the focus, by its words or its name. @param {QuickPerson} person */
  const focused = ({ page }) =>
    page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim());
  await anna.goToOptions([bert.address]);
  await press(anna, "page.quick_choice.switch", "Space");
  await anna.button("page.quick.activate").waitFor();
  await press(anna, "page.quick.activate", "Enter");
  await anna.shownRecovery();
  await press(anna, "page.quick.kept", "Enter");
  await anna.page.getByTestId("quick-needing").waitFor();
  await waitUntil("the switch has the focus", async () => (await focused(anna)) === "quick-switch");
  const password = String(await anna.shownPassword());
  await anna.startWell();
  await bert.openWith(await bert.nextLink(), password);
  await press(bert, "page.invitation.no", "Enter");
  await waitUntil("undoing has the focus", async () => (await focused(bert)) === "quick-undo");
  await bert.page.keyboard.press("Enter");
  await waitUntil("accepting has the focus", async () => (await focused(bert)) === "quick-accept");
  await bert.proveHere(async () => {
    await bert.page.keyboard.press("Enter");
    await waitUntil("the code has the focus", async () => (await focused(bert)) === "code");
  });
  await bert.shownRecovery();
  await press(bert, "page.quick.kept", "Enter");
  await bert.offerIs("connected");
  await waitUntil("the news has the focus", async () => (await focused(bert)) === "quick-heading");
  await bert.close();
  await anna.close();
});
