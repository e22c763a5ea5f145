import { describe, expect, it } from "vitest";

import { fail } from "./result.ts";
import { createRate } from "./rate.ts";
import { Uploads, type CarrierJob } from "./uploads.ts";

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const file = (name: string, size: number) => ({
  name,
  type: "",
  // Only its size matters here.
  content: { size } as Blob,
});

function setUp(watch = <T extends object>(record: T): T => record) {
  const jobs: (CarrierJob & { stopped: boolean })[] = [];
  const dropped: number[] = [];
  let time = 0;
  const uploads = new Uploads({
    carrier: (job) => {
      const running = { ...job, stopped: false };
      return {
        start: () => void jobs.push(running),
        stop: async () => {
          running.stopped = true;
        },
      };
    },
    now: () => time,
    watch,
    changed: () => undefined,
    drop: (no) => void dropped.push(no),
  });
  return { uploads, jobs, dropped, pass: (milliseconds: number) => (time += milliseconds) };
}

const mebi = 1024 * 1024;

describe("uploads", () => {
  it("carry four small files at a time, and the next when one is there", () => {
    const { uploads, jobs } = setUp();
    const records = uploads.add(Array.from({ length: 6 }, (_, at) => file(`f${at}`, 10)));
    expect(jobs).toHaveLength(4);
    jobs[1]!.onDone();
    expect(jobs.map(({ name }) => name)).toEqual(["f0", "f1", "f2", "f3", "f4"]);
    expect(records[1]).toMatchObject({ state: "done", sent: 10 });
    expect(records[5]).toMatchObject({ state: "waiting" });
  });

  it("look at few of thousands of files while one after the other goes", () => {
    let looks = 0;
    const { uploads, jobs } = setUp(<T extends object>(record: T) => {
      const get = (from: object, name: string | symbol): unknown => {
        looks += 1;
        return Reflect.get(from, name);
      };
      return new Proxy<T>(record, { get });
    });
    const count = 5000;
    uploads.add(Array.from({ length: count }, (_, at) => file(`f${at}`, 10)));
    for (let at = 0; at < count; at += 1) {
      jobs[at]!.onDone();
      uploads.tick();
    }
    expect(jobs).toHaveLength(count);
    expect(looks).toBeLessThan(40 * count);
  });

  it("carry two large files at a time, with small ones beside them", () => {
    const { uploads, jobs } = setUp();
    uploads.add([1, 2, 3].map((at) => file(`large${at}`, 100 * mebi)));
    uploads.add([file("small", 1)]);
    expect(jobs.map(({ name }) => name)).toEqual(["large1", "large2", "small"]);
  });

  it("know the speed of each file while it runs", () => {
    const { uploads, jobs, pass } = setUp();
    const [slow, fast, waiting] = uploads.add(
      ["slow", "fast", "waiting"].map((name) => file(name, 100 * mebi)),
    );
    for (let second = 0; second <= 4; second += 1) {
      jobs[0]!.onProgress(second * 1000);
      jobs[1]!.onProgress(second * mebi);
      uploads.tick();
      pass(1000);
    }
    expect([slow?.speed, fast?.speed, waiting?.speed]).toEqual([1000, mebi, undefined]);
    jobs[1]!.onDone();
    jobs[0]!.onFailure(fail("unavailable"));
    expect([slow?.speed, fast?.speed]).toEqual([undefined, undefined]);
    uploads.retry(slow!);
    uploads.tick();
    expect(slow?.speed).toBeUndefined();
  });

  it("take a removed file out of the draft", async () => {
    const { uploads, jobs, dropped } = setUp();
    const [record] = uploads.add([file("a", 10)]);
    jobs[0]!.onNumber(7);
    uploads.remove(record!);
    await settled();
    expect(jobs[0]!.stopped).toBe(true);
    expect(dropped).toEqual([7]);
  });

  it("say that a line broke, and that it goes on", () => {
    const { uploads, jobs } = setUp();
    const [record] = uploads.add([file("a", 10)]);
    jobs[0]!.onRequest();
    jobs[0]!.onBreak();
    expect(record!.state).toBe("retrying");
    jobs[0]!.onProgress(5);
    expect(record).toMatchObject({ state: "running", sent: 5 });
  });

  it("go on with a failed file under its number, when asked", () => {
    const { uploads, jobs } = setUp();
    const [record] = uploads.add([file("a", 10)]);
    jobs[0]!.onNumber(3);
    jobs[0]!.onFailure(fail("unavailable"));
    expect(record).toMatchObject({ state: "failed", failure: { code: "unavailable" } });
    uploads.retryAll();
    expect(jobs[1]).toMatchObject({ name: "a", no: 3 });
    expect(record!.failure).toBeUndefined();
  });

  it("wait for no pause once the line is back", async () => {
    const { uploads, jobs } = setUp();
    const [record] = uploads.add([file("a", 10)]);
    jobs[0]!.onNumber(3);
    jobs[0]!.onBreak();
    uploads.retryAll();
    await settled();
    expect(jobs[0]!.stopped).toBe(true);
    expect(jobs[1]).toMatchObject({ name: "a", no: 3 });
    expect(record!.state).toBe("running");
    uploads.retryAll();
    await settled();
    expect(jobs).toHaveLength(2);
  });

  it("do not repeat by themselves what the server refused", () => {
    const { uploads, jobs } = setUp();
    uploads.add([file("a", 10)]);
    jobs[0]!.onFailure(fail("too_large"));
    uploads.retryAll();
    expect(jobs).toHaveLength(1);
  });

  it("begin anew what has been silent for a minute", async () => {
    const { uploads, jobs, pass } = setUp();
    const [record] = uploads.add([file("a", 10)]);
    pass(59_000);
    uploads.tick();
    await settled();
    expect(jobs).toHaveLength(1);
    pass(2000);
    uploads.tick();
    await settled();
    expect(jobs[0]!.stopped).toBe(true);
    expect(jobs).toHaveLength(2);
    jobs[0]!.onFailure(fail("invalid"));
    expect(record!.state).toBe("running");
  });

  it("begin nothing after their end", () => {
    const { uploads, jobs } = setUp();
    uploads.add([1, 2, 3, 4, 5].map((at) => file(`f${at}`, 1)));
    uploads.stop();
    jobs[0]!.onDone();
    expect(jobs).toHaveLength(4);
  });
});

describe("the rate", () => {
  it("is measured over the last seconds and forgotten when bytes vanish", () => {
    const rate = createRate();
    rate.note(0, 0);
    expect(rate.perSecond()).toBeUndefined();
    for (let second = 1; second <= 20; second += 1) rate.note(second * 100, second * 1000);
    expect(rate.perSecond()).toBe(100);
    rate.note(50, 21_000);
    expect(rate.perSecond()).toBeUndefined();
  });
});
