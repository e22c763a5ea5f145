// A full disk, an absent mail server, a killed process: clear answers, nothing lost, recovery
// without a human.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, open, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { ApiClient, expectStatus, randomId } from "./harness/api-client.mjs";
import { Couvertd, mailConfig } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { FaultySmtp } from "./harness/faulty-smtp.mjs";
import { newFolder } from "./harness/files.mjs";
import { send } from "./harness/http.mjs";
import { codeInText, transferLinkIn } from "./harness/mailbox.mjs";
import { asRoot } from "./harness/mail-system.mjs";
import { freePort } from "./harness/ports.mjs";
import { output, waitUntil } from "./harness/processes.mjs";
import { mailbox, runContext } from "./harness/run-context.mjs";

const password = "Ein Pferd, 7 Hufe";
const mebibyte = 1024 * 1024;

/** Takes what is left of a small disk. @param {string} file */
async function fillUp(file) {
  const handle = await open(file, "w");
  try {
    for (;;) await handle.write(Buffer.alloc(65_536));
  } catch {
    await handle.close();
  }
}

/** Leaves so many bytes, or some fewer. @param {number} left @param {string} folder */
async function fillUpTo(left, folder) {
  const { bavail, bsize } = await statfs(folder);
  await writeFile(path.join(folder, "filler"), Buffer.alloc(bavail * bsize - left));
}

test("a full disk answers 507, keeps what was safe, and all works when room is back", async () => {
  const data = path.join(await newFolder("small"), "data");
  await mkdir(data);
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},mode=0700`;
  await output(asRoot(["mount", "-t", "tmpfs", "-o", `size=24m,${owner}`, "tmpfs", data]));
  const config = { store: { free_bytes_min: String(2 * mebibyte) } };
  const server = await Couvertd.start({ name: "full", data, config });
  try {
    const client = new ApiClient(server.baseUrl);
    await client.verify("faults-anna@example.org");
    const draft = await client.createDraft("faults-anna@example.org");
    const bytes = randomBytes(12 * mebibyte);
    const no = await draft.createFile("big.bin", bytes.length);
    expectStatus(await draft.append(no, 0, bytes.subarray(0, 8 * mebibyte)), 204);
    await fillUpTo(2 * mebibyte - 65_536, data);
    const headers = { "Upload-Length": "1" };
    expectProblem(await draft.call("POST", "/files", { headers }), 507, "full");
    expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
    await fillUp(path.join(data, "filler"));

    expectProblem(await draft.append(no, 8 * mebibyte, bytes.subarray(8 * mebibyte)), 507, "full");
    const head = expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
    assert.equal(head.headers["upload-offset"], String(8 * mebibyte));
    expectStatus(await send(server.baseUrl, "GET", "/healthz"), 200);
    const draftAnswer = await client.call("POST", "/api/v1/drafts", {
      headers: { "Couvert-Secret": draft.secret },
      json: { from: "faults-anna@example.org", slot_id: randomId() },
    });
    assert.ok([201, 507].includes(draftAnswer.status), `${draftAnswer.status}`);

    await rm(path.join(data, "filler"));
    expectStatus(await draft.append(no, 8 * mebibyte, bytes.subarray(8 * mebibyte)), 204);
    const started = await draft.start(
      draft.startBody([{ address: "bert@example.net" }], { password }),
    );
    const { recipients } = expectStatus(started, 201).json;
    const opened = await client.open(recipients[0].transfer_id, { password });
    const file = expectStatus(await opened.call("GET", `/files/${no}`), 200);
    assert.ok(file.body.equals(bytes), "the same bytes");
  } finally {
    await server.stop();
    await output(asRoot(["umount", data]));
  }
});

test("while the mail server is away a transfer starts; its mail goes out later", async () => {
  const port = await freePort();
  const { mail } = await runContext();
  const clock = await FakeClock.create();
  const options = { env: clock.env, mail: await mailConfig(port) };
  const server = await Couvertd.start({ name: "no-mail", ...options });
  const key = path.join(path.dirname(mail.certificate), "key.pem");
  const smtp = await FaultySmtp.start({ key, certificate: mail.certificate, port });
  try {
    const client = new ApiClient(server.baseUrl);
    const anna = "faults-dora@example.org";
    await client.requestCode(anna);
    await waitUntil("the code's mail is there", () => smtp.taken.length === 1);
    const code = codeInText(smtp.taken[0].data);
    const json = { address: anna, code };
    expectStatus(await client.call("POST", "/api/v1/verifications/confirm", { json }), 200);
    smtp.stop();

    const to = [{ address: "faults-bert@example.net" }];
    const sent = await client.provide({ from: anna, to, more: { password } });
    expectStatus(await send(server.baseUrl, "GET", "/readyz"), 200);
    const state = () => client.call("GET", `/api/v1/sent/${sent.tracking_id}`);
    assert.equal(expectStatus(await state(), 200).json.recipients[0].mail, "waiting");
    await server.kill(); // what waits must outlive the process
    await server.serve();
    await clock.advance(120);
    assert.equal(expectStatus(await state(), 200).json.recipients[0].mail, "waiting");

    const back = await FaultySmtp.start({ key, certificate: mail.certificate, port });
    await clock.advance(3 * 3600);
    await waitUntil("the mail is there", () => back.taken.length >= 1, { deadline: 30_000 });
    assert.equal(back.taken[0].to, to[0].address);
    await waitUntil(
      "the sender sees it",
      async () => (await state()).json.recipients[0].mail === "handed_over",
    );
    back.stop();
  } finally {
    await server.stop();
    smtp.stop();
  }
});

test("a mail that is refused for good is given up, and the sender sees it", async () => {
  const { mail } = await runContext();
  const key = path.join(path.dirname(mail.certificate), "key.pem");
  const smtp = await FaultySmtp.start({ key, certificate: mail.certificate });
  const server = await Couvertd.start({ name: "refused", mail: await mailConfig(smtp.port) });
  try {
    const client = new ApiClient(server.baseUrl);
    const anna = "faults-eva@example.org";
    await client.requestCode(anna);
    await waitUntil("the code's mail is there", () => smtp.taken.length === 1);
    const code = codeInText(smtp.taken[0].data);
    const json = { address: anna, code };
    expectStatus(await client.call("POST", "/api/v1/verifications/confirm", { json }), 200);
    smtp.rcptAnswer = "550 5.1.1 no such mailbox here";
    const to = [{ address: "faults-nobody@example.net" }];
    const sent = await client.provide({ from: anna, to, more: { password } });
    await waitUntil("the sender sees it", async () => {
      const answer = await client.call("GET", `/api/v1/sent/${sent.tracking_id}`);
      return answer.json.recipients[0].mail === "failed";
    });
  } finally {
    await server.stop();
    smtp.stop();
  }
});

test("a killed server keeps every started transfer and every acknowledged byte", async () => {
  const server = await Couvertd.start({ name: "killed" });
  try {
    const client = new ApiClient(server.baseUrl);
    const anna = "faults-fritz@example.org";
    await client.verify(anna);
    const box = await mailbox("faults-gerd@example.net");
    const bytes = randomBytes(3 * mebibyte);
    const to = [{ address: "faults-gerd@example.net" }];
    const draft = await client.createDraft(anna);
    const no = await draft.createFile("half.bin", bytes.length);
    expectStatus(await draft.append(no, 0, bytes.subarray(0, mebibyte)), 204);
    const sent = await client.provide({
      from: anna,
      to,
      files: [["whole.bin", bytes]],
      more: { password },
    });
    await server.kill();
    await server.serve();
    assert.equal(transferLinkIn(await box.next({ deadline: 30_000 })), sent.recipients[0].link);
    const opened = await client.open(sent.recipients[0].transfer_id, { password });
    assert.ok(expectStatus(await opened.call("GET", "/files/0"), 200).body.equals(bytes));
    const head = expectStatus(await draft.call("HEAD", `/files/${no}`), 200);
    assert.equal(head.headers["upload-offset"], String(mebibyte));
    expectStatus(await draft.append(no, mebibyte, bytes.subarray(mebibyte)), 204);
    expectStatus(await draft.start(draft.startBody(to, { password })), 201);
  } finally {
    await server.stop();
  }
});
