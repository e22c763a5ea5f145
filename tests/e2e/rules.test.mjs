// The policy on every path: each operation that could send something against each thing that a rule
// can refuse. Every pair is tried: it is refused with its reason, or goes through for a reason that
// stands here. The portal and the command line go by the same operations.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import {
  ApiClient,
  expectStatus,
  inSeconds,
  randomId,
  randomSecret,
} from "./harness/api-client.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { output } from "./harness/processes.mjs";
import { endedWith, Person } from "./harness/quick-people.mjs";
import { QuickDevice, newEnvelope } from "./harness/quick-device.mjs";
import { mailbox, root } from "./harness/run-context.mjs";

const anna = "rules-anna@example.org";
const bert = "rules-bert@example.com";
const password = "Ein Pferd, 7 Hufe";
const day = 86_400;
const file = /** @type {[string, Buffer]} */ (["a.txt", Buffer.from("elf Zeichen")]);

/** @typedef {Record<string, unknown>} Fields */
/** @typedef {import("./harness/http.mjs").Answer} Answer */
/** @typedef {import("./harness/api-client.mjs").DraftClient} DraftClient */

const everybody = { action: "allow", sender: "*", recipient: "*" };
const toAll = { ...everybody, sender: "*@example.org" };
/** @param {Record<string, string | number | boolean>} settings */
const withSettings = (settings) => [{ ...toAll, settings }];

/** The rules under which each refusal is to be met. @type {Record<string, object[]>} */
const rulesFor = {
  invalid_address: [toAll],
  no_rule: [{ ...toAll, recipient: "*@example.net" }],
  deny_rule: [toAll, { action: "deny", sender: "*", recipient: "*@example.com" }],
  reply_only: [toAll, { action: "reply_only", sender: "*", recipient: "*@example.com" }],
  size: withSettings({ transfer_bytes_max: file[1].length - 1 }),
  life: withSettings({ days_max: 1 }),
  message_required: withSettings({ message_required: true }),
  phone_required: withSettings({ phone_required: true }),
  generated_password: withSettings({ generated_passwords: false }),
  own_password: withSettings({ own_passwords: false }),
  link_not_allowed: withSettings({ transfers_without_password: false }),
  password_weak: withSettings({ password_length_min: 40 }),
  notification_fixed: withSettings({ notification_editable: false }),
  quick_not_allowed: withSettings({ quick: "never" }),
  invitation_password: withSettings({ invitation_own_passwords: false }),
  client_mail_not_allowed: withSettings({ client_mail: false }),
};
const refusals = Object.keys(rulesFor);
const nothing = "nothing"; // the rules under which all goes through
const scenes = [...refusals, nothing];

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;
/** @type {QuickDevice} */
let device;
/** @type {CommandLine} */
let terminal;
/** A draft with its file. One that was refused is as it was before. @type {DraftClient} */
let draft;
/** Sent by Anna, and the secrets of their drafts. @type {Record<string, Sent>} */
const sent = {};
/** The transfer that Anna answers. */
let received = "";
/** @typedef {{ path: string, secret: string }} Sent */

before(async () => {
  server = await Couvertd.start({ name: "rules" });
  await setRules(nothing, [everybody]);
  client = new ApiClient(server.baseUrl);
  device = await new QuickDevice(client, await client.verify(anna)).activate();
  terminal = await CommandLine.create(server.baseUrl);
  await terminal.verify(anna);
  const his = new ApiClient(server.baseUrl);
  await his.verify(bert);
  const to = [{ address: anna }];
  received = (await his.provide({ from: bert, to, more: { password } })).recipients[0].transfer_id;
  const all = scenes.map((_, at) => ({ address: `rules-${at}@example.com` }));
  await provide("password", all, { password });
  await provide("link", all.slice(0, 1), { open_by: "link" });
  await provide("quick", all.slice(0, 1), { open_by: "quick" });
  await renewDraft();
});
after(() => server?.stop());

let rulesNow = "";

/** Makes these the only rules. @param {string} name @param {object[]} rules */
async function setRules(name, rules) {
  if (name === rulesNow) return;
  const list = path.join(server.folder, "rules.json");
  await writeFile(list, JSON.stringify({ rules }));
  const ended = await server.run(["policy", "import", list]);
  assert.equal(ended.code, 0, ended.stderr.toString());
  rulesNow = name;
}

/** @param {string} scene */
const setRulesFor = (scene) => setRules(scene, rulesFor[scene] ?? [toAll]);

async function renewDraft() {
  draft = await client.createDraft(anna);
  await draft.upload(...file);
}

/** A link or an envelope of its own for each recipient, instead of the password.
 * @param {string} way @returns {Fields} */
function ownWay(way) {
  if (way === "link") return { slot_id: randomId(), secret: randomSecret() };
  return way === "quick" ? newEnvelope() : {};
}

/** By which way a transfer meets a refusal. @type {Record<string, string>} */
const wayOf = { link_not_allowed: "link", quick_not_allowed: "quick" };

/** With a notification that its sender wrote. @param {string} way
 * @param {{ address: string }[]} to @param {Fields} more */
async function provide(way, to, more) {
  const one = await client.createDraft(anna);
  await one.upload(...file);
  const body = one.startBody(to, { notification: { text: "Mein Text" }, ...more });
  for (const each of body.recipients) Object.assign(each, ownWay(way));
  const { tracking_id } = expectStatus(await one.start(body), 201).json;
  sent[way] = { path: `/api/v1/sent/${tracking_id}`, secret: one.secret };
}

/** The recipient of a scene. @param {string} scene @param {string} address */
const whom = (scene, address) => (scene === "invalid_address" ? "nobody@" : address);

/** What a request of Start asks for, to meet a refusal. @type {Record<string, Fields>} */
const startFields = {
  message_required: { text: "" },
  generated_password: { password_mode: "generated" },
  notification_fixed: { notification: { subject: "Anders" } },
  link_not_allowed: { password: undefined, open_by: "link" },
  quick_not_allowed: { password: undefined, open_by: "quick" },
  client_mail_not_allowed: { notify: "none" },
};

/** @param {string} scene @param {Fields} [more] */
async function start(scene, more) {
  const body = draft.startBody([{ address: whom(scene, bert) }], {
    password,
    ...startFields[scene],
    ...(scene === "invitation_password" && { invitation: device.invitation() }),
    ...more,
  });
  Object.assign(body.recipients[0] ?? {}, ownWay(wayOf[scene] ?? ""));
  const answer = await draft.start(body);
  if (answer.status === 201) await renewDraft();
  return answer;
}

/** @param {string} scene @param {Fields} [more] */
function askPolicy(scene, more) {
  const json = { from: anna, recipients: [whom(scene, bert)], ...more };
  return client.call("POST", "/api/v1/policy", { json });
}

/** Each scene changes a recipient of its own. @param {string} scene @param {string} below
 * @param {Fields} json */
function change(scene, below, json) {
  const way = wayOf[scene] ?? "password";
  const { path, secret } = /** @type {Sent} */ (sent[way]);
  const at = way === "password" ? scenes.indexOf(scene) : 0;
  const makesAnother = below.endsWith("/replace") || (way === "link" && below.endsWith("/mail"));
  return client.call("POST", path + below.replace("{no}", String(at)), {
    headers: { "Couvert-Secret": secret },
    json: { ...json, ...(makesAnother && ownWay(way)) },
  });
}

const whoMay = ["invalid_address", "no_rule", "deny_rule", "reply_only"];
const settings = refusals.filter((refusal) => !whoMay.includes(refusal));

/** @param {string[]} those @param {string} why */
const because = (those, why) => Object.fromEntries(those.map((refusal) => [refusal, why]));

const answers = because(["no_rule", "reply_only"], "whoever was written to may answer");
const tells = because(settings, "the answer tells the settings");
const without = (/** @type {string} */ one) => refusals.filter((refusal) => refusal !== one);

/** How an operation meets each refusal, and why some do not hold there. What does not stand in
 * `lets` has to be refused: a new refusal, too. @type {Record<string, {
 *   lets: Record<string, string>, meet: (scene: string) => Promise<Answer> }>} */
const asked = {
  "POST /api/v1/policy": { lets: tells, meet: askPolicy },
  "POST /api/v1/policy, for a reply": {
    lets: { ...tells, ...answers },
    meet: (scene) => askPolicy(scene, { reply_to: received }),
  },
  "POST /api/v1/passwords/check": {
    lets: because(without("password_weak"), "asks of a password alone"),
    meet: (scene) => {
      const json = { password, ...(scene === "password_weak" && { length_min: 40 }) };
      return client.call("POST", "/api/v1/passwords/check", { json });
    },
  },
  "POST /api/v1/drafts/{draft_id}/files": {
    lets: because(without("size"), "nobody knows yet for whom; Start will"),
    meet: async (scene) => {
      const upload = await client.createDraft(anna);
      // More than any rule and the configuration, which holds for replies.
      const bytes = scene === "size" ? 2 ** 41 : file[1].length;
      const headers = { "Upload-Length": String(bytes) };
      return upload.call("POST", "/files", { headers });
    },
  },
  "POST /api/v1/drafts/{draft_id}/start": { lets: {}, meet: start },
  "POST /api/v1/drafts/{draft_id}/start, of a reply": {
    lets: answers,
    meet: (scene) => start(scene, { reply_to: received }),
  },
  "POST /api/v1/sent/{tracking_id}/expiry": {
    lets: because(without("life"), "sends nothing, and nobody gets in who was not"),
    meet: (scene) => change(scene, "/expiry", { expires: inSeconds(4 * day) }),
  },
  "POST /api/v1/sent/{tracking_id}/recipients/{recipient_no}/mail": {
    lets: {
      ...because(without("deny_rule"), "the recipient was allowed all this, and has it already"),
    },
    meet: (scene) => change(scene, "/recipients/{no}/mail", {}),
  },
  "POST /api/v1/sent/{tracking_id}/recipients/{recipient_no}/replace": {
    lets: because(
      [
        "message_required",
        "generated_password",
        "own_password",
        "password_weak",
        "invitation_password",
        "client_mail_not_allowed", // the server mails the newcomer
      ],
      "nobody but who opens it can tell: it is sealed",
    ),
    meet: (scene) => {
      const address = whom(scene, `rules-new-${scenes.indexOf(scene)}@example.com`);
      return change(scene, "/recipients/{no}/replace", { address });
    },
  },
};

/** Operations that let nobody send anything, nor more than before. */
const silent = [
  /^(GET|HEAD|OPTIONS|DELETE) /,
  /^POST \/api\/v1\/(verifications|transfers|retrievals)/,
  /^(POST|PUT) \/api\/v1\/quick/, // keys and contacts: who may be written to, Start asks
  /^POST \/api\/v1\/device\//, // who may act for a mailbox: Start asks for its rules all the same
  /^POST \/api\/v1\/notification/, // shows what the sender typed, to the sender
  /^POST \/api\/v1\/drafts(\/\{draft_id\}\/form)?$/,
  /^PATCH \/api\/v1\/drafts\/\{draft_id\}\/files\/\{file_no\}$/, // what was admitted when announced
  /^POST \/api\/v1\/sent\/\{tracking_id\}(\/recipients\/\{recipient_no\})?\/revoke$/,
];

const toJson = "import json,sys,yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";

test("every operation stands in the table or lets nobody send; so does every refusal", async () => {
  const spec = path.join(root, "spec/api.yaml");
  const { paths, components } = JSON.parse(await output(["/usr/bin/python3", "-c", toJson, spec]));
  const operations = Object.entries(paths).flatMap(([route, item]) =>
    Object.keys(/** @type {object} */ (item))
      .filter((method) => /^(get|head|post|patch|put|delete|options)$/.test(method))
      .map((method) => `${method.toUpperCase()} ${route}`),
  );
  assert.ok(operations.length > 40);
  const rows = new Set(Object.keys(asked).map((row) => row.split(",")[0] ?? ""));
  for (const operation of operations) {
    const quiet = silent.filter((pattern) => pattern.test(operation)).length;
    assert.equal(quiet + Number(rows.has(operation)), 1, operation);
  }
  for (const operation of rows) assert.ok(operations.includes(operation), operation);
  assert.deepEqual(refusals.toSorted(), components.schemas.Refusal.enum.toSorted());
});

/** What an answer refuses, by whatever means it says so. @param {Answer} answer */
function refusalOf({ status, json }) {
  if (status >= 400) return json.reason;
  if (json?.recipients?.[0]?.allowed === false) return json.recipients[0].reason;
  return json?.acceptable === false ? "password_weak" : undefined;
}

for (const scene of scenes) {
  for (const [operation, { lets, meet }] of Object.entries(asked)) {
    const refuses = scene !== nothing && !lets[scene];
    test(`${operation} ${refuses ? "refuses" : "lets through"}: ${scene}`, async () => {
      await setRulesFor(scene);
      const answer = await meet(scene);
      const seen = `${answer.status} ${answer.body}`;
      assert.equal(refusalOf(answer), refuses ? scene : undefined, seen);
      const status = scene === "size" ? 413 : 403;
      assert.ok(answer.status < 300 || (refuses && answer.status === status), seen);
    });
  }

  test(`the command line says what ${scene} means`, async () => {
    await setRulesFor(scene);
    await meetAtTerminal(scene);
  });
}

/** What couvert says, and no number: it asks before it sends. @type {Record<string, RegExp>} */
const said = {
  invalid_address: /this is no e-mail address/,
  no_rule: /no rule allows to send to this recipient.*rules-bert/,
  deny_rule: /a rule forbids to send to this recipient.*rules-bert/,
  reply_only: /only replies may go to this recipient.*--reply-to/s,
  size: /the files are larger together than/,
  life: /the transfer may live 1 days at most.*--expires/s,
  phone_required: /a telephone number is needed.*--phone/s,
  message_required: /a transfer needs a message.*--message-file/s,
  generated_password: /generated passwords are not allowed.*--password-file/s,
  own_password: /one's own are not allowed.*--generate-password/s,
  link_not_allowed: /without a password are not allowed.*--password-file/s,
  password_weak: /the password is too weak \(length\).*at least 40/s,
};
// couvert cannot word or send a notification, and on this machine it has no QUICK (another has,
// below)
const unsaid = [
  "notification_fixed",
  "quick_not_allowed",
  "invitation_password",
  "client_mail_not_allowed",
  nothing,
];

/** @type {Record<string, string[]>} */
const ways = { generated_password: ["--generate-password"], link_not_allowed: ["--no-password"] };

/** @param {string} scene @param {string[]} [more] */
async function provideAtTerminal(scene, more = []) {
  const folder = await newFolder("rules");
  const [name, message, secret] = [file[0], "message", "password"].map((one) =>
    path.join(folder, one),
  );
  await writeFile(String(name), file[1]);
  await writeFile(String(message), "Guten Tag");
  await writeFile(String(secret), `${password}\n`);
  return terminal.run([
    ...["provide", String(name), "--from", anna, "--name", "Anna Muster", "--expires", "5"],
    ...["--to", whom(scene, bert), ...more],
    ...(ways[scene] ?? ["--password-file", String(secret)]),
    ...(scene === "message_required" ? [] : ["--message-file", String(message)]),
  ]);
}

/** @param {string} scene */
async function meetAtTerminal(scene) {
  const ended = await provideAtTerminal(scene);
  const told = ended.stderr.toString();
  if (unsaid.includes(scene)) return mustEndWell(ended);
  assert.match(told, /** @type {RegExp} */ (said[scene]));
  assert.equal(ended.code, scene === "size" ? 8 : 5, told);
}

test("the command line says why a rule refuses QUICK, and what to do instead", async (t) => {
  const quick = await Person.connected(server.baseUrl, "rules-quick@example.org");
  const invite = (/** @type {string[]} */ password) =>
    quick.tryProvide([bert], ["--quick", ...password]);
  await setRulesFor("quick_not_allowed");
  const never = await invite(quick.withPassword);
  endedWith(never, 5, /QUICK is not allowed for these recipients[^]*leave --quick away/);
  mustEndWell(await quick.tryProvide([bert], quick.withPassword));
  await setRulesFor("invitation_password");
  const own = await invite(quick.withPassword);
  endedWith(own, 5, /an invitation needs a generated password[^]*--generate-password/);
  mustEndWell(await invite(["--generate-password"]));
  assert.equal(await quick.stateOf(bert), "invited");
  t.after(() => setRulesFor(nothing));
});

test("the command line answers where it may not write first, but for a deny rule", async () => {
  await setRulesFor("reply_only");
  mustEndWell(await provideAtTerminal("reply_only", ["--reply-to", received]));
  await setRulesFor("deny_rule");
  const denied = await provideAtTerminal("deny_rule", ["--reply-to", received]);
  assert.match(denied.stderr.toString(), /** @type {RegExp} */ (said.deny_rule));
});

test("rules say who the recipients' mails are from, and who gets the answers", async () => {
  await setRules("names", []);
  const name = `Labor "Süd" <x@example.net>, =?utf-8?q?a?=`;
  const words = ["allow", "*@example.org", bert, `from_name=${name}`];
  const added = await server.run(["policy", ...words, "reply_to=Office@example.org"]);
  assert.equal(added.code, 0, added.stderr.toString());
  const broken = await server.run(["policy", ...words.slice(0, 3), "from_name=a\nBcc: b@c.de"]);
  assert.equal(broken.code, 2);
  const explained = await server.run(["policy", "explain", anna, bert]);
  assert.ok(explained.stdout.includes(`from_name=${name}\trule 1\n`));
  const box = await mailbox(bert);
  await box.rest();
  await client.provide({ from: anna, to: [{ address: bert }], more: { password } });
  const mail = await box.next();
  // The name is two encoded words, and this reader shows a blank between them.
  const [from] = mail.from.map((one) => ({ ...one, name: one.name.replace(/ +/g, " ") }));
  const shown = `Labor Süd x example.net , =?utf-8?q?a?=`;
  assert.deepEqual(from, { name: shown, address: "transfer@example.org" });
  assert.equal(mail.from.length, 1);
  assert.deepEqual(
    mail.replyTo.map((one) => one.address),
    ["office@example.org"],
  );
  assert.deepEqual(mail.defects, []);
});

test("the operator reads, exports and imports the rules, and asks what holds", async () => {
  await setRules("operator", [toAll]);
  const run = async (/** @type {string[]} */ words) => {
    const ended = await server.run(["policy", ...words]);
    return { code: ended.code, out: ended.stdout.toString(), told: ended.stderr.toString() };
  };
  const added = await run([
    "allow",
    "/(rules-anna|x)@.+/",
    "*@*",
    "network=10.0.0.0/8",
    "days_max=4",
  ]);
  assert.match(added.out, /^2\tallow\t\/.+\/\t\*\tnetwork=10\.0\.0\.0\/8\tdays_max=4\n$/);
  for (const format of ["csv", "json"]) {
    const exported = await run(["export", format]);
    const list = path.join(server.folder, `rules.${format}`);
    await writeFile(list, exported.out);
    assert.match((await run(["import", list])).out, /^2 rules/);
    assert.equal((await run(["export", format])).out, await readFile(list, "utf8"));
  }
  const inside = await run(["explain", anna, bert, "network=10.1.2.3"]);
  assert.match(inside.out, /allowed by rule 1[\s\S]*days_max=4\trule 2/);
  assert.match((await run(["explain", anna, bert])).out, /days_max=10\tconfiguration/);

  const list = path.join(server.folder, "wrong.csv");
  await writeFile(list, "action,sender,recipient\nallow,*,*\nallow,nobody,*\n");
  const refused = await run(["import", list]);
  assert.equal(refused.code, 2);
  assert.match(refused.told, /wrong\.csv: line 3: /);
  assert.equal((await run(["list"])).out.split("\n").length, 3);
});
