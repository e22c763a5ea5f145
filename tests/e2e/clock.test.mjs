// The machine's clock jumps while the server runs, and while it does not: what has ended does not
// come back, and what has not ended is not destroyed.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { test } from "node:test";
import { ApiClient, expectStatus, inSeconds } from "./harness/api-client.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { filesBelow } from "./harness/files.mjs";
import { pause, waitUntil } from "./harness/processes.mjs";

const password = "Ein Pferd, 7 Hufe";
const day = 86_400;
const bytes = randomBytes(300_000);

/** A server with a transfer of five days. @param {string} name */
async function begin(name) {
  const clock = await FakeClock.create();
  const server = await Couvertd.start({ name, env: clock.env });
  const client = new ApiClient(server.baseUrl);
  const from = `clock-${name}@example.org`;
  await client.verify(from);
  const to = [{ address: "clock-bert@example.net" }];
  const files = /** @type {[string, Buffer][]} */ ([["a.bin", bytes]]);
  const more = { password, expires: inSeconds(5 * day) };
  const { recipients } = await client.provide({ from, to, files, more });
  const id = recipients[0].transfer_id;
  const isClosed = async () => {
    expectProblem(await client.tryOpen(id, { password }), 404, "denied");
  };
  const opens = async () => {
    const opened = await client.open(id, { password });
    const file = expectStatus(await opened.call("GET", "/files/0"), 200);
    assert.ok(file.body.equals(bytes), "bit for bit");
  };
  return { clock, server, client, isClosed, opens };
}

test("a clock set back by 400 days opens nothing, whether the server runs or not", async () => {
  const { clock, server, isClosed, opens } = await begin("back");
  try {
    await opens();
    await clock.set(5 * day - 60);
    await opens();
    await clock.set(5 * day);
    await isClosed();
    await pause(6000); // a round notes how late it is
    await clock.set(-400 * day);
    await isClosed();
    await server.kill();
    await server.serve();
    await isClosed();
    expectStatus(await new ApiClient(server.baseUrl).call("GET", "/readyz"), 200);
  } finally {
    await server.stop();
  }
});

test("a clock that jumps by ten years and comes back has destroyed nothing", async () => {
  const { clock, server, client, isClosed, opens } = await begin("forward");
  try {
    const objects = () => filesBelow(path.join(server.data, "objects"));
    const before = (await objects()).sort();
    const draft = await client.createDraft("clock-forward@example.org");
    const no = await draft.createFile("b.bin", bytes.length);
    expectStatus(await draft.append(no, 0, bytes), 204);
    await clock.set(3650 * day);
    await isClosed();
    const rounds = async () =>
      (await server.logLines()).some(({ event }) => /clock jumped forward/.test(String(event)));
    await waitUntil("a round saw it", rounds);
    await pause(6000); // and another one
    await isClosed();
    await clock.set(0);
    await opens();
    assert.ok((await objects()).length > before.length);
    expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
    assert.equal((await server.run(["check"])).code, 0);
  } finally {
    await server.stop();
  }
});
