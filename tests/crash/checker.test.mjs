// The checker must see what is wrong: a good history, and each invariant broken in it once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findViolations } from "./checker.mjs";

/** @typedef {import("./history.mjs").Event} Event */

const base = "https://transfer.example.org";
const bert = { address: "bert@example.net", id: "b".repeat(26) };
const started = {
  op: "start",
  draft: "d",
  request: "r",
  first: true,
  status: 201,
  tracking: "t",
  recipients: [bert],
  end: 1000,
};
const opened = { op: "open", id: bert.id, by: "right", status: 201 };
const got = { op: "get", id: bert.id, no: 0, status: 200, whole: true, sha256: "s" };

/** What a server does that keeps its word, with a crash in it. */
function good() {
  /** @type {({ op: string, at?: number } & Record<string, any>)[]} */
  const events = [
    { op: "serving" },
    { op: "file", draft: "d", no: 0, sha256: "s" },
    { op: "append", draft: "d", no: 0, from: 0, to: 300, status: 204, offset: 300 },
    { op: "append", draft: "d", no: 0, from: 300, to: 500, status: 0 },
    { op: "killed", how: "SIGKILL" },
    { op: "check", when: "after a crash", lines: [] },
    { op: "serving" },
    { op: "head", draft: "d", no: 0, status: 200, offset: 300 },
    { op: "append", draft: "d", no: 0, from: 300, to: 500, status: 204, offset: 500 },
    started,
    { ...started, first: false, status: 200 },
    { op: "link", link: `${base}/r/${bert.id}#secret`, base },
    { op: "mail", to: bert.address, message: "m", id: bert.id },
    { op: "mail", to: bert.address, message: "m", id: bert.id }, // once more, the same
    opened,
    got,
    { op: "probe", what: "a stranger", status: 404 },
    { op: "idle", what: "a look", before: "x", after: "x" },
    { op: "fault" },
    { op: "request", what: "a draft", status: 507 },
    { op: "release" },
    { op: "keys", before: { today: { key: true } }, after: { today: { key: true } } },
    { op: "back", objects: 1 },
    { op: "disk", found: [] },
    { op: "memory", peak: 50 * 2 ** 20 },
    { ...opened, at: 1001, status: 404 },
    { op: "erased", at: 1002, objects: 0, keyslots: 0 },
    { op: "done", at: 1003 },
  ];
  return events.map((event, index) => /** @type {Event} */ ({ at: index, ...event }));
}

/** The good history with `event` in the place of the first that fits.
 * @param {(event: Event) => boolean} fits @param {Record<string, any>[]} instead */
function spoilt(fits, ...instead) {
  const events = good();
  const index = events.findIndex(fits);
  assert.ok(index >= 0, "there is such an event");
  events.splice(index, 1, ...instead.map((event) => ({ ...events[index], ...event })));
  return events;
}

/** @param {string} op */
const is = (op) => (/** @type {Event} */ event) => event.op === op;

/** The good history with events before its transfer ends. @param {Record<string, any>[]} more */
function withMore(...more) {
  const events = good();
  const index = events.findIndex(is("probe"));
  const all = more.map((event) => /** @type {Event} */ ({ op: "", at: index, ...event }));
  return events.toSpliced(index, 0, ...all);
}

test("a history in which every word was kept is accepted", () => {
  assert.deepEqual(findViolations(good()), []);
});

/** @type {[number, string, Event[]][]} */
const wrong = [
  [1, "an offset goes back", spoilt(is("head"), { offset: 200 })],
  [1, "an offset is promised that was never sent", spoilt(is("append"), { offset: 301 })],
  [1, "an acknowledged file is gone", spoilt(is("head"), { status: 404 })],
  [1, "a started transfer does not open", spoilt(is("open"), { status: 404 })],
  [1, "a started transfer was not seen again", withMore({ op: "killed" }, { op: "serving" })],
  [1, "a file never came", spoilt(is("get"), { whole: false })],
  [1, "a row has lost its object", spoilt(is("check"), { lines: ["a part is missing"] })],
  [2, "a repeated start gives another", withMore({ ...started, first: false, tracking: "u" })],
  [
    2,
    "a repeated start gives another recipient's ID",
    withMore({ ...started, recipients: [{ ...bert, id: "c".repeat(26) }] }),
  ],
  [2, "a start was there before it was asked for", spoilt(is("start"), { status: 200 })],
  [3, "a secret lies on the disk", spoilt(is("disk"), { found: ["text in couvert.db"] })],
  [4, "a recipient got no mail", good().filter(({ op }) => op !== "mail")],
  [4, "a recipient got two different mails", spoilt(is("mail"), { message: "n" })],
  [4, "a mail for what nobody started", withMore({ op: "mail", message: "x", id: "x", to: "y" })],
  [
    4,
    "a mail for what has ended",
    withMore({ op: "mail", message: "m", id: bert.id, to: "b", at: 1100 }),
  ],
  [5, "an expired transfer opens", withMore({ ...opened, at: 1000 })],
  [5, "an expired transfer's file comes", withMore({ ...got, at: 1000 })],
  [
    5,
    "a revoked transfer opens",
    withMore({ op: "revoke", draft: "d", status: 204 }, { ...opened }),
  ],
  [5, "objects outlive their transfer", spoilt(is("erased"), { objects: 1 })],
  [5, "keyslots outlive their transfer", spoilt(is("erased"), { keyslots: 1 })],
  [5, "a destroyed key comes back", spoilt(is("keys"), { before: {} })],
  [
    5,
    "a mark's time is lost",
    spoilt(is("keys"), { before: { today: { key: true, counted: 60 } } }),
  ],
  [5, "erased objects come back", spoilt(is("back"), { objects: 3 })],
  [6, "wrong bytes come whole", withMore({ ...got, sha256: "t" })],
  [7, "the memory grows", spoilt(is("memory"), { peak: 2 ** 30 })],
  [8, "an offset grows without a PATCH", spoilt(is("head"), { offset: 501 })],
  [8, "a look changes something", spoilt(is("idle"), { after: "y" })],
  [8, "a link leads elsewhere", spoilt(is("link"), { link: "https://example.net/r/x" })],
  [8, "a link has a secret in its query", spoilt(is("link"), { link: `${base}/r?secret=x` })],
  [9, "a stranger is let in", spoilt(is("probe"), { status: 200 })],
  [9, "a wrong secret opens", withMore({ ...opened, by: "wrong" })],
  [10, "an answer is unclear", withMore({ op: "request", what: "a draft", status: 500 })],
  [10, "an answer blames a disk that is well", withMore({ op: "request", status: 507 })],
  [10, "the server gives up", withMore({ op: "ended", how: "SIGABRT" })],
  [10, "it does not come to an end", good().filter(({ op }) => op !== "done")],
];

for (const [invariant, what, events] of wrong) {
  test(`invariant ${invariant}: ${what}`, () => {
    const found = findViolations(events).map((violation) => violation.invariant);
    assert.ok(found.includes(invariant), `found ${JSON.stringify(findViolations(events))}`);
  });
}

test("each of the ten invariants is broken by some history", () => {
  const broken = new Set(wrong.map(([invariant]) => invariant));
  assert.deepEqual(
    [...broken].sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
});
