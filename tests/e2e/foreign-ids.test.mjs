// What belongs to somebody else looks as if it were not there; without a proven mailbox nothing
// begins; and no other page can act with a person's cookies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { send } from "./harness/http.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("./harness/api-client.mjs").DraftClient} DraftClient */

const anna = "foreign-anna@example.org";
const mallory = "foreign-mallory@example.org";
const bert = "foreign-bert@example.net";
const password = "Ein Pferd, 7 Hufe";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let hers;
/** @type {ApiClient} */
let theirs;
/** @type {DraftClient} */
let draft;
/** @type {any} */
let sent;
before(async () => {
  server = await Couvertd.start({ name: "foreign" });
  [hers, theirs] = [new ApiClient(server.baseUrl), new ApiClient(server.baseUrl)];
  await hers.verify(anna);
  await theirs.verify(mallory);
  draft = await hers.createDraft(anna);
  await draft.upload("a.txt", Buffer.from("abc"));
  sent = await hers.provide({
    from: anna,
    to: [{ address: bert }],
    files: [["a.txt", Buffer.from("abc")]],
    more: { password },
  });
});
after(() => server?.stop());

const tus = { "Tus-Resumable": "1.0.0" };

/** Every call on a draft. @param {DraftClient} of @returns {[string, string, object][]} */
function draftCalls(of) {
  const patch = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": "3" };
  const metadata = { "Upload-Length": "3", "Upload-Metadata": "filename YQ==" };
  return [
    ["GET", of.path, {}],
    ["DELETE", of.path, {}],
    ["GET", `${of.path}/form`, {}],
    ["POST", `${of.path}/form`, { json: { form: "mine" } }],
    ["POST", `${of.path}/files`, { headers: { ...tus, ...metadata } }],
    ["HEAD", `${of.path}/files/0`, { headers: tus }],
    ["PATCH", `${of.path}/files/0`, { headers: { ...tus, ...patch }, body: "" }],
    ["DELETE", `${of.path}/files/0`, { headers: tus }],
    ["POST", `${of.path}/start`, { json: of.startBody([{ address: bert }], { password }) }],
  ];
}

test("a draft is not there for another sender, by another secret or another ID", async () => {
  /** @type {[string, ApiClient, string, string][]} */
  const attempts = [
    ["another sender, right secret", theirs, draft.path, draft.secret],
    ["the sender, another secret", hers, draft.path, randomSecret()],
    ["an unknown ID", hers, `/api/v1/drafts/${randomId()}`, draft.secret],
  ];
  for (const [who, client, path, secret] of attempts) {
    for (const [method, target, options] of draftCalls(draft)) {
      const { headers, ...rest } = /** @type {{ headers?: object }} */ (options);
      const answer = await client.call(method, target.replace(draft.path, path), {
        ...rest,
        headers: { ...headers, "Couvert-Secret": secret },
      });
      assert.equal(answer.status, 404, `${who}: ${method} ${target}: ${answer.body}`);
    }
  }
  expectStatus(await draft.call("GET"), 200);
});

test("without a session, or with a made-up one, nothing of a sender's answers", async () => {
  const stranger = new ApiClient(server.baseUrl);
  for (const token of ["", "x", "A".repeat(43), randomSecret(), `${hers.token}A`, "Bearer x"]) {
    stranger.token = token;
    for (const [method, target, options] of draftCalls(draft)) {
      const { headers, ...rest } = /** @type {{ headers?: object }} */ (options);
      const answer = await stranger.call(method, target, {
        ...rest,
        headers: { ...headers, "Couvert-Secret": draft.secret },
      });
      assert.ok([400, 401, 404].includes(answer.status), `${token}: ${method}: ${answer.status}`);
    }
    for (const [method, path] of [
      ["GET", `/api/v1/sent/${sent.tracking_id}`],
      ["POST", `/api/v1/sent/${sent.tracking_id}/revoke`],
    ]) {
      const answer = await stranger.call(method, path);
      assert.ok([400, 401, 404].includes(answer.status), `${token}: ${path}: ${answer.status}`);
    }
  }
});

test("without a session no code is right", async () => {
  const json = { address: anna, code: "aaaaaaaaaa" };
  const answer = await new ApiClient(server.baseUrl).call("POST", "/api/v1/verifications/confirm", {
    json,
  });
  expectProblem(answer, 401, "unproven");
});

test("before its mailbox is proven, a session can begin nothing in its name", async () => {
  const stranger = new ApiClient(server.baseUrl);
  await stranger.requestCode(anna);
  const slot = { from: anna, slot_id: randomId() };
  /** @type {[string, unknown][]} */
  const calls = [
    ["/api/v1/drafts", slot],
    ["/api/v1/policy", { from: anna, recipients: [bert] }],
  ];
  for (const [path, json] of calls) {
    const headers = { "Couvert-Secret": randomSecret() };
    expectProblem(await stranger.call("POST", path, { json, headers }), 401, "unproven");
    expectProblem(await theirs.call("POST", path, { json, headers }), 401, "unproven");
  }
  const preview = { from: anna, name: "Anna", language: "en", open_by: "password" };
  const json = { ...preview, expires: "2027-01-01T00:00:00Z" };
  for (const client of [stranger, theirs]) {
    expectProblem(await client.call("POST", "/api/v1/notification", { json }), 401, "unproven");
  }
});

test("a secret for a draft is 32 bytes in base64url, in one spelling", async () => {
  const short = ["", "x", "A".repeat(42), "A".repeat(44)];
  for (const secret of [...short, `${"A".repeat(42)}B`, "+".repeat(43)]) {
    const answer = await hers.call("POST", "/api/v1/drafts", {
      headers: { "Couvert-Secret": secret },
      json: { from: anna, slot_id: randomId() },
    });
    assert.ok([400, 401].includes(answer.status), `${secret}: ${answer.status}`);
  }
});

test("a sent transfer is not there for another sender", async () => {
  const path = `/api/v1/sent/${sent.tracking_id}`;
  expectProblem(await theirs.call("GET", path), 404, "denied");
  expectProblem(await theirs.call("POST", `${path}/revoke`), 404, "denied");
  expectProblem(await hers.call("GET", `/api/v1/sent/${randomId()}`), 404, "denied");
  expectProblem(await hers.call("POST", `/api/v1/sent/${randomId()}/revoke`), 404, "denied");
  assert.equal(expectStatus(await hers.call("GET", path), 200).json.state, "sealed");
});

test("a retrieval is not there without its token, by another's or another ID", async () => {
  const stranger = new ApiClient(server.baseUrl);
  const { transfer_id } = sent.recipients[0];
  const opened = await stranger.open(transfer_id, { password });
  const second = await stranger.open(transfer_id, { password });
  const tokens = ["", "x", randomSecret(), second.opened.token, `${opened.opened.token}A`];
  for (const token of tokens) {
    for (const below of ["", "/files/0", "/zip"]) {
      const answer = await opened.call("GET", below, { "Couvert-Retrieval": token });
      assert.ok([400, 401, 404].includes(answer.status), `${token} ${below}: ${answer.status}`);
    }
    const finish = await opened.call("DELETE", "", { "Couvert-Retrieval": token });
    assert.ok([401, 404].includes(finish.status), `${token}: ${finish.status}`);
  }
  const path = `/api/v1/retrievals/${randomId()}`;
  const headers = { "Couvert-Retrieval": String(opened.opened.token) };
  expectProblem(await stranger.call("GET", path, { headers }), 404, "denied");
  expectProblem(await opened.call("GET", "/files/7"), 404, "denied");
  expectProblem(await opened.call("GET", "/zip?files=0,7"), 404, "denied");
  expectStatus(await opened.call("GET", "/files/0"), 200);
  expectStatus(await opened.call("DELETE"), 204);
  expectProblem(await opened.call("GET", "/files/0"), 404, "denied");
  expectStatus(await second.call("GET", "/files/0"), 200);
});

test("a code works in the session that asked, five tries, and only the newest", async () => {
  const carla = "foreign-carla@example.com";
  const box = await mailbox(carla);
  const [one, other] = [new ApiClient(server.baseUrl), new ApiClient(server.baseUrl)];
  await one.requestCode(carla);
  await other.requestCode("foreign-other@example.com");
  const code = await box.nextCode();
  const path = "/api/v1/verifications/confirm";
  /** @param {ApiClient} client @param {string} tried */
  const confirm = (client, tried) =>
    client.call("POST", path, { json: { address: carla, code: tried } });
  expectProblem(await confirm(new ApiClient(server.baseUrl), code), 401, "unproven");
  expectProblem(await confirm(other, code), 403, "refused", "no_code");
  for (let tries = 0; tries < 5; tries++) {
    expectProblem(await confirm(one, "aaaaaaaaaa"), 403, "refused", "wrong_code");
  }
  expectProblem(await confirm(one, code), 403, "refused", "no_code");
  await one.requestCode(carla);
  const second = await box.nextCode();
  await one.requestCode(carla);
  const third = await box.nextCode();
  expectProblem(await confirm(one, second), 403, "refused", "wrong_code");
  const spelt = ` ${third.slice(0, 5)}-${third.slice(5)} `.toUpperCase();
  expectStatus(await confirm(one, spelt), 200);
  expectProblem(await confirm(one, third), 403, "refused", "no_code");
});

test("programs and event streams are there for who has proven the mailbox alone", async () => {
  const held = await hers.call("GET", "/api/v1/verifications");
  const [{ verification_id }] = expectStatus(held, 200).json.verifications;
  const wish = { name: "Backup", scopes: ["sent"] };
  const asked = await hers.call("POST", "/api/v1/device/authorization", { json: wish });
  const { user_code, device_code } = expectStatus(asked, 200).json;
  const stranger = new ApiClient(server.baseUrl);
  const its = `/api/v1/verifications/${verification_id}`;
  for (const what of ["find", "decline", "allow"]) {
    const json = what === "allow" ? { user_code, verification_id } : { user_code };
    const answer = await stranger.call("POST", `/api/v1/device/${what}`, { json });
    expectProblem(answer, 401, "unproven");
  }
  // Whoever has the code may look at it, but lets it in for no mailbox of others.
  const allow = (/** @type {ApiClient} */ by, /** @type {string} */ proof) =>
    by.call("POST", "/api/v1/device/allow", { json: { user_code, verification_id: proof } });
  expectProblem(await allow(theirs, verification_id), 404, "denied");
  expectProblem(await allow(hers, randomId()), 404, "denied");
  expectStatus(await allow(hers, verification_id), 204);
  const last = device_code.endsWith("A") ? "E" : "A";
  for (const code of [randomSecret(), device_code.slice(0, -1) + last]) {
    const json = { device_code: code };
    const answer = await stranger.call("POST", "/api/v1/device/token", { json });
    assert.ok([400, 410].includes(answer.status), String(answer.status));
  }
  const taken = await stranger.call("POST", "/api/v1/device/token", { json: { device_code } });
  const program = new ApiClient(server.baseUrl);
  program.token = expectStatus(taken, 200).json.access_token;
  const listed = expectStatus(await hers.call("GET", `${its}/programs`), 200).json.programs;
  const [{ program_id }] = listed;
  /** @type {[string, string][]} */
  const calls = [
    ["GET", `${its}/programs`],
    ["DELETE", `${its}/programs/${program_id}`],
    ["GET", `${its}/sent/events`],
    ["GET", `${its}/received/events`],
  ];
  for (const [method, path] of calls) {
    expectProblem(await theirs.call(method, path), 404, "denied");
    expectProblem(await stranger.call(method, path), 401, "unproven");
    const made = path.replace(verification_id, randomId());
    expectProblem(await hers.call(method, made), 404, "denied");
  }
  const other = `${its}/programs/${randomId()}`;
  expectProblem(await hers.call("DELETE", other), 404, "denied");
  const verifications = await program.call("GET", "/api/v1/verifications");
  assert.equal(expectStatus(verifications, 200).json.verifications.length, 1, "it is still in");
});

test("a verification that was forgotten proves nothing any more", async () => {
  const client = new ApiClient(server.baseUrl);
  const { verification_id } = await client.verify("foreign-dora@example.org");
  const path = `/api/v1/verifications/${verification_id}`;
  expectProblem(await theirs.call("DELETE", path), 404, "denied");
  const list = () => client.call("GET", "/api/v1/verifications");
  assert.equal(expectStatus(await list(), 200).json.verifications.length, 1);
  expectStatus(await client.call("DELETE", path), 204);
  expectProblem(await client.call("DELETE", path), 404, "denied");
  assert.equal(expectStatus(await list(), 200).json.verifications.length, 0);
  const answer = await client.call("POST", "/api/v1/policy", {
    json: { from: "foreign-dora@example.org", recipients: [bert] },
  });
  expectProblem(answer, 401, "unproven");
});

test("another site's page changes nothing with a person's cookie", async () => {
  const answer = await send(server.baseUrl, "POST", "/api/v1/verifications", {
    headers: { "Sec-Fetch-Site": "same-origin", Origin: server.baseUrl },
    json: { address: "foreign-eva@example.org", language: "en", client: "browser" },
  });
  const [cookie] = expectStatus(answer, 202).headers["set-cookie"] ?? [];
  assert.match(cookie, /^__Host-session=[^;]+; .*Path=\//);
  for (const word of ["Secure", "HttpOnly", "SameSite="]) assert.ok(cookie.includes(word), cookie);
  assert.equal(answer.json.token, undefined, "a browser gets no token in the body");
  const Cookie = cookie.split(";")[0];
  const box = await mailbox("foreign-eva@example.org");
  const json = { address: "foreign-eva@example.org", code: await box.nextCode() };
  /** @param {Record<string, string>} headers */
  const confirm = (headers) =>
    send(server.baseUrl, "POST", "/api/v1/verifications/confirm", {
      headers: { Cookie, ...headers },
      json,
    });
  /** @type {Record<string, string>[]} */
  const foreign = [
    { "Sec-Fetch-Site": "cross-site", Origin: "https://example.com" },
    { "Sec-Fetch-Site": "same-site", Origin: "http://other.localhost" },
    { Origin: "https://example.com" },
    { Origin: "null" },
    { Origin: `${server.baseUrl}.example.com` },
    {},
  ];
  for (const headers of foreign) {
    const refused = await confirm(headers);
    assert.ok([400, 401, 403].includes(refused.status), JSON.stringify(headers));
  }
  expectStatus(await confirm({ "Sec-Fetch-Site": "same-origin", Origin: server.baseUrl }), 200);
});
