// The real command line as a program that a person lets in, as one that follows what was sent, and
// as one whose mails the sender sends.
import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus, randomId, randomSecret } from "./harness/api-client.mjs";
import { CommandLine, mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { output, pause, waitUntil } from "./harness/processes.mjs";
import { mailbox } from "./harness/run-context.mjs";

const anna = "cli-programs-anna@example.org";
const bert = "cli-programs-bert@example.net";
const dora = "cli-programs-dora@example.net";
const carl = "cli-programs-carl@example.com";

/** @type {Couvertd} */
let server;
/** @type {ApiClient} */
let person;
let proof = "";
let file = "";
before(async () => {
  server = await Couvertd.start({ name: "cli-programs" });
  const rules = ["*@example.net", "*@example.com"].map((recipient, at) => {
    const settings = { client_mail: at === 0 };
    return { action: "allow", sender: "*", recipient, settings };
  });
  const list = path.join(server.folder, "rules.json");
  await writeFile(list, JSON.stringify({ rules }));
  mustEndWell(await server.run(["policy", "import", list]));
  person = new ApiClient(server.baseUrl);
  proof = (await person.verify(anna)).verification_id;
  file = path.join(await newFolder("cli-programs"), "Befund.txt");
  await writeFile(file, "abc");
});
after(() => server?.stop());

/** A command that goes on: its lines as they come, and how it ends. @param {CommandLine} by
 * @param {string[]} words */
function start(by, words) {
  /** @type {string[]} */
  const lines = [];
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  const ended = by.run(words, {
    onStart: (started) => {
      child = started;
      let rest = "";
      started.stdout?.on("data", (bytes) => {
        const parts = (rest + bytes).split("\n");
        rest = parts.pop() ?? "";
        lines.push(...parts);
      });
    },
  });
  return { lines, ended, kill: (/** @type {NodeJS.Signals} */ signal) => child?.kill(signal) };
}

/** @param {"allow" | "decline"} what @param {string} user_code */
async function answer(what, user_code) {
  const json = what === "allow" ? { user_code, verification_id: proof } : { user_code };
  expectStatus(await person.call("POST", `/api/v1/device/${what}`, { json }), 204);
}

/** Lets a machine in. @param {string[]} words @param {CommandLine} [on] */
async function login(words, on) {
  const machine = on ?? (await CommandLine.create(server.baseUrl));
  const run = start(machine, ["login", "--json", ...words]);
  await waitUntil("the code is there", () => run.lines.length > 0);
  const codes = JSON.parse(run.lines[0]);
  await answer("allow", codes.user_code);
  mustEndWell(await run.ended);
  return { machine, codes, given: JSON.parse(run.lines[1]) };
}

const common = ["--from", anna, "--name", "Anna Muster", "--generate-password"];
/** @param {CommandLine} by @param {string[]} [more] */
const provide = (by, more = []) => by.json(["provide", file, ...common, "--to", bert, ...more]);

test("a machine shows a code, is let in for what it asked for, and no more", async () => {
  const { machine, codes, given } = await login(["--scope", "send", "sent", "--name", "Scanner"]);
  assert.match(codes.user_code, /^[A-Z]{4}-[A-Z]{4}$/);
  assert.equal(codes.verification_uri_complete, `${server.baseUrl}/device#${codes.user_code}`);
  assert.deepEqual([given.address, given.scopes], [anna, ["send", "sent"]]);
  const { tracking_id } = await provide(machine);
  const { transfers } = await machine.json(["sent"]);
  assert.equal(transfers[0].tracking_id, tracking_id);
  for (const words of [["received"], ["programs"], ["verify", bert, "--request-only"]]) {
    const refused = await machine.run(words);
    assert.equal(refused.code, 5, refused.stderr.toString());
    assert.match(refused.stderr.toString(), /let in/);
  }
  const listed = await person.call("GET", `/api/v1/verifications/${proof}/programs`);
  assert.equal(expectStatus(listed, 200).json.programs[0].name, "Scanner");
  for (const name of await readdir(machine.home)) {
    const text = await readFile(path.join(machine.home, name), "utf8");
    assert.doesNotMatch(text, /device_code|user_code/);
  }
});

test("without --json, code and address are lines of their own", async () => {
  const run = start(await CommandLine.create(server.baseUrl), ["login"]);
  await waitUntil("the code is there", () => run.lines.length > 1);
  const [, code = ""] = run.lines[0].match(/^code {2}(\S+)$/) ?? [];
  assert.equal(run.lines[1], `address  ${server.baseUrl}/device`);
  await answer("allow", code);
  const ended = mustEndWell(await run.ended);
  assert.match(ended.stderr.toString(), /may act for .*anna.* \(send, sent, receive\) until/);
});

test("who says no ends it, and so does Ctrl-C; nothing is kept of either", async () => {
  const machine = await CommandLine.create(server.baseUrl);
  const refused = start(machine, ["login", "--json"]);
  await waitUntil("the code is there", () => refused.lines.length > 0);
  await answer("decline", JSON.parse(refused.lines[0]).user_code);
  const ended = await refused.ended;
  assert.equal(ended.code, 5);
  assert.match(ended.stderr.toString(), /the person has said no/);
  const stopped = start(machine, ["login"]);
  await waitUntil("the code is there", () => stopped.lines.length > 1);
  stopped.kill("SIGINT");
  assert.equal((await stopped.ended).code, 130);
  assert.equal((await machine.run(["sent"])).code, 4);
});

test("what was verified here ends with a login, and only where somebody agrees", async () => {
  const machine = await CommandLine.create(server.baseUrl);
  await machine.verify(dora);
  const asked = await machine.run(["login"]);
  assert.equal(asked.code, 2);
  assert.match(asked.stderr.toString(), /ends with that: .*dora/);
  const before = new ApiClient(server.baseUrl);
  const [session = ""] = (await readdir(machine.home)).filter((one) => one.startsWith("session-"));
  before.token = JSON.parse(await readFile(path.join(machine.home, session), "utf8")).token;
  await login(["--yes"], machine);
  const held = await before.call("GET", "/api/v1/verifications");
  assert.deepEqual(expectStatus(held, 200).json.verifications, []);
  assert.equal((await machine.run(["sent", "--from", dora])).code, 4);
});

test("programs are listed and ended, and an ended one may do nothing", async () => {
  const { machine } = await login(["--scope", "account", "send", "--name", "One"]);
  const other = (await login(["--scope", "sent", "--name", "Other"])).machine;
  const { address, programs } = await machine.json(["programs"]);
  assert.equal(address, anna);
  const found = programs.find((/** @type {any} */ one) => one.name === "Other");
  assert.deepEqual(found.scopes, ["sent"]);
  const plain = mustEndWell(await machine.run(["programs"])).stdout.toString();
  assert.ok(
    plain.split("\n").some((line) => line.split("\t")[0] === found.program_id),
    plain,
  );
  mustEndWell(await other.run(["sent"]));
  assert.equal((await machine.json(["programs", "end", found.program_id])).ended, found.program_id);
  assert.equal((await other.run(["sent"])).code, 4);
  assert.equal((await machine.run(["programs", "end", found.program_id])).code, 6);
  assert.equal((await machine.run(["programs", "end", "nonsense"])).code, 3);
  assert.equal((await machine.run(["programs", "add"])).code, 2);
});

test("a logout ends what the machine may do, at the server and here, and says so", async () => {
  const { machine, given } = await login(["--scope", "send", "sent", "--name", "Leaver"]);
  const stays = (await login(["--scope", "sent"])).machine;
  const [session = ""] = (await readdir(machine.home)).filter((one) => one.startsWith("session-"));
  const key = new ApiClient(server.baseUrl);
  key.token = JSON.parse(await readFile(path.join(machine.home, session), "utf8")).token;
  const held = async () =>
    expectStatus(await key.call("GET", "/api/v1/verifications"), 200).json.verifications;
  assert.equal((await held())[0].verification_id, given.verification_id);

  // What cannot be ended at the server is not forgotten here either.
  await server.stop();
  const away = await machine.run(["logout"]);
  assert.equal(away.code, 13, away.stderr.toString());
  assert.match(away.stderr.toString(), /keeps its access until the server is told: run it again/);
  await server.serve();
  mustEndWell(await machine.run(["sent"]));
  assert.equal((await machine.run(["logout", anna])).code, 2);

  const ended = mustEndWell(await machine.run(["logout"]));
  assert.match(ended.stderr.toString(), /may act no longer for cli-programs-anna@example.org\./);
  assert.deepEqual(await held(), []);
  const listed = await person.call("GET", `/api/v1/verifications/${proof}/programs`);
  const { programs } = expectStatus(listed, 200).json;
  assert.ok(programs.every((/** @type {any} */ one) => one.name !== "Leaver"));
  const left = (await readdir(machine.home)).filter((one) => one.startsWith("session-"));
  assert.deepEqual(left, []);
  mustEndWell(await stays.run(["sent"]));
  const again = await machine.run(["logout"]);
  assert.equal(again.code, 4, again.stderr.toString());
  assert.match(again.stderr.toString(), /nobody is logged in here/);
});

test("a logout ends all that was verified, and works where the server knows of none", async () => {
  const machine = await CommandLine.create(server.baseUrl);
  await machine.verify(dora);
  await machine.verify(bert);
  assert.deepEqual((await machine.json(["logout"])).ended.sort(), [bert, dora].sort());
  const { machine: known } = await login(["--scope", "sent", "--name", "Known"]);
  const listed = await person.call("GET", `/api/v1/verifications/${proof}/programs`);
  for (const one of expectStatus(listed, 200).json.programs) {
    if (one.name !== "Known") continue;
    const place = `/api/v1/verifications/${proof}/programs/${one.program_id}`;
    expectStatus(await person.call("DELETE", place), 204);
  }
  const ended = mustEndWell(await known.run(["logout"]));
  assert.match(ended.stderr.toString(), /had ended before; its key is removed/);
  assert.equal((await known.run(["logout"])).code, 4);
});

test("a followed list tells what is there and each change, also after a restart", async () => {
  const { machine } = await login(["--scope", "send", "sent"]);
  const first = await provide(machine);
  const run = start(machine, ["sent", "--follow", "--json"]);
  /** @param {string} id @param {(one: any) => boolean} fits */
  const told = (id, fits) =>
    waitUntil("the change is told", () => {
      const all = run.lines.map((line) => JSON.parse(line));
      return all.some((one) => one.tracking_id === id && fits(one));
    });
  await told(first.tracking_id, (one) => one.state === "sealed");
  const second = await provide(machine);
  await told(second.tracking_id, (one) => one.opened_count === 0);
  const his = new ApiClient(server.baseUrl);
  const [{ transfer_id }] = second.recipients;
  await his.open(transfer_id, { password: second.password });
  await told(second.tracking_id, (one) => one.opened_count === 1);
  await server.kill();
  await server.serve();
  mustEndWell(await machine.run(["revoke", first.tracking_id]));
  await told(first.tracking_id, (one) => one.state === "revoked");
  const lines = new Set(run.lines);
  assert.equal(lines.size, run.lines.length, "nothing is told twice");
  run.kill("SIGINT");
  assert.equal((await run.ended).code, 130);
});

test("a followed list ends well at its time, and with an error when its proof ends", async () => {
  const { machine, given } = await login(["--scope", "sent"]);
  const begun = Date.now();
  const short = mustEndWell(await machine.run(["sent", "--follow", "--for", "3"]));
  assert.ok(Date.now() - begun < 20_000);
  assert.match(short.stdout.toString(), /^[a-z2-7]{26}\t/);
  const run = start(machine, ["sent", "--follow"]);
  await waitUntil("it has begun", () => run.lines.length > 0);
  const listed = await person.call("GET", `/api/v1/verifications/${proof}/programs`);
  const { programs } = expectStatus(listed, 200).json;
  assert.ok(given.verification_id);
  for (const one of programs) {
    const path = `/api/v1/verifications/${proof}/programs/${one.program_id}`;
    expectStatus(await person.call("DELETE", path), 204);
  }
  const ended = await run.ended;
  assert.equal(ended.code, 4, ended.stderr.toString());
  for (const words of [
    ["--follow", given.verification_id],
    ["--for", "3"],
    ["--follow", "--for", "0"],
  ]) {
    assert.equal((await machine.run(["sent", ...words])).code, 2, words.join(" "));
  }
});

test("a followed list is the latest 50, or with --all every one with its changes", async () => {
  const emil = "cli-programs-emil@example.org";
  const sender = new ApiClient(server.baseUrl);
  await sender.verify(emil);
  const machine = await CommandLine.create(server.baseUrl);
  await machine.verify(emil);
  const provideOne = async () => {
    const to = { address: bert, kind: "to", slot_id: randomId(), secret: randomSecret() };
    const more = { open_by: "link", notify: "none", recipients: [to] };
    return (await sender.provide({ from: emil, to: [], more })).tracking_id;
  };
  /** @type {string[]} */
  const ids = [];
  while (ids.length < 3) ids.push(await provideOne());
  await pause(1100); // those of one second stand in no order of their own
  while (ids.length < 53) ids.push(await provideOne());

  const latest = start(machine, ["sent", "--follow"]);
  const all = start(machine, ["sent", "--follow", "--all", "--json"]);
  const told = () => all.lines.map((line) => JSON.parse(line));
  await waitUntil("both lists are there", () => latest.lines.length >= 50 && told().length >= 53);
  assert.deepEqual(latest.lines.map((line) => line.split("\t")[0]).sort(), ids.slice(-50).sort());
  assert.deepEqual(new Set(told().map((one) => one.tracking_id)), new Set(ids));
  assert.equal(told().length, 53, "nothing is told twice");
  // The oldest one is on no stream; a new one is, and pushes another one off.
  const revoked = `/api/v1/sent/${ids[0]}/revoke`;
  expectStatus(await sender.call("POST", revoked), 204);
  const newest = await provideOne();
  await waitUntil("both changes are told", () => {
    const [first, last] = told().slice(53);
    return first !== undefined && last !== undefined;
  });
  const changes = new Map(
    told()
      .slice(53)
      .map((one) => [one.tracking_id, one.state]),
  );
  assert.deepEqual(changes.get(ids[0]), "revoked");
  assert.deepEqual(changes.get(newest), "sealed");
  await waitUntil("the new one is told", () => latest.lines.length === 51);
  assert.equal(latest.lines[50]?.split("\t")[0], newest);
  for (const run of [latest, all]) {
    run.kill("SIGINT");
    assert.equal((await run.ended).code, 130);
  }
});

const readMail =
  "import email,email.policy,json,sys\n" +
  "m=email.message_from_file(open(sys.argv[1],newline=''),policy=email.policy.default)\n" +
  "part=lambda kind: m.get_body((kind,)).get_content()\n" +
  "print(json.dumps({'headers':dict(m.items()),'text':part('plain'),'html':part('html'),\n" +
  " 'defects':[str(d) for d in m.defects]}))\n";

test("mails for the sender's own mailbox are written, and the server mails nobody", async () => {
  const { machine } = await login(["--scope", "send", "sent"]);
  const folder = path.join(await newFolder("mails"), "new");
  const box = await mailbox(dora);
  await box.rest();
  const more = ["--cc", dora, "--mails-to", folder, "--language", "de"];
  const sent = await provide(machine, more);
  assert.deepEqual((await readdir(folder)).sort(), [`${bert}.eml`, `${dora}.eml`].sort());
  for (const one of sent.recipients) {
    assert.equal(one.mail, path.join(folder, `${one.address}.eml`));
    const mail = JSON.parse(await output(["/usr/bin/python3", "-c", readMail, one.mail]));
    assert.deepEqual(mail.defects, []);
    assert.equal(mail.headers.From, `Anna Muster <${anna}>`);
    assert.equal(mail.headers.To, one.address);
    assert.equal(mail.headers["X-Unsent"], "1");
    assert.equal(mail.headers["Auto-Submitted"], undefined);
    assert.match(mail.headers.Subject, /Anna Muster/);
    for (const part of [mail.text, mail.html]) assert.ok(part.includes(one.link), part);
    assert.match(mail.text, /Passwort/);
  }
  const state = await machine.json(["sent", sent.tracking_id]);
  for (const one of state.recipients) assert.equal(one.mail, "by_client");
  // A mail that comes later comes alone.
  mustEndWell(await machine.run(["revoke", sent.tracking_id]));
  const [{ text }, ...others] = [await box.next(), ...(await box.rest())];
  assert.ok(!text.includes("/r/"), text);
  assert.deepEqual(others, []);
});

test("mails that would overwrite something, or that no rule allows, send nothing", async () => {
  const { machine } = await login(["--scope", "send", "sent"]);
  const count = async () => (await machine.json(["sent"])).transfers.length;
  const before = await count();
  const folder = await newFolder("there");
  await writeFile(path.join(folder, `${bert}.eml`), "mine");
  const words = ["provide", file, ...common, "--to"];
  assert.equal((await machine.run([...words, bert, "--mails-to", folder])).code, 11);
  assert.equal(await readFile(path.join(folder, `${bert}.eml`), "utf8"), "mine");
  const refused = await machine.run([...words, carl, "--mails-to", folder]);
  assert.equal(refused.code, 5, refused.stderr.toString());
  assert.match(refused.stderr.toString(), /leave --mails-to away/);
  assert.equal((await machine.run([...words, bert, "--mails-to="])).code, 2);
  assert.equal(await count(), before);
});
