// Connections that mean harm: slow, silent, greedy, broken. Others are served meanwhile, and what
// they took comes back.
//
// COUVERT_HOSTILE=20 node tests/e2e/run.mjs hostile: twenty times as many, by hand.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connectMany, expectAtRest, figuresOf, many, Witness } from "./harness/attacker.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { send } from "./harness/http.mjs";
import { pause, waitUntil } from "./harness/processes.mjs";

const mebibyte = 1024 * 1024;

/** @type {Couvertd} */
let server;
/** @type {import("./harness/attacker.mjs").Figures} */
let rest;
before(async () => {
  server = await Couvertd.start({ name: "hostile-connections" });
  const warm = await connectMany(server.port, 20);
  warm.forEach((one) => one.write(get("/api/openapi.yaml") + get("/readyz")));
  await waitUntil("it is warm", () => warm.every((one) => one.answers === 2));
  warm.forEach((one) => one.close());
  rest = await expectAtRest(server, await figuresOf(server));
});
after(() => server?.stop());

/** @param {string} target @param {string} [fields] */
function get(target, fields = "") {
  return `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`;
}

/** The head of a POST. @param {string} target @param {number} length @param {string} [fields] */
function postHead(target, length, fields = "") {
  const type = "Content-Type: application/json\r\n";
  return `POST ${target} HTTP/1.1\r\nHost: x\r\n${type}${fields}Content-Length: ${length}\r\n\r\n`;
}

/** Runs a flood beside a well-behaved client, then waits until all is as before.
 * @param {() => Promise<unknown>} flood */
async function withWitness(flood) {
  const witness = new Witness(server.baseUrl);
  try {
    await flood();
  } finally {
    await witness.stop();
  }
  return expectAtRest(server, rest);
}

test("hostile: heads that come byte by byte hold up nobody", async () => {
  await withWitness(async () => {
    const slow = await connectMany(server.port, many(300));
    const head = get("/healthz");
    for (let byte = 0; byte < 20; byte++) {
      slow.forEach((one) => one.write(head[byte]));
      await pause(40);
    }
    assert.ok(slow.every((one) => one.answers === 0 && !one.closed));
    slow.forEach((one) => one.write(head.slice(20)));
    await waitUntil("they are answered all the same", () => slow.every((o) => o.answers === 1));
    slow.forEach((one) => one.close());
  });
});

test("hostile: announced bodies that hardly come take no memory and hold up nobody", async () => {
  await withWitness(async () => {
    const find = postHead("/api/v1/transfers/find", 16_000);
    const policy = postHead(
      "/api/v1/policy",
      mebibyte,
      `Authorization: Bearer ${"A".repeat(43)}\r\n`,
    );
    const slow = await connectMany(server.port, many(300));
    slow.forEach((one, index) => one.write(index % 2 ? find : policy));
    for (let byte = 0; byte < 15; byte++) {
      slow.forEach((one) => one.write(" "));
      await pause(30);
    }
    const { resident } = await figuresOf(server);
    assert.ok(resident < rest.resident + slow.length * 96 * 1024, `${resident} bytes`);
    slow.forEach((one) => one.close());
  });
});

test("hostile: large bodies at once are bounded for a network, small ones go on", async () => {
  await withWitness(async () => {
    const fields = `Authorization: Bearer ${"A".repeat(43)}\r\n`;
    const held = await connectMany(server.port, 8);
    held.forEach((one) => one.write(postHead("/api/v1/policy", mebibyte, fields) + "  "));
    await waitUntil("one too many is told to come again", async () => {
      const [next] = await connectMany(server.port, 1);
      held.push(next); // where the others' heads were not read yet, this one is held, too
      next.write(postHead("/api/v1/policy", mebibyte, fields));
      await pause(300);
      if (next.status === 503) assert.match(next.text, /Retry-After: \d/);
      return next.status === 503;
    });
    const small = await send(server.baseUrl, "POST", "/api/v1/transfers/find", {
      json: { transfer_id: "a".repeat(26) },
    });
    assert.equal(small.status, 404);
    held.forEach((one) => one.close("reset"));
    await waitUntil("there is room again", async () => {
      const [next] = await connectMany(server.port, 1);
      next.write(postHead("/api/v1/policy", 20_000, fields) + " ".repeat(20_000));
      await waitUntil("it is answered", () => next.status > 0);
      next.close();
      return next.status === 400;
    });
  });
});

test("hostile: readers that do not read hold at most a piece of their answer", async () => {
  await withWitness(async () => {
    const deaf = await connectMany(server.port, many(200), { reads: false });
    // Far more than the buffers of the kernel take.
    deaf.forEach((one) => one.write(get("/api/openapi.yaml").repeat(150)));
    await pause(1500);
    const { resident } = await figuresOf(server);
    assert.ok(resident < rest.resident + deaf.length * 160 * 1024, `${resident} bytes`);
    deaf.forEach((one, index) => one.close(index % 2 ? "reset" : "drop"));
  });
});

test("hostile: many thousand tiny requests in pipelines leave others their turn", async () => {
  await withWitness(async () => {
    const each = many(200);
    const busy = await connectMany(server.port, 100);
    busy.forEach((one) => one.write(get("/healthz").repeat(each)));
    await waitUntil("all are answered", () => busy.every((one) => one.answers === each), {
      deadline: 60_000,
      every: 200,
    });
    busy.forEach((one) => one.close());
  });
});

test("hostile: who goes on sending after a refusal keeps no thread busy", async () => {
  await withWitness(async () => {
    const loud = await connectMany(server.port, 8);
    const noise = Buffer.alloc(mebibyte, "x");
    loud.forEach((one) => one.write("\n"));
    const end = Date.now() + 3000;
    // More than the kernel takes at once, so that there is always more to read.
    const shout = (/** @type {typeof loud[0]} */ one) => {
      if (one.closed || Date.now() > end) return;
      one.socket.write(noise, () => shout(one));
    };
    loud.forEach((one) => [1, 2, 3].forEach(() => shout(one)));
    await pause(3000);
    assert.ok(loud.every((one) => one.status === 400 || one.closed));
    loud.forEach((one) => one.close());
  });
});

test("hostile: a connection that ends in any state leaves nothing behind", async () => {
  const states = [
    "",
    "G",
    get("/healthz").slice(0, -2),
    get("/healthz"),
    get("/api/openapi.yaml").repeat(40),
    postHead("/api/v1/transfers/find", 100),
    postHead("/api/v1/transfers/find", 100) + " ".repeat(50),
    postHead("/api/v1/transfers/find", 100, "Expect: 100-continue\r\n"),
    postHead("/api/v1/policy", 900_000) + " ".repeat(200_000),
    postHead("/api/v1/transfers/find", 44) + `{"transfer_id":"${"a".repeat(26)}"}`,
    "\n",
  ];
  await withWitness(async () => {
    for (const how of /** @type {const} */ (["end", "drop", "reset"])) {
      for (const state of states) {
        const connections = await connectMany(server.port, many(10));
        connections.forEach((one) => one.write(state));
        await pause(15);
        connections.forEach((one) => one.close(how));
      }
    }
  });
});
