// Which faults are tried: every Nth operation of every step, or a sample of them.

/** @typedef {import("./world.mjs").Fault} Fault */
/** @typedef {import("./watched-disk.mjs").Operation} Operation */
/** @typedef {import("./random.mjs").Random} Random */
/** How often each operation happened in each step of a run that nothing disturbed.
 * @typedef {Record<string, Record<Operation, number>>} Counts */
/** `fresh`: on an empty folder, the server's first start included.
 * @typedef {{ fault: Fault, fresh: boolean }} Trial */

/** @type {Operation[]} */
const durable = ["fdatasync", "fsync", "name", "remove", "make"];
/** The kinds that fail together. @type {Operation[][]} */
const failing = [["write"], ["fdatasync", "fsync"], ["name", "remove", "make"]];
// Nothing that was not synced is left; the names are; some of everything is.
const lucks = [
  { names: 0, blocks: 0 },
  { names: 1, blocks: 0 },
  { names: 0.5, blocks: 0.5 },
];
// What a step did once may be a few operations more the next time: a round came in between.
const margin = 2;

/** A trial's name, which the command line takes. @param {Trial} trial */
export function nameOf({ fault, fresh }) {
  const words = [fault.mode, fault.step];
  if (fault.mode === "strace") words.push(fault.set);
  else if (fault.mode === "error") words.push(fault.action, fault.kinds.join("+"));
  else if (fault.mode !== "none") words.push(fault.kinds.join("+"));
  if (fault.mode === "power") words.push(`luck=${fault.luck.names},${fault.luck.blocks}`);
  if (fault.mode !== "none") words.push(`at=${fault.from}`);
  if (fault.mode === "error" && fault.to > fault.from) words.push("on");
  if (fresh) words.push("fresh");
  return words.join("/");
}

/** The trial of a name. @param {string} name @returns {Trial} */
export function trialOf(name) {
  const words = name.split("/");
  const fresh = words.at(-1) === "fresh";
  const [mode, step, ...more] = words;
  const value = (/** @type {string} */ key) =>
    (more.find((word) => word.startsWith(key)) ?? "").slice(key.length);
  const from = Number(value("at="));
  const kinds = /** @type {Operation[]} */ (more[mode === "error" ? 1 : 0]?.split("+"));
  const [names, blocks] = value("luck=").split(",").map(Number);
  const faults = {
    none: { mode, step },
    strace: { mode, step, set: more[0], from },
    kill: { mode, step, kinds, from },
    power: { mode, step, kinds, from, luck: { names, blocks } },
    error: { mode, step, kinds, from, to: more.includes("on") ? 1e9 : from, action: more[0] },
  };
  const fault = faults[/** @type {keyof typeof faults} */ (mode)];
  if (!fault || (mode !== "none" && !(from > 0))) throw new Error(`no trial: ${name}`);
  return { fault: /** @type {Fault} */ (fault), fresh };
}

/** @param {number} count */
function upTo(count) {
  return Array.from({ length: count > 0 ? count + margin : 0 }, (_, index) => index + 1);
}

/** @param {Record<Operation, number>} counts @param {Operation[]} kinds */
function sum(counts, kinds) {
  return kinds.reduce((all, kind) => all + counts[kind], 0);
}

/** @param {string} step @param {Record<Operation, number>} counts @returns {Fault[]} */
function killsOf(step, counts) {
  const sets = /** @type {const} */ (["fdatasync", "fsync", "name", "remove"]);
  return [
    ...sets.flatMap((set) =>
      upTo(counts[set]).map((from) => /** @type {Fault} */ ({ mode: "strace", step, set, from })),
    ),
    ...upTo(sum(counts, durable)).map(
      (from) => /** @type {Fault} */ ({ mode: "kill", step, kinds: durable, from }),
    ),
  ];
}

/** @param {string} step @param {Record<Operation, number>} counts @returns {Fault[]} */
function powerCutsOf(step, counts) {
  return lucks.flatMap((luck) =>
    [durable, .../** @type {Operation[][]} */ ([["write"], ["remove"]])].flatMap((kinds) =>
      upTo(sum(counts, kinds)).map(
        (from) => /** @type {Fault} */ ({ mode: "power", step, kinds, from, luck }),
      ),
    ),
  );
}

/** @param {string} step @param {Record<Operation, number>} counts @returns {Fault[]} */
function errorsOf(step, counts) {
  return failing.flatMap((kinds) =>
    upTo(sum(counts, kinds)).flatMap((from) =>
      /** @type {const} */ (["ENOSPC", "EIO"]).flatMap((action) =>
        [from, 1e9].map(
          (to) => /** @type {Fault} */ ({ mode: "error", step, kinds, from, to, action }),
        ),
      ),
    ),
  );
}

/**
 * Every trial there is. A first start makes some 400 day keys, one like the other: of its many
 * points every `stride`th.
 * @param {Counts} counts @param {{ fresh: boolean, stride: number }} options
 * @returns {Trial[]}
 */
export function allTrials(counts, { fresh, stride }) {
  return Object.entries(counts).flatMap(([step, of]) => {
    // Only the power's cut tells a first start from a later one, once the server serves.
    const faults =
      fresh && step !== "start"
        ? powerCutsOf(step, of)
        : [...killsOf(step, of), ...powerCutsOf(step, of), ...errorsOf(step, of)];
    const isMany = fresh && step === "start";
    return faults
      .filter((fault) => !isMany || ("from" in fault && (fault.from - 1) % stride === 0))
      .map((fault) => ({ fault, fresh }));
  });
}

/** How many of each kind a sample holds. */
const sampleOf = [
  { mode: "strace", fresh: false, share: 0.15 },
  { mode: "kill", fresh: false, share: 0.1 },
  { mode: "power", fresh: false, share: 0.3 },
  { mode: "power", fresh: true, share: 0.2 },
  { mode: "error", fresh: false, share: 0.25 },
];

/** Of the last steps, which take longest, one trial alone, and first.
 * @param {Trial[]} trials @param {{ size: number, random: Random }} options */
export function sample(trials, { size, random }) {
  const isLong = (/** @type {Trial} */ { fault }) => ["mark", "forget"].includes(fault.step);
  const longest = trials.filter((one) => isLong(one) && one.fault.mode === "power");
  const rest = trials.filter((one) => !isLong(one));
  return [
    ...random.fork("forget").some(longest, 1),
    ...sampleOf.flatMap(({ mode, fresh, share }) => {
      const fitting = rest.filter((one) => one.fault.mode === mode && one.fresh === fresh);
      return random.fork(`${mode} ${fresh}`).some(fitting, Math.round(size * share));
    }),
  ];
}
