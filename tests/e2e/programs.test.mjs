// Programs that a person lets in by a code: the way in, what each may do, and how it ends.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { output } from "./harness/processes.mjs";
import { askToBeLetIn, givenScopes, letIn, poll } from "./harness/programs.mjs";
import { mailbox, root } from "./harness/run-context.mjs";

const anna = "programs-anna@example.org";
const bert = "programs-bert@example.net";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let person;
/** @type {string} */
let proof;
before(async () => {
  server = await Couvertd.start({ name: "programs" });
  person = new ApiClient(server.baseUrl);
  proof = (await person.verify(anna)).verification_id;
});
after(() => server?.stop());

/** @param {string} what @param {unknown} json @param {ApiClient} [by] */
const device = (what, json, by = person) => by.call("POST", `/api/v1/device/${what}`, { json });
const programs = () => `/api/v1/verifications/${proof}/programs`;
/** @param {ApiClient} [by] */
const list = async (by = person) =>
  expectStatus(await by.call("GET", programs()), 200).json.programs;

test("a program is let in by a code that its person types, for one address", async () => {
  const codes = await askToBeLetIn(server.baseUrl, ["send", "sent"], "Sicherung");
  assert.match(codes.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  assert.equal(codes.verification_uri, `${server.baseUrl}/device`);
  assert.equal(codes.verification_uri_complete, `${server.baseUrl}/device#${codes.user_code}`);
  assert.deepEqual([codes.expires_in, codes.interval], [600, 5]);
  const typed = codes.user_code.toLowerCase().replace("-", " ");
  const found = expectStatus(await device("find", { user_code: typed }), 200).json;
  assert.deepEqual([found.name, found.scopes], ["Sicherung", ["send", "sent"]]);
  expectProblem(
    await poll(server.baseUrl, codes.device_code),
    409,
    "conflict",
    "authorization_pending",
  );
  const early = await poll(server.baseUrl, codes.device_code);
  expectProblem(early, 429, "throttled", "slow_down");
  assert.equal(early.headers["retry-after"], "10");
  expectStatus(await device("allow", { user_code: typed, verification_id: proof }), 204);
  expectProblem(await device("find", { user_code: typed }), 404, "denied");
  // Whose mailbox it is hears of it, and what can be done about it.
  const box = await mailbox(anna);
  const told = await box.next({ fits: ({ text }) => text.includes("Sicherung") });
  assert.match(told.text, /may act for\s+programs-anna@example\.org\./);
  assert.match(told.text, /provide transfers in your name/);
  assert.match(told.text, /If that was not you, end the\s+program now/);
  assert.ok(told.links.includes(`${server.baseUrl}/device`), told.links.join(" "));
  assert.ok(!told.text.includes(codes.user_code), "a code is nothing for mails");
  expectProblem(await poll(server.baseUrl, codes.device_code), 429, "throttled", "slow_down");
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  const given = expectStatus(await poll(server.baseUrl, codes.device_code), 200).json;
  assert.deepEqual(
    [given.token_type, given.scopes, given.address],
    ["Bearer", ["send", "sent"], anna],
  );
  expectProblem(await poll(server.baseUrl, codes.device_code), 410, "expired", "expired_token");

  const program = new ApiClient(server.baseUrl);
  program.token = given.access_token;
  const held = expectStatus(await program.call("GET", "/api/v1/verifications"), 200).json;
  assert.deepEqual(
    held.verifications.map((/** @type {any} */ one) => one.address),
    [anna],
  );
  const files = /** @type {[string, Buffer][]} */ ([["a.txt", Buffer.from("abc")]]);
  const sent = await program.provide({
    from: anna,
    to: [{ address: bert }],
    files,
    more: { password },
  });
  expectStatus(await program.call("GET", `/api/v1/sent/${sent.tracking_id}`), 200);
});

test("a person can say no, and a code that nobody waits with is no code", async () => {
  const codes = await askToBeLetIn(server.baseUrl, ["sent"]);
  expectStatus(await device("decline", { user_code: codes.user_code }), 204);
  expectProblem(await poll(server.baseUrl, codes.device_code), 403, "refused", "access_denied");
  expectProblem(await device("decline", { user_code: codes.user_code }), 404, "denied");
  const late = { user_code: codes.user_code, verification_id: proof };
  expectProblem(await device("allow", late), 404, "denied");
  expectProblem(await poll(server.baseUrl, randomSecret()), 410, "expired", "expired_token");
  for (const typed of ["", "WDJB", "AEIOUAEI", "WDJB-MJHT-X"]) {
    expectProblem(await device("find", { user_code: typed }), 404, "denied");
  }
});

test("codes cannot be tried: ten wrong ones an hour for a session", async () => {
  const guesser = new ApiClient(server.baseUrl);
  await guesser.verify("programs-mallory@example.org");
  for (let tries = 0; tries < 10; tries++) {
    expectProblem(await device("find", { user_code: "BBBB-BBBB" }, guesser), 404, "denied");
  }
  expectProblem(await device("find", { user_code: "BBBB-BBBB" }, guesser), 429, "throttled");
  const codes = await askToBeLetIn(server.baseUrl, ["send"]);
  expectProblem(await device("find", { user_code: codes.user_code }, guesser), 429, "throttled");
  expectStatus(await device("find", { user_code: codes.user_code }), 200);
});

test("only who has proven a mailbox lets programs in, and for no other address", async () => {
  const codes = await askToBeLetIn(server.baseUrl, ["send"]);
  const { user_code } = codes;
  const stranger = new ApiClient(server.baseUrl);
  const allow = { user_code, verification_id: proof };
  for (const [what, json] of Object.entries({
    find: { user_code },
    decline: { user_code },
    allow,
  })) {
    expectProblem(await device(what, json, stranger), 401, "unproven");
  }
  expectProblem(await stranger.call("GET", programs()), 401, "unproven");
  await stranger.requestCode("programs-dora@example.org");
  expectProblem(await device("find", { user_code }, stranger), 401, "unproven");
  const other = new ApiClient(server.baseUrl);
  await other.verify("programs-carl@example.org");
  expectProblem(await device("allow", allow, other), 404, "denied");
  expectProblem(await other.call("GET", programs()), 404, "denied");
  const wrong = { user_code, verification_id: randomId() };
  expectProblem(await device("allow", wrong), 404, "denied");
});

test("a program's name is one plain line, its scopes are known ones", async () => {
  const good = { name: "Backup", scopes: ["send"] };
  const names = ["", "a\nb", "a\u202eb", "x".repeat(101), 7];
  const scopes = [[], ["verify"], ["send", "send"], ["send sent"], ["all"], "send", [7]];
  const wrong = [
    ...names.map((name) => ({ ...good, name })),
    ...scopes.map((one) => ({ ...good, scopes: one })),
  ];
  const strange = new ApiClient(server.baseUrl);
  for (const json of [...wrong, { ...good, more: 1 }]) {
    expectProblem(await device("authorization", json, strange), 400, "invalid");
  }
  for (const device_code of ["", "x", "A".repeat(44), `${"A".repeat(42)}B`]) {
    expectProblem(await device("token", { device_code }, strange), 400, "invalid");
  }
});

const toJson = "import json,sys,yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";

/** Every operation of spec/api.yaml with the scope that it asks a program for. */
async function scopedOperations() {
  const file = path.join(root, "spec/api.yaml");
  const { paths } = JSON.parse(await output(["/usr/bin/python3", "-c", toJson, file]));
  const found = [];
  for (const [route, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(/** @type {Record<string, any>} */ (item))) {
      const bearers = (operation.security ?? []).filter((/** @type {any} */ one) => one.bearer);
      const scopes = [...new Set(bearers.flatMap((/** @type {any} */ one) => one.bearer))];
      if (scopes.length === 0) continue;
      assert.equal(scopes.length, 1, `${method} ${route}`);
      const type = Object.keys(operation.requestBody?.content ?? {})[0];
      found.push({ method: method.toUpperCase(), route, scope: String(scopes[0]), type });
    }
  }
  return found;
}

/** A call that gets as far as the question for the scope. @param {ApiClient} client
 * @param {Awaited<ReturnType<typeof scopedOperations>>[number]} operation */
function callOf(client, { method, route, type }) {
  const target = route.replaceAll(/\{\w+_no\}/g, "0").replaceAll(/\{\w+_id\}/g, () => randomId());
  const headers = /** @type {Record<string, string>} */ ({
    "Couvert-Secret": randomSecret(),
    "Couvert-Device": `${randomId()}.${randomSecret()}`,
    "Couvert-Member": randomSecret(),
    "Tus-Resumable": "1.0.0",
  });
  if (type === "application/json") return client.call(method, target, { headers, json: {} });
  if (!type) return client.call(method, target, { headers });
  const body = type.startsWith("application/x-www") ? "json=%7B%7D" : "abc";
  return client.call(method, target, { headers: { ...headers, "Content-Type": type }, body });
}

test("every operation refuses a program that lacks its scope, and no other for that", async () => {
  const operations = await scopedOperations();
  assert.ok(operations.length > 35);
  /** @type {Record<string, { with: ApiClient, without: ApiClient }>} */
  const by = {};
  for (const scope of givenScopes) {
    const others = givenScopes.filter((one) => one !== scope);
    const [has, lacks] = [await letIn(person, proof, [scope]), await letIn(person, proof, others)];
    by[scope] = { with: has.program, without: lacks.program };
  }
  const all = (await letIn(person, proof, givenScopes)).program;
  for (const operation of operations) {
    const { method, route, scope } = operation;
    const refused = await callOf(scope === "verify" ? all : by[scope].without, operation);
    if (method === "HEAD") assert.equal(refused.status, 403, route);
    else expectProblem(refused, 403, "refused", "scope");
    if (scope === "verify") continue;
    const taken = await callOf(by[scope].with, operation);
    assert.notEqual(taken.status, 403, `${method} ${route}: ${taken.body}`);
  }
});

test("who was let in is listed, and ends at once when a person or it itself says so", async () => {
  for (const one of await list()) {
    expectStatus(await person.call("DELETE", `${programs()}/${one.program_id}`), 204);
  }
  const first = await letIn(person, proof, ["sent"]);
  const second = await letIn(person, proof, ["account"]);
  const listed = await list();
  // Those of one second stand in no order of their own.
  listed.sort((/** @type {any} */ one) => (one.scopes[0] === "sent" ? -1 : 1));
  const scopes = listed.map((/** @type {any} */ one) => one.scopes);
  assert.deepEqual(scopes, [["sent"], ["account"]]);
  assert.equal(listed[0].name, "Backup on server 3");
  const held = () => first.program.call("GET", "/api/v1/verifications");
  assert.equal(expectStatus(await held(), 200).json.verifications.length, 1);
  const its = `/api/v1/verifications/${second.given.verification_id}/programs`;
  expectStatus(await second.program.call("DELETE", `${its}/${listed[0].program_id}`), 204);
  assert.equal(expectStatus(await held(), 200).json.verifications.length, 0);
  expectProblem(
    await person.call("DELETE", `${programs()}/${listed[0].program_id}`),
    404,
    "denied",
  );
  const stranger = new ApiClient(server.baseUrl);
  expectProblem(
    await stranger.call("DELETE", `${programs()}/${listed[1].program_id}`),
    401,
    "unproven",
  );
  const own = `/api/v1/verifications/${second.given.verification_id}`;
  expectStatus(await second.program.call("DELETE", own), 204);
  assert.deepEqual(await list(), []);
});

test("an address has twenty programs at most, and a network asks sixty times an hour", async () => {
  for (const one of await list()) {
    expectStatus(await person.call("DELETE", `${programs()}/${one.program_id}`), 204);
  }
  for (let count = 0; count < 20; count++) await letIn(person, proof, ["sent"]);
  const codes = await askToBeLetIn(server.baseUrl, ["sent"]);
  const json = { user_code: codes.user_code, verification_id: proof };
  expectProblem(await device("allow", json), 409, "conflict", "programs");
  const wish = { name: "Backup", scopes: ["send"] };
  let last = await device("authorization", wish);
  for (let count = 0; count < 60 && last.status === 200; count++)
    last = await device("authorization", wish);
  expectProblem(last, 429, "throttled");
});
