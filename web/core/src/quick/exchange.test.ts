// Two people over a server: from an invitation to transfers without a password, and what is refused
// on the way.
import { beforeEach, describe, expect, it } from "vitest";

import type { Result } from "../result.ts";
import {
  randomId,
  randomSecret,
  TestServer,
  testBrowser,
  type TestBrowser,
} from "./test-server.ts";
import type { QuickClient } from "./client.ts";

const anna = "anna@example.org";
const bert = "bert@example.net";
const carl = "carl@example.net";

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.code} ${result.reason ?? ""}`);
  return result.value;
};
const said = (result: Result<unknown>) =>
  result.ok
    ? "ok"
    : [result.code, result.reason, result.address].filter((one) => one !== undefined).join(" ");

let server: TestServer;
let annas: QuickClient;
let berts: QuickClient;
let bertsBrowser: TestBrowser;
const activating = (address: string) => ({
  verification: address,
  deviceName: "Test",
  language: "en" as const,
});

beforeEach(async () => {
  server = new TestServer();
  annas = testBrowser(server).tab(anna);
  bertsBrowser = testBrowser(server);
  berts = bertsBrowser.tab(bert);
  must(await annas.activate(activating(anna)));
  must(await berts.activate(activating(bert)));
});

/** A transfer by which `from` invites; its retrieval by `to`. */
async function invitation(from: QuickClient, to: string) {
  const seal = randomId();
  const given = must(await from.invite(seal, [to]));
  const retrieval = randomId();
  server.invitations.set(retrieval, { seal_id: seal, from: from.address, to, ...given });
  return { seal, retrieval };
}

async function connect() {
  const { retrieval } = await invitation(annas, bert);
  expect(must(await berts.answerInvitation(retrieval))).toBe(anna);
  return must(await annas.takeAnswers());
}

/** A transfer by QUICK; its transfer ID and the secret that opens it. */
async function send(from: QuickClient, to: string, mode: 1 | 2 = 1) {
  const seal = randomId();
  const [made] = must(await from.envelopesFor(seal, [to]));
  const transfer = randomId();
  server.envelopes.set(transfer, {
    seal_id: seal,
    slot_id: made!.slot_id,
    mode,
    from: from.address,
    to,
    envelope: made!.envelope,
  });
  return { transfer, secret: made!.secret };
}

const statesOf = async (client: QuickClient) =>
  Object.fromEntries(must(await client.contacts()).map(({ address, state }) => [address, state]));

describe("two people", () => {
  it("are connected by an invitation and its answer, and need no password then", async () => {
    expect(must(await annas.shownStates([bert]))).toEqual(new Map([[bert, "none"]]));
    const { retrieval } = await invitation(annas, bert);
    expect(await statesOf(annas)).toEqual({ [bert]: "invited" });
    must(await berts.answerInvitation(retrieval));
    expect(must(await annas.takeAnswers())).toEqual({ connected: [bert], unfit: [], changed: [] });
    expect(server.answers).toEqual([]);
    expect(must(await annas.shownStates([bert, carl]))).toEqual(
      new Map([
        [bert, "connected"],
        [carl, "none"],
      ]),
    );
    expect(await statesOf(berts)).toEqual({ [anna]: "connected" });
    const there = await send(annas, bert);
    expect(must(await berts.openTransfer(there.transfer))).toBe(there.secret);
    const back = await send(berts, anna);
    expect(must(await annas.openTransfer(back.transfer))).toBe(back.secret);
    // Each sees the other's check code as the other does.
    const [contact] = must(await annas.contacts());
    expect(contact?.checkCode).toBe(must(await berts.checkCode()));
  });

  it("end up connected where both invite at the same moment", async () => {
    const [hers, his] = [await invitation(annas, bert), await invitation(berts, anna)];
    must(await annas.answerInvitation(his.retrieval));
    must(await berts.answerInvitation(hers.retrieval));
    expect(must(await annas.takeAnswers())).toEqual({ connected: [], unfit: [], changed: [] });
    must(await berts.takeAnswers());
    expect(await statesOf(annas)).toEqual({ [bert]: "connected" });
    expect(await statesOf(berts)).toEqual({ [anna]: "connected" });
    expect(server.answers).toEqual([]);
  });

  it("are strangers again when one of them ends it", async () => {
    await connect();
    must(await annas.endContact(bert));
    expect(must(await annas.contacts())).toEqual([]);
    expect(await statesOf(berts)).toEqual({ [anna]: "removed" });
    expect(said(await annas.envelopesFor(randomId(), [bert]))).toBe(
      `conflict not_connected ${bert}`,
    );
    // A new invitation needs nobody's consent where the old pin is of no use.
    // Neither where that brings another key.
    must(await annas.startAnew(activating(anna)));
    const again = await invitation(berts, anna);
    must(await annas.answerInvitation(again.retrieval));
    must(await berts.takeAnswers());
    expect(await statesOf(berts)).toEqual({ [anna]: "connected" });
  });

  it("stay connected where one of them invites others", async () => {
    await connect();
    must(await annas.invite(randomId(), [bert, carl]));
    expect(await statesOf(annas)).toEqual({ [bert]: "connected", [carl]: "invited" });
  });

  it("notice who begins anew, refuse, and connect again by a human's wish", async () => {
    await connect();
    const old = await send(annas, bert);
    must(await testBrowser(server).tab(bert).startAnew(activating(bert)));
    expect(await statesOf(annas)).toEqual({ [bert]: "changed" });
    expect(said(await annas.envelopesFor(randomId(), [bert]))).toBe(
      `conflict identity_changed ${bert}`,
    );
    expect(said(await annas.invite(randomId(), [bert]))).toBe(`conflict identity_changed ${bert}`);
    must(await annas.connectAnew(bert));
    expect(must(await annas.contacts())).toEqual([]);
    expect((await invitation(annas, bert)).seal).toMatch(/^[a-z2-7]{26}$/);
    // The old browser of Bert opens nothing.
    expect(said(await berts.openTransfer(old.transfer))).toBe("unproven revoked");
  });
});

describe("an answer", () => {
  it("that does not fit pins nothing, and is told each time", async () => {
    const { retrieval } = await invitation(annas, bert);
    const honest = server.invitations.get(retrieval)!;
    server.invitations.set(retrieval, { ...honest, secret: randomSecret() });
    must(await berts.answerInvitation(retrieval));
    for (let times = 0; times < 2; times++) {
      expect(must(await annas.takeAnswers())).toEqual({
        connected: [],
        unfit: [bert],
        changed: [],
      });
    }
    expect(await statesOf(annas)).toEqual({ [bert]: "invited" });
  });

  it("that comes after the end, or twice, is dropped", async () => {
    const { retrieval } = await invitation(annas, bert);
    must(await berts.answerInvitation(retrieval));
    must(await annas.endContact(bert));
    expect(must(await annas.takeAnswers())).toEqual({ connected: [], unfit: [], changed: [] });
    expect(server.answers).toEqual([]);
    expect(must(await annas.contacts())).toEqual([]);
  });

  it("is noted once, however often another device was faster with the book", async () => {
    const { retrieval } = await invitation(annas, bert);
    must(await berts.answerInvitation(retrieval));
    const answer = () =>
      Response.json({ status: 409, code: "conflict", reason: "book_version" }, { status: 409 });
    server.instead.push({ at: /^PUT .*book/, answer });
    expect(must(await annas.takeAnswers()).connected).toEqual([bert]);
    expect(server.calls.filter((one) => one === "POST /quick/answers/take").length).toBe(1);
  });

  it("is not sent, and nobody trusted, where the book cannot be changed", async () => {
    const { retrieval } = await invitation(annas, bert);
    server.instead.push({
      at: /^PUT .*book/,
      answer: () => Response.json({ status: 503, code: "unavailable" }, { status: 503 }),
    });
    expect(said(await berts.answerInvitation(retrieval))).toBe("unavailable");
    expect(server.answers).toEqual([]);
    expect(await statesOf(berts)).toEqual({});
  });

  it("is not given to who brings another key than the trusted one", async () => {
    await connect();
    const eve = new TestServer();
    const false_ = testBrowser(eve).tab(anna);
    must(await false_.activate(activating(anna)));
    const seal = randomId();
    const given = must(await false_.invite(seal, [bert]));
    const retrieval = randomId();
    server.invitations.set(retrieval, { seal_id: seal, from: anna, to: bert, ...given });
    expect(said(await berts.answerInvitation(retrieval))).toBe(`conflict identity_changed ${anna}`);
    expect(server.answers).toEqual([]);
    server.invitations.set(retrieval, { seal_id: seal, from: anna, to: carl, ...given });
    expect(said(await berts.answerInvitation(retrieval))).toBe("refused recipient");
  });
});

describe("an envelope", () => {
  it("opens for its place and its sender alone", async () => {
    await connect();
    const { transfer } = await send(annas, bert);
    const honest = server.envelopes.get(transfer)!;
    const shown = async (lie: Partial<typeof honest>) => {
      server.envelopes.set(transfer, { ...honest, ...lie });
      return said(await berts.openTransfer(transfer));
    };
    expect(await shown({ seal_id: randomId() })).toBe(`refused envelope ${anna}`);
    expect(await shown({ slot_id: randomId() })).toBe(`refused envelope ${anna}`);
    expect(await shown({ from: carl })).toBe(`refused not_connected ${carl}`);
    expect(await shown({ envelope: honest.envelope.replace(/^...../, "AAAAA") })).toBe(
      `refused envelope ${anna}`,
    );
    expect(await shown({ seal_id: "nonsense" })).toBe("damaged answer");
    expect(await shown({})).toBe("ok");
    expect(said(await berts.openTransfer(randomId()))).toBe("denied");
    expect(said(await annas.openTransfer(transfer))).toBe("conflict no_envelope");
  });

  it("of the mode in which no server may open it is not opened for one", async () => {
    await connect();
    const { transfer } = await send(annas, bert, 2);
    expect(said(await berts.openTransfer(transfer))).toBe("refused envelope");
  });

  it("is one for each recipient, with secrets of their own", async () => {
    await connect();
    const two = must(await annas.envelopesFor(randomId(), [bert, bert]));
    expect(
      new Set(two.flatMap(({ slot_id, secret, envelope }) => [slot_id, secret, envelope])).size,
    ).toBe(6);
    expect(said(await annas.envelopesFor(randomId(), [bert, carl]))).toBe(
      `conflict not_connected ${carl}`,
    );
  });
});

describe("addresses", () => {
  it("are asked for only where a key is trusted", async () => {
    await connect();
    server.calls.length = 0;
    must(await annas.shownStates([carl]));
    expect(server.calls).not.toContain("POST /quick/contacts");
  });
});
