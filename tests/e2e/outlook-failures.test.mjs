// Whichever call of Office or of the server fails in the panes of the add-in for Outlook, or never
// ends: the pane says so, loses nothing, and one more try comes to the end. Which calls there are
// is recorded, so that none is forgotten. (The pane that sends: outlook.test.mjs.)
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { ApiClient } from "./harness/api-client.mjs";
import { openProfile } from "./harness/browser.mjs";
import { Mail } from "./harness/outlook.mjs";
import { Office, paneSize } from "./harness/outlook-pane.mjs";
import { failEach } from "./harness/outlook-trial.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/outlook-trial.mjs").Trial} Trial */

const label = "8e2d1f5a-2f4b-4a3e-9d6c-0b7a51c4e9f2";
const office = new Office("outlook-failures");
const { sender: anna, recipient: bert } = office;
const password = "Anders, 8 Hufe im Wind";
const report = randomBytes(100_000);

/** Bert's. @type {ApiClient} */
let berts;
/** Anna's. @type {ApiClient} */
let annas;
before(async () => {
  await office.start({ labels: `["${label}"]` });
  berts = new ApiClient(office.server.baseUrl);
  await berts.verify(bert);
  annas = new ApiClient(office.server.baseUrl);
  await annas.verify(anna);
  office.codes = await mailbox(anna);
  await office.codes.rest();
});
after(() => office.stop());

/** @param {Page} page @param {string} selector */
const isSeen = (page, selector) => page.locator(selector).first().isVisible();

/** A window in which not everything is seen at once. */
const low = 400;
const both = "main:has([data-testid=sent]):has([data-testid=received])";

/** Tries again as the pane offers it. @param {Page} page */
const again = (page) => () => page.getByTestId("again").click();

/** A profile for one way: a clock that is turned is turned in all of it.
 * @param {[string, string][]} [kept] in its storage @param {number} [height] */
async function newProfile(kept = [], height = paneSize.height) {
  const viewport = { ...paneSize, height };
  const profile = await openProfile(office.browser, { language: "en-US", viewport });
  for (const one of kept) {
    await profile.addInitScript(([key, value]) => localStorage.setItem(key, value), one);
  }
  return profile;
}

/** A pane, opened in a step. @param {Trial} trial @param {import("./harness/outlook.mjs").Outlook}
 * outlook @param {{ name: "message" | "settings" | "transfers", goal: string,
 *   kept?: [string, string][], height?: number }} of */
async function opened(trial, outlook, { name, goal, kept, height }) {
  const page = await trial.watch(outlook).open(await newProfile(kept, height), name);
  const isDone = () => isSeen(page, goal);
  await trial.step(page, { act: async () => undefined, again: again(page), isDone });
  return page;
}

test("reading, saving and answering: each failure is said, and nothing is lost", async () => {
  const more = { password, subject: "The report", text: "As agreed." };
  const files = /** @type {[string, Buffer][]} */ ([["Bericht.bin", report]]);
  const calls = await failEach(
    async (trial) => {
      // One for each way: many who open the same at once have to wait.
      const sent = await berts.provide({ from: bert, to: [{ address: anna }], files, more });
      const link = `${office.server.baseUrl}/r/${sent.recipients[0].transfer_id}`;
      const mail = new Mail({ html: `<p><a href="${link}">Open</a></p>`, subject: "Confidential" });
      const before = mail.seen();
      const outlook = office.outlook(mail, { mode: "read" });
      const page = await opened(trial, outlook, {
        name: "message",
        goal: "#password",
        height: low,
      });
      await page.locator("#password").fill(password);
      await trial.step(page, {
        act: () => page.getByTestId("open").click(),
        isDone: () => isSeen(page, "[data-testid=content]"),
        isWhole: async () => assert.equal(await page.locator("#password").inputValue(), password),
      });
      /** @type {import("playwright-core").Download[]} */
      const downloads = [];
      page.on("download", (one) => downloads.push(one));
      await trial.step(page, {
        act: () => page.getByTestId("save").click(),
        isDone: async () => downloads.length === 1 && (await isSeen(page, "[data-testid=saved]")),
        isWhole: async () => assert.equal(downloads.length, 0, "half a file is none"),
      });
      assert.deepEqual(await readFile((await downloads[0]?.path()) ?? ""), report);
      await trial.step(page, {
        act: () => page.getByTestId("reply").click(),
        isDone: async () => outlook.replies === 1,
      });
      assert.match((await page.getByTestId("content").textContent()) ?? "", /As agreed/);
      assert.deepEqual(mail.seen(), before);
      await page.context().close();
    },
    { quiet: ["GET /api/v1/retrievals/*/invitation"] },
  );
  assert.ok(calls.includes("Office displayReplyFormAsync 1"), calls.join());
});

test("transfers, and revoking one: each failure is said, and can be tried again", async () => {
  const { page } = await office.begin(office.written()); // proves Anna's mailbox
  await page.close();
  const { origins } = await office.profile.storageState();
  const kept = origins.flatMap(({ localStorage }) => localStorage);
  const token = kept.map(({ name, value }) => /** @type {[string, string]} */ ([name, value]));
  const reading = () => office.outlook(new Mail(), { mode: "read" });
  let people = 0;
  const calls = await failEach(async (trial) => {
    const address = `outlook-failures-to-${(people += 1)}@example.com`;
    await annas.provide({ from: anna, to: [{ address }], more: { password } });
    const page = await opened(trial, reading(), { name: "transfers", goal: both, kept: token });
    const row = page.locator("[data-testid=sent] li", { hasText: address });
    const revoke = row.getByTestId("revoke");
    const isRevoked = async () => (await row.getAttribute("data-state")) === "revoked";
    const revokeIt = async () => {
      await revoke.click();
      await revoke.click();
    };
    await trial.step(page, {
      act: revokeIt,
      again: async () => {
        await again(page)();
        await page.locator(both).waitFor();
        if (!(await isRevoked())) await revokeIt();
      },
      isDone: async () => (await isSeen(page, both)) && (await isRevoked()),
    });
    await page.context().close();
  });
  assert.ok(calls.includes("POST /api/v1/sent/*/revoke 1"), calls.join());
});

test("proving the mailbox in a pane: each failure is said, and can be tried again", async () => {
  let people = 0;
  const calls = await failEach(async (trial) => {
    const address = `outlook-failures-${(people += 1)}@example.org`;
    const codes = await mailbox(address);
    const outlook = office.outlook(new Mail(), { mode: "read", address });
    const page = await trial.watch(outlook).open(await newProfile(), "transfers");
    const verify = "[data-testid=verify] button[type=submit]:not([aria-disabled=true])";
    const anew = async () => {
      const start = page.getByTestId("again");
      if (await start.isVisible()) await start.click();
      else await page.getByText("Request a new code").click();
    };
    await trial.step(page, {
      act: async () => undefined,
      again: anew,
      isDone: async () => (await isSeen(page, verify)) && !(await isSeen(page, "[role=alert]")),
    });
    const code = await codes.nextCode();
    await page.locator("#code").fill(code);
    await trial.step(page, {
      act: () => page.locator(verify).click(),
      again: async () => {
        const start = page.getByTestId("again");
        if (await start.isVisible()) await start.click();
        else await page.locator(verify).click();
      },
      isDone: () => isSeen(page, both),
    });
    await page.context().close();
  });
  assert.ok(calls.includes("POST /api/v1/verifications 1"), calls.join());
});

test("keeping settings: each failure is said, what was typed stays", async () => {
  const calls = await failEach(async (trial) => {
    const outlook = office.outlook(office.written());
    const page = await opened(trial, outlook, { name: "settings", goal: "#keep" });
    await page.locator("#keep").fill("2,5");
    await page.locator("#phone").fill("+49 30 123456");
    const typed = async () => [
      await page.locator("#keep").inputValue(),
      await page.locator("#phone").inputValue(),
    ];
    await trial.step(page, {
      act: () => page.locator("button[type=submit]").click(),
      isDone: () => page.getByText("Saved.").isVisible(),
      isWhole: async () => assert.deepEqual(await typed(), ["2,5", "+49 30 123456"]),
    });
    const wanted = { alert_bytes: 2.5 * 1024 * 1024, phone: "+49 30 123456" };
    assert.deepEqual(outlook.roaming, wanted);
    await page.context().close();
  });
  assert.ok(calls.includes("Office roamingSettings.saveAsync 2"), calls.join());
});

test("the alert before sending: whichever call fails, nothing leaves by itself", async () => {
  const recorded = office.outlook(office.written({ subject: "Lunch", label }));
  await recorded.send(office.profile);
  assert.ok(recorded.calls.includes("sensitivityLabel.getAsync"), recorded.calls.join());
  for (const [at, call] of recorded.calls.entries()) {
    const outlook = office.outlook(office.written({ subject: "Lunch", label }));
    outlook.fate.set(at + 1, "fails");
    const told = await outlook.send(office.profile);
    assert.match(told?.errorMessage ?? "", /could not check/, call);
    assert.equal(told?.sendModeOverride, "promptUser", call);
    assert.deepEqual(outlook.left, [], call);
  }
});
