// One person's browsers: how they come to the keys, and how a server that lies is noticed.
import { beforeEach, describe, expect, it } from "vitest";

import { fromBase64url, toBase64url } from "../ids.ts";
import type { Result } from "../result.ts";
import { resealPerson } from "./person.ts";
import { TestServer, testBrowser } from "./test-server.ts";

const anna = "anna@example.org";
const joining = { verification: anna, deviceName: "Firefox on Linux" };
const activating = { ...joining, language: "en" as const };
const never = new AbortController().signal;

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.code} ${result.reason ?? ""}`);
  return result.value;
};
const said = (result: Result<unknown>) =>
  result.ok ? "ok" : [result.code, result.reason].filter(Boolean).join(" ");

let server: TestServer;
beforeEach(() => {
  server = new TestServer();
});

/** A browser with QUICK for Anna. */
async function active() {
  const browser = testBrowser(server);
  const client = browser.tab(anna);
  const recovery = must(await client.activate(activating));
  return { browser, client, recovery };
}
const stateOf = async (client: ReturnType<ReturnType<typeof testBrowser>["tab"]>) =>
  must(await client.status(anna)).state;

describe("a browser", () => {
  it("knows nothing of an address that it has not proven", async () => {
    const client = testBrowser(server).tab(anna);
    expect(must(await client.status())).toEqual({ state: "unproven" });
    expect(must(await client.status(anna))).toEqual({ state: "none" });
  });

  it("activates once, and says until then that the recovery code is not kept", async () => {
    const { browser, client, recovery } = await active();
    expect(recovery).toMatch(/^[a-z2-7]{26}$/);
    expect(must(await client.status())).toEqual({ state: "here", codeUnkept: true });
    must(await client.codeKept());
    // As another tab sees it, and after a reload.
    expect(must(await browser.tab(anna).status())).toEqual({ state: "here", codeUnkept: false });
    expect(must(await testBrowser(server).tab(anna).status(anna)).state).toBe("elsewhere");
    expect(said(await testBrowser(server).tab(anna).activate(activating))).toBe("conflict active");
    expect(must(await client.devices())).toMatchObject([
      { name: "Firefox on Linux", isHere: true },
    ]);
  });

  it("keeps nothing of what the server refused, and says where nothing can be kept", async () => {
    await active();
    const browser = testBrowser(server);
    expect(said(await browser.tab(anna).activate(activating))).toBe("conflict active");
    expect(browser.records.size).toBe(0);
    const forbidden = { ok: false, code: "unavailable", reason: "no_storage" } as const;
    browser.devices.read = () => Promise.resolve(forbidden);
    expect(await stateOf(browser.tab(anna))).toBe("unavailable");
  });

  it("that lost the answer to its activation finds itself active", async () => {
    const browser = testBrowser(server);
    let request: Promise<Response>;
    const lost = browser.fetch;
    browser.fetch = async (asked) => {
      request = lost(asked);
      await request;
      throw new TypeError("line broken");
    };
    expect(said(await browser.tab(anna).activate(activating))).toBe("unavailable offline");
    browser.fetch = lost;
    expect(must(await browser.tab(anna).status(anna))).toEqual({ state: "here", codeUnkept: true });
  });

  it("whose activation never arrived begins again", async () => {
    const browser = testBrowser(server);
    const { fetch } = browser;
    browser.fetch = () => Promise.reject(new TypeError("no line"));
    expect(said(await browser.tab(anna).activate(activating))).toBe("unavailable offline");
    browser.fetch = fetch;
    expect(await stateOf(browser.tab(anna))).toBe("none");
    must(await browser.tab(anna).activate(activating));
    expect(await stateOf(browser.tab(anna))).toBe("here");
  });
});

describe("one more browser", () => {
  it("joins by a code that it shows and another one is given", async () => {
    const { client } = await active();
    const second = testBrowser(server).tab(anna);
    const code = second.drawCode();
    const joined = second.joinByCode({ ...joining, deviceName: "Phone" }, code, never);
    must(
      await client.letIn(
        ` ${code
          .toUpperCase()
          .match(/.{1,4}/g)!
          .join("-")} `,
      ),
    );
    must(await joined);
    expect(await stateOf(second)).toBe("here");
    expect(must(await second.checkCode())).toBe(must(await client.checkCode()));
    expect(must(await second.devices())).toMatchObject([
      { isHere: false },
      { name: "Phone", isHere: true },
    ]);
    expect(must(await second.status()).codeUnkept).toBe(false);
  });

  it("does not join by another code, and says so", async () => {
    const { client } = await active();
    const browser = testBrowser(server);
    const second = browser.tab(anna);
    must(await client.letIn(second.drawCode()));
    expect(said(await second.joinByCode(joining, second.drawCode(), never))).toBe(
      "refused wrong_code",
    );
    expect(browser.records.size).toBe(0);
    expect(said(await client.letIn("abc"))).toBe("invalid code");
    expect(said(await client.letIn(second.drawCode().replace(/.$/, "1")))).toBe("invalid code");
  });

  it("waits through a broken line and not for ever, and stops when told to", async () => {
    await active();
    const browser = testBrowser(server);
    const second = browser.tab(anna);
    server.instead.push({ at: /quick$/, answer: () => Promise.reject(new TypeError("no line")) });
    const before = browser.now();
    expect(said(await second.joinByCode(joining, second.drawCode(), never))).toBe(
      "expired code_expired",
    );
    expect(browser.now() - before).toBeGreaterThanOrEqual(10 * 60_000);
    expect(said(await second.joinByCode(joining, second.drawCode(), AbortSignal.abort()))).toBe(
      "expired cancelled",
    );
  });

  it("goes on waiting where somebody else took what was left", async () => {
    const { client } = await active();
    const second = testBrowser(server).tab(anna);
    const code = second.drawCode();
    must(await client.letIn(code));
    const gone = () => Response.json({ status: 404, code: "denied" }, { status: 404 });
    server.instead.push({ at: /code\/take$/, answer: gone });
    must(await second.joinByCode(joining, code, never));
    expect(await stateOf(second)).toBe("here");
  });

  it("joins by the recovery code, as long as that is not renewed", async () => {
    const { client, recovery } = await active();
    must(await client.codeKept());
    must(await testBrowser(server).tab(anna).joinByRecovery(joining, recovery));
    const renewed = must(await client.renewRecovery());
    const third = testBrowser(server).tab(anna);
    expect(said(await third.joinByRecovery(joining, recovery))).toBe("refused wrong_code");
    must(await third.joinByRecovery(joining, renewed));
    expect(must(await client.devices()).length).toBe(3);
    expect(must(await client.status()).codeUnkept).toBe(true);
  });

  it("that is revoked opens nothing, and may come back", async () => {
    const { client, recovery } = await active();
    const browser = testBrowser(server);
    const second = browser.tab(anna);
    must(await second.joinByRecovery(joining, recovery));
    expect(await stateOf(second)).toBe("here");
    const [, other] = must(await client.devices());
    must(await client.revoke(other!.device_id));
    expect(said(await second.contacts())).toBe("unproven revoked");
    expect(must(await browser.tab(anna).status(anna))).toEqual({ state: "revoked", active: true });
    must(await second.joinByRecovery(joining, recovery));
    expect(await stateOf(second)).toBe("here");
  });

  it("is left behind when another starts anew, and comes to the new person by a code", async () => {
    const { browser, client } = await active();
    const second = testBrowser(server).tab(anna);
    const recovery = must(await second.startAnew(activating));
    expect(await stateOf(second)).toBe("here");
    expect(await stateOf(client)).toBe("revoked");
    // A human says that this is meant.
    expect(said(await client.joinByRecovery(joining, recovery))).toBe("conflict other_identity");
    expect(await stateOf(client)).toBe("revoked");
    must(await client.forget());
    must(await client.joinByRecovery(joining, recovery));
    expect(await stateOf(browser.tab(anna))).toBe("here");
  });

  it("is forgotten here and at the server", async () => {
    const { browser, client } = await active();
    must(await client.forget());
    expect(browser.records.size).toBe(0);
    expect(server.person(anna).devices.size).toBe(0);
    must(await client.forget());
    expect(await stateOf(client)).toBe("elsewhere");
  });
});

describe("a server that lies", () => {
  it("is refused an older book, other bytes of the same one, and nonsense", async () => {
    const { browser, client } = await active();
    const first = { ...server.person(anna).book };
    const seal = "a".repeat(26);
    must(await client.invite(seal, ["bert@example.net"]));
    must(await client.invite(seal, ["carl@example.net"]));
    const newest = { ...server.person(anna).book };
    expect(newest.version).toBe(3);
    const shown = async (book: typeof first) => {
      server.person(anna).book = book;
      return [await stateOf(browser.tab(anna)), said(await client.invite(seal, ["d@example.net"]))];
    };
    expect(await shown(first)).toEqual(["rolled_back", "conflict rolled_back"]);
    expect(await shown({ version: 3, sealed: first.sealed })).toEqual([
      "rolled_back",
      "conflict rolled_back",
    ]);
    expect(await shown({ version: 9, sealed: newest.sealed })).toEqual([
      "rolled_back",
      "damaged rolled_back",
    ]);
    expect(await shown(newest)).toEqual(["here", "ok"]);
  });

  it("is refused another person in the place of this one", async () => {
    const { browser, client } = await active();
    const kept = { ...server.person(anna) };
    const theirs = new TestServer();
    const other = testBrowser(theirs);
    must(await other.tab(anna).activate(activating));
    server.person(anna).publicKey = theirs.person(anna).publicKey;
    expect(await stateOf(browser.tab(anna))).toBe("changed");
    server.person(anna).publicKey = kept.publicKey;
    const [device] = server.person(anna).devices.values();
    const sealed = device!.sealed;
    device!.sealed = [...theirs.person(anna).devices.values()][0]!.sealed;
    expect(await stateOf(browser.tab(anna))).toBe("changed");
    // Even one that was sealed for this very browser.
    const keys = { from: other.records.get(anna)!.key, to: browser.records.get(anna)!.key };
    const foreign = fromBase64url(device!.sealed)!;
    device!.sealed = toBase64url(must(await resealPerson(anna, foreign, keys)));
    expect(await stateOf(browser.tab(anna))).toBe("changed");
    device!.sealed = sealed;
    expect(await stateOf(browser.tab(anna))).toBe("here");
    expect(await stateOf(client)).toBe("here");
  });

  it("is noticed by who comes back to the same keys with an older book", async () => {
    const { client, recovery } = await active();
    const first = { ...server.person(anna).book };
    must(await client.invite("a".repeat(26), ["bert@example.net"]));
    server.person(anna).devices.clear();
    expect(await stateOf(client)).toBe("revoked");
    server.person(anna).book = first;
    must(await client.joinByRecovery(joining, recovery));
    expect(await stateOf(client)).toBe("rolled_back");
  });
});

describe("two tabs", () => {
  it("change the book one after the other, and two browsers on top of each other", async () => {
    const { browser, client, recovery } = await active();
    const second = testBrowser(server).tab(anna);
    must(await second.joinByRecovery(joining, recovery));
    const seal = (letter: string) => letter.repeat(26);
    await Promise.all(
      [client, browser.tab(anna), second].map(async (one, at) =>
        must(await one.invite(seal("aei"[at]!), [`${at}@example.net`])),
      ),
    );
    expect(must(await client.contacts()).map(({ address }) => address)).toEqual(
      expect.arrayContaining(["0@example.net", "1@example.net", "2@example.net"]),
    );
  });

  it("give up where the book is never theirs to change", async () => {
    const { client } = await active();
    for (let tries = 0; tries < 5; tries++) {
      const answer = () =>
        Response.json({ status: 409, code: "conflict", reason: "book_version" }, { status: 409 });
      server.instead.push({ at: /^PUT .*book/, answer });
    }
    expect(said(await client.invite("a".repeat(26), ["bert@example.net"]))).toBe(
      "conflict book_version",
    );
    expect(server.calls.filter((one) => one.startsWith("PUT /quick/book")).length).toBe(5);
    expect(must(await client.contacts())).toEqual([]);
  });
});
