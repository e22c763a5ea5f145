// The policy on every path: each operation of the API against each thing that a rule can refuse.
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
import { root } from "./harness/run-context.mjs";

const anna = "rules-anna@example.org";
const bert = "rules-bert@example.com";
const carl = "rules-carl@example.com";
const password = "Ein Pferd, 7 Hufe";
const day = 86_400;
const file = /** @type {[string, Buffer]} */ (["a.txt", Buffer.from("elf Zeichen")]);

/** @typedef {Record<string, unknown>} Fields */
/** @typedef {import("./harness/http.mjs").Answer} Answer */

const toAll = { action: "allow", sender: "*@example.org", recipient: "*" };
/** @param {Record<string, string | number | boolean>} settings */
const withSettings = (settings) => [{ ...toAll, settings }];

/** The rules under which each refusal is to be met. @type {Record<string, object[]>} */
const rulesFor = {
  invalid_address: [toAll],
  no_rule: [{ ...toAll, recipient: "*@example.net" }],
  deny_rule: [toAll, { action: "deny", sender: "*", recipient: "*@example.com" }],
  reply_only: [toAll, { action: "reply_only", sender: "*", recipient: "*@example.com" }],
  size: withSettings({ transfer_bytes_max: 10 }),
  life: withSettings({ days_max: 1 }),
  message_required: withSettings({ message_required: true }),
  generated_password: withSettings({ generated_passwords: false }),
  own_password: withSettings({ own_passwords: false }),
  link_not_allowed: withSettings({ transfers_without_password: false }),
  password_weak: withSettings({ password_length_min: 40 }),
  notification_fixed: withSettings({ notification_editable: false }),
};
const whoMay = ["invalid_address", "no_rule", "deny_rule", "reply_only"];

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let client;

before(async () => {
  server = await Couvertd.start({ name: "rules" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
});
after(() => server?.stop());

/** Makes these the only rules. @param {object[]} rules */
async function setRules(rules) {
  const list = path.join(server.folder, "rules.json");
  await writeFile(list, JSON.stringify({ rules }));
  const ended = await server.run(["policy", "import", list]);
  assert.equal(ended.code, 0, ended.stderr.toString());
}

/** The recipient of a case. @param {string} refusal @param {string} address */
const whom = (refusal, address) => (refusal === "invalid_address" ? "nobody@" : address);

/** What a request of Start asks for, to meet a refusal. @type {Record<string, Fields>} */
const startFields = {
  message_required: { text: "" },
  generated_password: { password_mode: "generated" },
  notification_fixed: { notification: { subject: "Anders" } },
};

/** A link of its own for each recipient, instead of the password. */
const newLink = () => ({ slot_id: randomId(), secret: randomSecret() });

/** A draft with its file, made while everybody may send. */
async function readyDraft() {
  await setRules([toAll]);
  const draft = await client.createDraft(anna);
  await draft.upload(...file);
  return draft;
}

/** @param {string} refusal */
async function start(refusal) {
  const draft = await readyDraft();
  await setRules(rulesFor[refusal] ?? []);
  const to = [{ address: whom(refusal, bert) }];
  if (refusal !== "link_not_allowed") {
    return draft.start(draft.startBody(to, { password, ...startFields[refusal] }));
  }
  const body = draft.startBody(to, { open_by: "link" });
  const recipients = body.recipients.map((one) => ({ ...one, ...newLink() }));
  return draft.start({ ...body, recipients });
}

/** Changes a transfer that was sent while everybody might send. @param {string} refusal
 * @param {string} below @param {Fields} json */
async function change(refusal, below, json) {
  const draft = await readyDraft();
  const byLink = refusal === "link_not_allowed";
  const body = draft.startBody([{ address: bert }], byLink ? { open_by: "link" } : { password });
  if (byLink) Object.assign(body.recipients[0] ?? {}, newLink());
  const sent = expectStatus(await draft.start(body), 201).json;
  await setRules(rulesFor[refusal] ?? []);
  return client.call("POST", `/api/v1/sent/${sent.tracking_id}${below}`, {
    headers: { "Couvert-Secret": draft.secret },
    json: { ...json, ...(byLink && newLink()) },
  });
}

/** How an operation meets a refusal. @type {Record<string, {
 *   refuses: string[], meet: (refusal: string) => Promise<Answer> }>} */
const asked = {
  "POST /api/v1/policy": {
    refuses: whoMay,
    meet: async (refusal) => {
      await setRules(rulesFor[refusal] ?? []);
      const json = { from: anna, recipients: [whom(refusal, bert)] };
      return client.call("POST", "/api/v1/policy", { json });
    },
  },
  "POST /api/v1/passwords/check": {
    refuses: ["password_weak"],
    meet: async () => {
      const json = { password, length_min: 40 };
      return client.call("POST", "/api/v1/passwords/check", { json });
    },
  },
  "POST /api/v1/drafts/{draft_id}/files": {
    refuses: ["size"],
    meet: async () => {
      await setRules(withSettings({ transfer_bytes_max: 10 }));
      const draft = await client.createDraft(anna);
      return draft.call("POST", "/files", { headers: { "Upload-Length": String(2 ** 41) } });
    },
  },
  "POST /api/v1/drafts/{draft_id}/start": { refuses: Object.keys(rulesFor), meet: start },
  "POST /api/v1/sent/{tracking_id}/expiry": {
    refuses: ["life"],
    meet: (refusal) => change(refusal, "/expiry", { expires: inSeconds(5 * day) }),
  },
  "POST /api/v1/sent/{tracking_id}/recipients/{recipient_no}/replace": {
    refuses: [...whoMay, "size", "life", "link_not_allowed"],
    meet: (refusal) => change(refusal, "/recipients/0/replace", { address: whom(refusal, carl) }),
  },
  "POST /api/v1/sent/{tracking_id}/recipients/{recipient_no}/mail": {
    refuses: ["deny_rule"],
    meet: (refusal) => change(refusal, "/recipients/0/mail", {}),
  },
};

/** Operations that let nobody send anything, nor more than before. */
const silent = [
  /^(GET|HEAD|OPTIONS|DELETE) /,
  /^POST \/api\/v1\/(verifications|transfers|retrievals)/,
  /^POST \/api\/v1\/notification/, // shows what the sender typed, to the sender
  /^POST \/api\/v1\/drafts(\/\{draft_id\}\/form)?$/,
  /^PATCH \/api\/v1\/drafts\/\{draft_id\}\/files\/\{file_no\}$/, // what was admitted when announced
  /^POST \/api\/v1\/sent\/\{tracking_id\}(\/recipients\/\{recipient_no\})?\/revoke$/,
];

const toJson = "import json,sys,yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";

test("every operation stands in the table, or lets nobody send", async () => {
  const spec = path.join(root, "spec/api.yaml");
  const { paths } = JSON.parse(await output(["/usr/bin/python3", "-c", toJson, spec]));
  const operations = Object.entries(paths).flatMap(([route, item]) =>
    Object.keys(/** @type {object} */ (item))
      .filter((method) => /^(get|head|post|patch|put|delete|options)$/.test(method))
      .map((method) => `${method.toUpperCase()} ${route}`),
  );
  assert.ok(operations.length > 40);
  for (const operation of operations) {
    const rows = silent.filter((pattern) => pattern.test(operation)).length;
    assert.equal(rows + Number(operation in asked), 1, operation);
  }
  for (const operation of Object.keys(asked)) assert.ok(operations.includes(operation), operation);
});

/** What an answer refuses, by whatever means it says so. @param {Answer} answer */
function refusalOf({ status, json }) {
  if (status >= 400) return json.reason;
  if (json?.recipients?.[0]?.allowed === false) return json.recipients[0].reason;
  return json?.acceptable === false ? "password_weak" : undefined;
}

for (const [operation, { refuses, meet }] of Object.entries(asked)) {
  for (const refusal of refuses) {
    test(`${operation} refuses: ${refusal}`, async () => {
      const answer = await meet(refusal);
      const seen = `${answer.status} ${answer.body}`;
      assert.equal(refusalOf(answer), refusal, seen);
      const status = refusal === "size" ? 413 : 403;
      assert.ok([200, status].includes(answer.status), seen);
    });
  }
}

test("without a refusal the same requests go through", async () => {
  rulesFor.none = [toAll];
  expectStatus(await start("none"), 201);
  expectStatus(await change("none", "/expiry", { expires: inSeconds(4 * day) }), 204);
  expectStatus(await change("none", "/recipients/0/replace", { address: carl }), 204);
  expectStatus(await change("none", "/recipients/0/mail", {}), 204);
});

test("the command line follows what the rules set", async () => {
  await setRules(withSettings({ own_passwords: false, message_required: true, days_max: 3 }));
  const hers = await CommandLine.create(server.baseUrl);
  await hers.verify(anna);
  const folder = await newFolder("rules");
  const [message, secret] = ["message", "password"].map((name) => path.join(folder, name));
  await writeFile(String(message), "Guten Tag");
  await writeFile(String(secret), `${password}\n`);
  const words = ["provide", "--from", anna, "--name", "Anna Muster", "--to", bert];
  const own = await hers.run([
    ...words,
    ...["--message-file", String(message), "--password-file", String(secret)],
  ]);
  assert.notEqual(own.code, 0);
  assert.match(own.stderr.toString(), /one's own.*--generate-password/s);
  const silentOne = await hers.run([...words, "--generate-password", String(secret)]);
  assert.notEqual(silentOne.code, 0);
  mustEndWell(await hers.run([...words, "--message-file", String(message), "--generate-password"]));
});

test("the operator reads, exports and imports the rules, and asks what holds", async () => {
  await setRules([toAll]);
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
