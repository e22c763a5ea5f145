// The unit of systemd that deploy/ ships: well formed, hard, and enough for all that couvertd does.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { Couvertd, programs } from "./harness/couvertd.mjs";
import { newFolder } from "./harness/files.mjs";
import { output } from "./harness/processes.mjs";
import { root } from "./harness/run-context.mjs";

const unit = path.join(root, "deploy/couvertd.service");

test("systemd understands the unit and finds little that it may do", async () => {
  const copy = path.join(await newFolder("unit"), "couvertd.service");
  const text = await readFile(unit, "utf8");
  await writeFile(copy, text.replace("/usr/local/bin/couvertd", path.join(programs, "couvertd")));
  await output(["systemd-analyze", "verify", "--recursive-errors=no", copy]);
  // Tenths of the scale from 0 to 10; 2.0 is the edge of what systemd calls "OK".
  await output(["systemd-analyze", "security", "--offline=true", "--threshold=20", copy]);
});

test("under the unit's filter of system calls a whole transfer works", async () => {
  const under = ["/usr/bin/python3", path.join(import.meta.dirname, "harness/sandboxed.py"), unit];
  const server = await Couvertd.start({ name: "transport-unit", under, secure: false });
  try {
    const client = new ApiClient(server.baseUrl);
    await client.verify("unit-anna@example.org");
    const bytes = randomBytes(9 * 1024 * 1024);
    const password = "Ein Pferd, 7 Hufe";
    const made = await client.provide({
      from: "unit-anna@example.org",
      to: [{ address: "bert@example.net" }],
      files: [["a.bin", bytes]],
      more: { password },
    });
    const id = made.recipients[0].transfer_id;
    expectStatus(await client.tryOpen(id, { password: "Ein Esel, 7 Hufe" }), 403);
    const opened = await client.open(id, { password });
    const file = expectStatus(await opened.call("GET", `/files/${made.draft.files[0].no}`), 200);
    assert.ok(file.body.equals(bytes));
    expectStatus(await opened.call("GET", "/zip"), 200);
    process.kill(server.pid, "SIGHUP");
    const status = await readFile(`/proc/${server.pid}/status`, "utf8");
    assert.match(status, /^Seccomp:\s+2$/m, "the filter is on");
  } finally {
    await server.stop();
  }
});
