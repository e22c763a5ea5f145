// Holds a history against the ten invariants of what must always hold. A pure function: it knows
// nothing of the server but what clients were told and what an observer saw.
//
// Events, each with `at`, the server's time in seconds when its answer was there:
//   serving {}                                    a server answers; `memory` {peak} when it ended
//   killed {how}                                  the process died, by a fault of ours
//   ended {how}                                   the process ended by itself
//   release {}                                    the fault is over, the disk works again
//   file {draft, no, sha256}                      what the client means to send
//   append {draft, no, from, to, status, offset}  a PATCH and the offset that it was answered
//   head {draft, no, status, offset}              the offset that was asked for
//   start {draft, request, first, status, tracking, recipients: [{address, id}], end}
//   open {id, by: "right" | "wrong" | "none", status}
//   get {id, no, status, whole, sha256}           a download; `whole`: it ended as announced
//   revoke {draft, status}
//   mail {to, message, id, link}                  a mail that a mail server took whole
//   link {link, base}                             any link that the server gave out
//   request {what, status}                        every other answer
//   probe {what, status}                          a call without the right to it
//   idle {what, before, after}                    what GET and HEAD left as it was, or not
//   check {when, lines}                           what `couvertd check` found
//   keys {before, after}                          day keys and marks when the power went, and what
//                                                 was left: by day {key, counted: seconds, if any}
//   back {objects}                                how many erased objects a power cut brought back
//   disk {found}                                  which secrets lay on the disk in plain
//   erased {objects, keyslots}                    what was left after the sweepers
//   done {}                                       the scenario came to its end

/** @typedef {import("./history.mjs").Event} Event */
/** @typedef {{ invariant: number, text: string }} Violation */

// 64 MiB, 512 KiB for each running transfer, 64 MiB for a running Argon2; and the preloaded clock.
const memoryMax = (64 + 64 + 16) * 2 ** 20;
const roundMax = 12; // from one look at the day keys to the next, in seconds
// A mail that was on its way when its transfer ended may still arrive.
const sendingMax = 60;
// Answers that say clearly: not now. 0: the connection broke, as by a server that died.
const notNow = new Set([0, 429, 503, 507]);
const unclear = (/** @type {number} */ status) =>
  status >= 500 && !notNow.has(status) ? true : status < 0;

class Ledger {
  /** @param {Event[]} events */
  constructor(events) {
    this.events = events;
    /** @type {Violation[]} */
    this.violations = [];
    /** What each file is meant to be. @type {Map<string, string>} */
    this.files = new Map();
    /** The highest offset that was acknowledged. @type {Map<string, number>} */
    this.offsets = new Map();
    /** As far as PATCHes may have come. @type {Map<string, number>} */
    this.reached = new Map();
    /** Acknowledged transfers by draft. @type {Map<string, Event>} */
    this.started = new Map();
    /** Draft by transfer ID. @type {Map<string, string>} */
    this.drafts = new Map();
    /** Drafts whose transfer is acknowledged as revoked, and when. @type {Map<string, number>} */
    this.revoked = new Map();
    /** Transfers that opened and whose files came, since the last crash. @type {Set<string>} */
    this.seen = new Set();
    /** Downloads that came whole. @type {Set<string>} */
    this.got = new Set();
    /** Message-IDs by transfer ID. @type {Map<string, Set<string>>} */
    this.mails = new Map();
    this.faulty = false;
  }

  /** @param {number} invariant @param {string} text */
  wrong(invariant, text) {
    this.violations.push({ invariant, text });
  }

  /** Whether a transfer has ended, as its clients know. @param {string} id @param {number} at */
  isOver(id, at) {
    const draft = this.drafts.get(id) ?? "";
    const start = this.started.get(draft);
    const end = Math.min(this.revoked.get(draft) ?? Infinity, start?.end ?? Infinity);
    return at >= end;
  }
}

/** @type {Record<string, (ledger: Ledger, event: Event) => void>} */
const rules = {
  file: (ledger, { draft, no, sha256 }) => void ledger.files.set(`${draft}/${no}`, sha256),

  append(ledger, { draft, no, to, status, offset }) {
    const key = `${draft}/${no}`;
    ledger.reached.set(key, Math.max(ledger.reached.get(key) ?? 0, to));
    if (status !== 204) return;
    if (offset > to) ledger.wrong(1, `offset ${offset} of ${key}, but only ${to} bytes were sent`);
    ledger.offsets.set(key, Math.max(ledger.offsets.get(key) ?? 0, offset));
  },

  head(ledger, { draft, no, status, offset }) {
    const key = `${draft}/${no}`;
    if (notNow.has(status)) return;
    const known = ledger.offsets.get(key) ?? 0;
    if (status !== 200) return void ledger.wrong(1, `file ${key} is gone: ${status}`);
    if (offset < known) ledger.wrong(1, `${key}: ${known} acknowledged, then ${offset}`);
    if (offset > (ledger.reached.get(key) ?? 0)) {
      ledger.wrong(8, `${key}: the offset ${offset} grew without a PATCH`);
    }
    ledger.offsets.set(key, Math.max(known, offset));
  },

  start(ledger, event) {
    if (![200, 201].includes(event.status)) return;
    const before = ledger.started.get(event.draft);
    const story = (/** @type {Event} */ one) =>
      JSON.stringify([one.tracking, one.recipients, one.end]);
    if (before && before.request === event.request && story(before) !== story(event)) {
      ledger.wrong(2, `${event.draft}: the same request gave another transfer`);
    }
    if (event.first && event.status === 200) {
      ledger.wrong(2, `${event.draft}: was started before anybody asked for it`);
    }
    ledger.started.set(event.draft, event);
    for (const { id } of event.recipients) ledger.drafts.set(id, event.draft);
  },

  open(ledger, event) {
    if (event.by !== "right") {
      if (event.status < 300 && event.status > 0)
        ledger.wrong(9, `${event.id} opened by ${event.by}`);
      return;
    }
    const over = ledger.isOver(event.id, event.at);
    if (event.status === 201 && over) ledger.wrong(5, `${event.id} opened after its end`);
    if (event.status !== 201 && !over && !notNow.has(event.status)) {
      ledger.wrong(1, `${event.id} does not open: ${event.status}`);
    }
    if (event.status === 201) ledger.seen.add(event.id);
  },

  get(ledger, event) {
    const draft = ledger.drafts.get(event.id) ?? "";
    const key = `${draft}/${event.no}`;
    if (event.status < 200 || event.status > 299) return;
    if (ledger.isOver(event.id, event.at))
      return void ledger.wrong(5, `${key} came after the transfer's end`);
    if (!event.whole) return; // broken off: the client sees it
    if (event.sha256 !== ledger.files.get(key)) ledger.wrong(6, `${key} came with wrong bytes`);
    else ledger.got.add(`${event.id}/${event.no}`);
  },

  revoke(ledger, { draft, status, at }) {
    if (status === 204 && !ledger.revoked.has(draft)) ledger.revoked.set(draft, at);
  },

  mail(ledger, { id, message, to, at }) {
    if (!id) return;
    if (ledger.isOver(id, at - sendingMax)) ledger.wrong(4, `${to} got a mail for the ended ${id}`);
    const known = ledger.mails.get(id) ?? new Set();
    ledger.mails.set(id, known.add(message));
  },

  link(ledger, { link, base }) {
    const secretInPath = /[?&](secret|password|token)=/i.test(link);
    if (!link.startsWith(`${base}/`) || secretInPath) ledger.wrong(8, `a link ${link}`);
  },

  probe(ledger, { what, status }) {
    if (status >= 200 && status < 400) ledger.wrong(9, `${what} was allowed: ${status}`);
  },

  idle(ledger, { what, before, after }) {
    if (before !== after) ledger.wrong(8, `${what} changed something`);
  },

  check(ledger, { when, lines }) {
    for (const line of lines) ledger.wrong(1, `check ${when}: ${line}`);
  },

  // A destroyed key stays destroyed; a mark's running time is lost by a round at most.
  keys(ledger, { before, after }) {
    for (const [day, { key, counted = 0 }] of Object.entries(after)) {
      if (key && !before[day]) ledger.wrong(5, `the destroyed key of ${day} came back`);
      const lost = (before[day]?.counted ?? 0) - counted;
      if (key && lost > roundMax) ledger.wrong(5, `the mark of ${day} lost ${lost} s`);
    }
  },

  // One may be on its way in each of two threads.
  back(ledger, { objects }) {
    if (objects > 2) ledger.wrong(5, `${objects} erased objects came back`);
  },

  disk(ledger, { found }) {
    for (const one of found) ledger.wrong(3, `in plain on the disk: ${one}`);
  },

  erased(ledger, { objects, keyslots }) {
    if (objects > 0 || keyslots > 0) {
      ledger.wrong(5, `${objects} objects and ${keyslots} keyslots outlived their transfers`);
    }
  },

  memory(ledger, { peak }) {
    if (peak > memoryMax) ledger.wrong(7, `${Math.round(peak / 2 ** 20)} MiB of memory`);
  },

  killed(ledger, { at }) {
    for (const seen of [ledger.seen, ledger.got]) {
      for (const key of seen) if (!ledger.isOver(key.split("/")[0], at)) seen.delete(key);
    }
  },

  ended: (ledger, { how }) => ledger.wrong(10, `the server ended by itself: ${how}`),
  fault: (ledger) => void (ledger.faulty = true),
  release: (ledger) => void (ledger.faulty = false),
};

/** Every answer must be clear, and without a fault of the disk none may be about one.
 * @param {Ledger} ledger @param {Event} event */
function checkStatus(ledger, event) {
  if (event.status === undefined) return;
  const what = event.what ?? event.op;
  if (unclear(event.status)) ledger.wrong(10, `${what} was answered ${event.status}`);
  if ([503, 507].includes(event.status) && !ledger.faulty) {
    ledger.wrong(10, `${what} was answered ${event.status}, though nothing failed`);
  }
}

/** What must have happened by the end. @param {Ledger} ledger */
function checkEnd(ledger) {
  if (!ledger.events.some(({ op }) => op === "done")) {
    return ledger.wrong(10, "the scenario did not come to its end");
  }
  for (const [draft, start] of ledger.started) {
    const cut = ledger.revoked.has(draft);
    for (const { id, address } of start.recipients) {
      const messages = ledger.mails.get(id)?.size ?? 0;
      if (messages === 0 && !cut) ledger.wrong(4, `${address} got no mail for ${draft}`);
      if (messages > 1) ledger.wrong(4, `${address} got ${messages} different mails for ${draft}`);
      if (cut) continue;
      if (!ledger.seen.has(id)) ledger.wrong(1, `${id} was not seen open after the last crash`);
      for (const key of ledger.files.keys()) {
        const [of, no] = key.split("/");
        if (of !== draft || ledger.got.has(`${id}/${no}`)) continue;
        ledger.wrong(1, `file ${no} of ${id} was not seen whole after the last crash`);
      }
    }
  }
  for (const [id] of ledger.mails) {
    if (!ledger.drafts.has(id)) ledger.wrong(4, `a mail for ${id}, which nobody started`);
  }
}

/** @param {Event[]} events @returns {Violation[]} */
export function findViolations(events) {
  const ledger = new Ledger(events);
  for (const event of events) {
    rules[event.op]?.(ledger, event);
    checkStatus(ledger, event);
  }
  checkEnd(ledger);
  return ledger.violations;
}
