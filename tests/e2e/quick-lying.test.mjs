// QUICK against the real couvertd with a patch (tests/couvertd_lying.cpp), which holds everything
// that a server holds and plays both sides.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { mustEndWell } from "./harness/command-line.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { Person, connectPeople, endedWith } from "./harness/quick-people.mjs";

/** @type {Couvertd} */
let server;
let lies = "";
before(async () => {
  lies = path.join(await newFolder("lies"), "word");
  server = await Couvertd.start({
    name: "quick-lying",
    program: "couvertd_lying",
    env: { COUVERT_LIES: lies },
  });
});
after(() => server?.stop());
beforeEach(() => lie("nothing"));

/** What it does from now on. @param {"nothing" | "swaps" | "guesses" | "knows"} word */
function lie(word) {
  return writeFile(lies, word);
}

/** Two with QUICK who do not know each other. @param {string} name */
function two(name) {
  return Promise.all([
    Person.connected(server.baseUrl, `ql-${name}-one@example.org`),
    Person.connected(server.baseUrl, `ql-${name}-two@example.net`),
  ]);
}

/** Whose transfers it has read: "SENDER RECIPIENT". */
async function read() {
  const lines = await readFile(`${lies}.read`, "utf8").catch(() => "");
  return lines.split("\n").filter((line) => line !== "");
}

test("a server that swaps keys once two are connected is found by both", async () => {
  const [one, other] = await two("swaps");
  await connectPeople(one, other);
  assert.equal(await one.stateOf(other.address), "connected");
  await lie("swaps");
  const changed = /identity of a contact has changed/;
  endedWith(await one.tryProvide([other.address]), 5, changed);
  endedWith(await other.tryProvide([one.address]), 5, changed);
  assert.equal(await one.stateOf(other.address), "identity changed");
  assert.equal(await other.stateOf(one.address), "identity changed");
  await lie("nothing");
  const sent = await one.provide([other.address]);
  assert.equal((await other.retrieve(sent)).files.length, 1);
  assert.deepEqual(await read(), []);
});

test("without the invitation's secret it is found while the invitation passes", async () => {
  const [one, other] = await two("guesses");
  await lie("guesses");
  await other.accept(await one.invite(other.address));
  const told = await one.line.run(["contacts"]);
  endedWith(told, 0, /ql-guesses-two@example\.net is not by who has read/);
  assert.equal(await one.stateOf(other.address), "invited");
  endedWith(await one.tryProvide([other.address]), 2, /not connected with you by QUICK/);
  assert.deepEqual(await read(), []);
});

test("with the secret that it recorded it reads all, and the check codes tell", async () => {
  const [one, other] = await two("knows");
  await lie("knows");
  await connectPeople(one, other);
  const [hers, his] = [await one.contacts(), await other.contacts()];
  assert.equal(hers.contacts[0].state, "connected");
  assert.equal(his.contacts[0].state, "connected");

  assert.equal((await other.retrieve(await one.provide([other.address]))).files.length, 1);
  assert.equal((await one.retrieve(await other.provide([one.address]))).files.length, 1);
  const all = [`${one.address} ${other.address}`, `${other.address} ${one.address}`];
  assert.deepEqual(await read(), all, "so the codes are what is left");

  assert.notEqual(hers.contacts[0].check_code, his.check_code);
  assert.notEqual(his.contacts[0].check_code, hers.check_code);
  // An honest server's codes are the same on both sides, and one that stops lying is found.
  await lie("nothing");
  const changed = /identity of .+ has changed/;
  endedWith(await one.line.run(["contacts"]), 0, changed);
  endedWith(await other.line.run(["contacts"]), 0, changed);
  mustEndWell(await one.line.run(["contacts", "end", other.address, "--yes"]));
  mustEndWell(await other.line.run(["contacts", "end", one.address, "--yes"]));
  await connectPeople(one, other);
  const [honest, too] = [await one.contacts(), await other.contacts()];
  assert.equal(honest.contacts[0].check_code, too.check_code);
  assert.equal(too.contacts[0].check_code, honest.check_code);
});
