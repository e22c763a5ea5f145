import { fail, pass, type Result } from "@couvert/core";
import { describe, expect, it } from "vitest";

import { createKeeper } from "./keeper.ts";

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function setUp() {
  const saves: { text: string; answer: (result: Result<unknown>) => void }[] = [];
  const waits: { milliseconds: number; over: () => void }[] = [];
  const keeper = createKeeper({
    save: (text) => new Promise((answer) => saves.push({ text, answer })),
    wait: (milliseconds) =>
      new Promise((resolve) => {
        waits.push({ milliseconds, over: () => resolve() });
      }),
  });
  const texts = () => saves.map(({ text }) => text);
  /** Time passes for whoever waits now. */
  const elapse = async () => {
    for (const { over } of waits.splice(0)) over();
    await settled();
  };
  const answer = async (result: Result<unknown>) => {
    saves[saves.length - 1]!.answer(result);
    await settled();
  };
  return { keeper, texts, waits, elapse, answer };
}

describe("a keeper", () => {
  it("keeps what is there after a pause, not every key", async () => {
    const { keeper, texts, elapse } = setUp();
    keeper.note("a");
    keeper.note("ab");
    keeper.note("abc");
    expect(texts()).toEqual([]);
    await elapse();
    expect(texts()).toEqual(["abc"]);
  });

  it("knows whether the latest is kept", async () => {
    const { keeper, elapse, answer } = setUp();
    keeper.note("a");
    expect(keeper.isKept()).toBe(false);
    await elapse();
    expect(keeper.isKept()).toBe(false);
    await answer(pass(undefined));
    expect(keeper.isKept()).toBe(true);
    keeper.note("ab");
    expect(keeper.isKept()).toBe(false);
  });

  it("sends one request at a time, then the latest", async () => {
    const { keeper, texts, elapse, answer } = setUp();
    keeper.note("a");
    await elapse();
    keeper.note("ab");
    await elapse();
    keeper.note("abc");
    await elapse();
    expect(texts()).toEqual(["a"]);
    await answer(pass(undefined));
    expect(texts()).toEqual(["a", "abc"]);
    await answer(pass(undefined));
    expect(texts()).toEqual(["a", "abc"]);
  });

  it("keeps nothing twice", async () => {
    const { keeper, texts, elapse, answer } = setUp();
    keeper.note("a");
    await elapse();
    await answer(pass(undefined));
    keeper.note("a");
    keeper.flush();
    await elapse();
    expect(texts()).toEqual(["a"]);
  });

  it("waits for nothing when the page may go", async () => {
    const { keeper, texts } = setUp();
    keeper.note("a");
    keeper.flush();
    await settled();
    expect(texts()).toEqual(["a"]);
  });

  it("tries again while the server is away, and then keeps the latest", async () => {
    const { keeper, texts, waits, elapse, answer } = setUp();
    keeper.note("a");
    await elapse();
    await answer(fail("unavailable"));
    expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([5000]);
    keeper.note("ab");
    await elapse();
    expect(texts()).toEqual(["a", "ab"]);
    await answer(pass(undefined));
    await elapse();
    expect(texts()).toEqual(["a", "ab"]);
  });

  it("gives up what is refused, until something changes", async () => {
    const { keeper, texts, elapse, answer } = setUp();
    keeper.note("a");
    await elapse();
    await answer(fail("denied"));
    await elapse();
    expect(texts()).toEqual(["a"]);
    keeper.note("ab");
    await elapse();
    expect(texts()).toEqual(["a", "ab"]);
  });

  it("is stopped when the request under way has its answer", async () => {
    const { keeper, texts, elapse, answer } = setUp();
    keeper.note("a");
    await elapse();
    expect(texts()).toEqual(["a"]);
    let stopped = false;
    const stopping = keeper.stop().then(() => (stopped = true));
    await settled();
    expect(stopped).toBe(false);
    await answer(fail("unavailable"));
    await stopping;
    await elapse();
    expect(texts()).toEqual(["a"]);
  });

  it("keeps nothing once it is stopped", async () => {
    const { keeper, texts, elapse } = setUp();
    keeper.note("a");
    void keeper.stop();
    await elapse();
    keeper.flush();
    await settled();
    expect(texts()).toEqual([]);
  });
});
