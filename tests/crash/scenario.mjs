// What people do in the life of a transfer, in steps; a fault waits in one of them. After a crash
// everything that was acknowledged is looked at again.
import { createCipheriv } from "node:crypto";
import { ApiClient, randomSecret } from "../e2e/harness/api-client.mjs";
import { send } from "../e2e/harness/http.mjs";
import { pause, waitUntil } from "../e2e/harness/processes.mjs";
import { readDayKeys } from "./day-keys.mjs";
import { life, retrieve, Sender } from "./client.mjs";
import { sha256 } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./client.mjs").SenderDraft} SenderDraft */
/** @typedef {import("./watched-disk.mjs").Count} Count */

const kibibyte = 1024;
const hour = 3600;
const day = 24 * hour;
// What ended while the clock was far ahead is erased only once it has run evenly for 12 s a day of
// the jump (decision 0056), and a crash begins that anew: 10 days are 120 s. A mail whose end a
// full disk did not keep is taken up after its lease of five minutes, and its day's key waits.
const patience = 420_000;

class Story {
  /** @param {World} world */
  constructor(world) {
    this.world = world;
    this.anna = new Sender(world, "anna@example.org");
    /** @type {SenderDraft[]} */
    this.drafts = [];
  }

  get main() {
    return this.drafts[0];
  }

  /** @param {number} length */
  #bytes(length) {
    const cipher = createCipheriv("aes-128-ctr", this.world.random.bytes(16), Buffer.alloc(16));
    return cipher.update(Buffer.alloc(length));
  }

  /** @param {[string, number][]} files */
  async draft(files) {
    const draft = await this.anna.createDraft();
    this.drafts.push(draft);
    for (const [name, length] of files) await draft.createFile(name, this.#bytes(length));
    return draft;
  }

  /** Everything that clients were promised is there. */
  async examine() {
    for (const draft of this.drafts) {
      if (draft.state === "draft") {
        for (const file of draft.files) await draft.offset(file);
      }
      for (const reader of draft.readers) await retrieve(this.world, draft, reader);
    }
  }

  /** What nobody may, and what changes nothing. */
  async probe() {
    const { history, server } = this.world;
    const stranger = new ApiClient(server.baseUrl);
    const [reader] = this.main.readers;
    const state = async () => {
      const path = `/api/v1/sent/${this.main.tracking}`;
      return sha256((await this.anna.client.call("GET", path)).body);
    };
    const before = await state();
    for (const method of ["GET", "HEAD"]) await send(server.baseUrl, method, `/r/${reader.id}`);
    history.add("idle", { what: "looking at a link", before, after: await state() });
    const calls = [
      () => stranger.call("GET", `/api/v1/sent/${this.main.tracking}`),
      () => stranger.call("POST", `/api/v1/sent/${this.main.tracking}/revoke`),
      () => this.main.call("GET", "", {}, randomSecret()),
      () => stranger.tryOpen(reader.id, { secret: this.main.readers[1].secret }),
    ];
    for (const call of calls) {
      const { method, path, status } = await call();
      history.add("probe", { what: `${method} ${path}`, status });
    }
  }
}

/** In their order. @type {Record<string, (story: Story) => Promise<void>>} */
const steps = {
  start: ({ world }) => world.serve(),
  verify: ({ anna }) => anna.verify(),
  draft: async (story) => {
    // Over a part's 8 MiB only where it matters: it costs time.
    const large = story.world.fault.step === "upload" ? 8 * 1024 * kibibyte : 0;
    await story.draft([
      ["large.bin", large + 300 * kibibyte + 1],
      ["small.bin", 700 * kibibyte],
      ["empty.bin", 0],
    ]);
  },
  upload: async ({ main }) => {
    await main.send(main.files[0], Infinity);
    await main.send(main.files[1], 300 * kibibyte);
  },
  seal: async ({ main }) => {
    await main.start(main.prepareStart(["bert@example.net", "carla@example.net"]));
  },
  mail: async ({ world, main, anna }) => {
    for (const { id } of main.readers) {
      await world.mail(
        (mail) => mail.id === id,
        () => anna.ringOutbox(),
      );
    }
  },
  retrieve: async ({ world, main }) => {
    for (const reader of main.readers) await retrieve(world, main, reader);
  },
  revoke: async (story) => {
    const second = await story.draft([["second.bin", 10 * kibibyte]]);
    await second.send(second.files[0], Infinity);
    await second.start(second.prepareStart(["dora@example.net"]));
    await second.revoke();
    const third = await story.draft([["third.bin", 400 * kibibyte]]);
    await third.send(third.files[0], 300 * kibibyte);
    await third.drop();
  },
  expire: async (story) => {
    const { world, anna } = story;
    const before = world.crashes;
    await world.sendAllMails(() => anna.ringOutbox());
    // The last time that anything opens.
    if (world.crashes > before) await story.examine();
    await world.clock.pass(life + hour);
    await until(
      world,
      "all has been erased",
      async () => world.countLive("transfer", "state <> 'erased'") === 0,
    );
    for (const draft of story.drafts) {
      draft.state = "over";
      for (const reader of draft.readers) await retrieve(world, draft, reader);
    }
  },
  mark: async ({ world }) => {
    await world.clock.pass(9 * day);
    await until(world, "keys are marked", async () =>
      (await keysOver(world, day)).every(({ counted }) => counted !== undefined),
    );
  },
  forget: async ({ world }) => {
    await until(
      world,
      "keys are destroyed",
      async () => (await keysOver(world, 2 * day)).length === 0,
    );
  },
};

/** The keys of the days that have been over for so many seconds.
 * @param {World} world @param {number} seconds */
async function keysOver(world, seconds) {
  const end = world.clock.now().getTime() - (day + seconds) * 1000;
  const all = Object.entries(await readDayKeys(world.dayKeys));
  return all.filter(([date]) => Date.parse(date) <= end).map(([, state]) => state);
}

/** Asks often, and lets a server that died start again.
 * @param {World} world @param {string} what @param {() => Promise<boolean>} ask */
async function until(world, what, ask) {
  const room = Date.now() + 8000; // then a disk that fails works again
  const askNow = async () => {
    if (world.isDead) await world.mend();
    if (world.fault.mode === "error" && Date.now() > room) await world.disarm();
    return ask();
  };
  await waitUntil(what, askNow, { deadline: patience, every: 100 });
}

/** What comes before a step, undisturbed.
 * @type {Record<string, (world: World) => Promise<void>>} */
const preparations = {
  // All but 20 of the seconds that a mark has to count, by a server that counts already.
  forget: async (world) => {
    const counted = async (/** @type {number} */ over) =>
      Math.min(...(await keysOver(world, over)).map(({ counted = 0 }) => counted));
    const before = await counted(day);
    await waitUntil("marks count", async () => (await counted(day)) > before);
    await world.clock.pass(day - 20);
    await waitUntil("marks have counted", async () => (await counted(2 * day)) >= day - 20);
  },
};

export const stepNames = Object.keys(steps);

/** What no row names goes once it is a day old and was seen twice, an hour of running apart.
 * @param {World} world */
async function sweepOrphans(world) {
  await world.clock.pass(day);
  for (let passes = 0; passes < 6 && world.objects() > 0; passes++) {
    await world.clock.pass(hour + 60);
    await pause(5500); // until the next round
  }
}

/** @param {World} world */
async function lookAtTheEnd(world) {
  await world.disarm(); // nothing breaks where nobody would mend it
  await world.mend();
  if (world.objects() > 0) await sweepOrphans(world);
  await world.noteMemory();
  await world.server.stop();
  world.searchDisk();
  await world.check("at the end");
  const keyslots = world.countLive("keyslot", "true");
  world.history.add("erased", { objects: world.objects(), keyslots });
}

/**
 * Plays the scenario; the history tells the rest.
 * @param {World} world
 * @param {{ last?: string, onStep?: (step: string, counts: Count) => void }} [options] `last`: the
 *   last step; `onStep` hears how often each operation happened in a step
 */
export async function play(world, { last = "forget", onStep } = {}) {
  const story = new Story(world);
  for (const [name, step] of Object.entries(steps)) {
    const before = world.crashes;
    await preparations[name]?.(world);
    const counted = world.disk.counts();
    await world.arm(name);
    await step(story);
    await world.disarm();
    if (world.isDead && name !== "start") await world.mend();
    onStep?.(name, world.disk.countsSince(counted));
    const { fault } = world;
    // After a disk that failed, and in the end, only what is on the disk counts.
    if (fault.mode === "error" && fault.step === name) await world.crash();
    if (world.crashes > before) await story.examine();
    if (name === "retrieve") await story.probe();
    if (name === last) break;
  }
  if (stepNames.indexOf(last) >= stepNames.indexOf("expire")) await lookAtTheEnd(world);
  else await world.crash().then(() => story.examine());
  world.noteMails();
  world.history.add("done");
}
