// QUICK from one command line to another, through a real server: what people do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Couvertd } from "./harness/couvertd.mjs";
import { Person, connectPeople } from "./harness/quick-people.mjs";

/** @type {Couvertd} */
let server;
/** @type {Person} */
let anna;
/** @type {Person} */
let bert;
before(async () => {
  server = await Couvertd.start({ name: "quick-people" });
  [anna, bert] = await Promise.all([
    Person.connected(server.baseUrl, "qp-anna@example.org"),
    Person.create(server.baseUrl, "qp-bert@example.net"),
  ]);
});
after(() => server?.stop());

test("an invitation is accepted, and from then on transfers need no password, both ways", async () => {
  const sent = await anna.invite(bert.address);
  assert.deepEqual(sent.invited, [bert.address]);
  assert.equal(await anna.stateOf(bert.address), "invited");
  await bert.connect();
  const got = await bert.accept(sent);
  assert.equal(got.connected, anna.address);
  assert.equal(await anna.stateOf(bert.address), "connected");
  assert.equal(await bert.stateOf(anna.address), "connected");
  const pure = await anna.provide([bert.address]);
  assert.equal(pure.recipients[0].open_by, "quick");
  assert.equal((await bert.retrieve(pure)).files.length, 1);
  const back = await bert.provide([anna.address]);
  assert.equal((await anna.retrieve(back)).files.length, 1);
});
