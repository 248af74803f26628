// The options that hold for one fio job -> a job of a profile.

import type { Operation } from "../../shared/operations.ts";
import type { Flush, Pattern } from "../../shared/vocabulary.ts";
import { LIMITS } from "../../job/limits.ts";
import { fioWay } from "./fio-engine.ts";
import type { FioJobOptions } from "./fio-job-options.ts";
import { fioTarget, type FioTarget } from "./fio-target.ts";
import { type BlockSizes, directionsOf, parseFioSize, parseRange, parseSplit } from "./fio-values.ts";
import type { JobPoint } from "../../job/job.ts";
import type { ImportedJob } from "./imported.ts";
import type { NoteCode } from "./import-notes.ts";

export interface FioJob {
  readonly job: ImportedJob;
  readonly target: FioTarget;
  readonly loops: number;
}

interface Direction {
  readonly operation: Operation;
  readonly pattern: Pattern;
  readonly note?: NoteCode;
}

const DIRECTIONS: ReadonlyMap<string, Direction> = new Map<string, Direction>([
  ["read", { operation: "read", pattern: "sequential" }],
  ["write", { operation: "write", pattern: "sequential" }],
  ["rw", { operation: "mixed", pattern: "sequential" }],
  ["readwrite", { operation: "mixed", pattern: "sequential" }],
  ["randread", { operation: "read", pattern: "random" }],
  ["randwrite", { operation: "write", pattern: "random" }],
  ["randrw", { operation: "mixed", pattern: "random" }],
  ["trimwrite", { operation: "write", pattern: "sequential", note: "trim" }],
  ["randtrimwrite", { operation: "write", pattern: "random", note: "trim" }],
]);
const READ: Direction = { operation: "read", pattern: "sequential" };

/** The part of `reads,writes,trims` that counts for a job that does only one of them. */
const sideOf = (operation: Operation): 0 | 1 => (operation === "write" ? 1 : 0);

/** percentage_random is about random jobs only, and 0 makes one sequential. */
function patternOf(options: FioJobOptions, { operation, pattern }: Direction): Pattern {
  const text = options.text("percentage_random");
  if (text === null || pattern === "sequential") return pattern;
  const parts = directionsOf(text);
  const shares = new Set((operation === "mixed" ? parts : [parts[sideOf(operation)]]).map(Number));
  if (shares.size === 1 && shares.has(100)) return pattern;
  if (shares.size === 1 && shares.has(0)) return "sequential";
  options.note("partly-random", "percentage_random");
  return pattern;
}

/** Null: a job that does no I/O of its own, or only trims. */
function directionOf(options: FioJobOptions): Direction | null {
  if (options.flag("create_only")) return null;
  const text = options.text("rw") ?? "read";
  const [name = "", run] = text.split(":");
  if (name === "trim" || name === "randtrim") {
    options.note("trim-job", "rw");
    return null;
  }
  if (run !== undefined) options.note("runs", "rw");
  const direction = DIRECTIONS.get(name);
  if (direction === undefined) options.note("unreadable", "rw", "the job reads sequentially, as without it");
  if (direction?.note !== undefined) options.note(direction.note, "rw");
  return direction ?? READ;
}

interface Block {
  /** The option that says so. */
  readonly name: "bs" | "bssplit" | "bsrange";
  readonly bytes: number;
  /** What it lacks; null: the original has this size and no other. */
  readonly lacks: "block-mix" | "block-range" | null;
}

/**
 * The size of blocks of one side; null when the default holds. Both bssplit and bsrange beat bs. The later of them says
 * between what bounds sizes lie, and a split holds between bounds that differ, whichever came first (fio 3.33).
 */
function blockOfSide(options: FioJobOptions, side: 0 | 1): Block | null {
  const several = options.lastOf(["bssplit", "bsrange"]);
  const read = (name: string, parse: typeof parseRange): BlockSizes | null =>
    options.parsed(name, (text, kilo) => parse(directionsOf(text)[side], kilo));
  const split = read("bssplit", parseSplit);
  const range = read("bsrange", parseRange);
  const bounds = several === "bssplit" ? split : range;
  if (bounds !== null && bounds.leastBytes === bounds.mostBytes) {
    return { name: several === "bssplit" ? "bssplit" : "bsrange", bytes: bounds.mostBytes, lacks: null };
  }
  if (split !== null) return { name: "bssplit", bytes: split.mostFrequentBytes, lacks: "block-mix" };
  if (range !== null) return { name: "bsrange", bytes: range.mostBytes, lacks: "block-range" };
  const bytes = options.parsed("bs", (text, kilo) => {
    const part = directionsOf(text)[side];
    // An empty part means that the default holds.
    return part === "" ? DEFAULT_BLOCK_BYTES : parseFioSize(part, kilo);
  });
  return bytes === null ? null : { name: "bs", bytes, lacks: null };
}

const DEFAULT_BLOCK_BYTES = 4096;
const UNIT = LIMITS.blockSizeBytes.minimum;

function blockOf(options: FioJobOptions, { operation, pattern }: Direction): number {
  const side = sideOf(operation);
  const block = blockOfSide(options, side) ?? { name: "bs", bytes: DEFAULT_BLOCK_BYTES, lacks: null };
  const { name, bytes: stated, lacks } = block;
  const others = operation === "mixed" ? blockOfSide(options, 1) : null;
  if (others !== null && others.bytes !== stated) {
    options.note("block-mix", name, "reads and writes have the size that reads have");
  }
  const other = pattern === "random" && operation !== "mixed" ? blockOfSide(options, side === 0 ? 1 : 0) : null;
  const hasMap = !options.flag("norandommap") && !isUneven(options);
  if (other !== null && other.bytes < stated && hasMap) options.note("coarse-map", name);
  if (lacks !== null) options.note(lacks, name, `${stated} bytes are used`);
  const whole = Math.max(UNIT, Math.ceil(stated / UNIT) * UNIT);
  if (whole !== stated) options.note("block-unit", name, `${whole} bytes are used`);
  const bytes = options.limited(name, whole, LIMITS.blockSizeBytes);
  const alignment = options.size("ba", (text) => directionsOf(text)[side]) ?? 0;
  if (pattern === "random" && alignment > 0 && alignment !== bytes) options.note("block-align", "ba");
  return bytes;
}

const sideBytes = (options: FioJobOptions, side: 0 | 1): number =>
  blockOfSide(options, side)?.bytes ?? DEFAULT_BLOCK_BYTES;

const leastBlockOf = (options: FioJobOptions): number => Math.min(sideBytes(options, 0), sideBytes(options, 1));

/** Where fio 3.33 draws blocks anew each time, and marks none as visited. */
const isUneven = (options: FioJobOptions): boolean =>
  /^(?:zipf|pareto|normal)(?::|$)/.test(options.text("random_distribution") ?? "");

const isEven = (options: FioJobOptions): boolean =>
  /^random(?::|$)/.test(options.text("random_distribution") ?? "random");

/**
 * An uneven distribution draws from as many blocks as there would be of the smaller of both directions, a last one that
 * is cut off among them, and then takes them for as large as the alignment (fio 3.33).
 */
function noteBeyondEnd(options: FioJobOptions, operation: Operation, regionBytes: number | null): void {
  if (!isUneven(options)) return;
  const least = leastBlockOf(options);
  const goesBeyond = (side: 0 | 1): boolean => {
    const bytes = sideBytes(options, side);
    const stated = parseFioSize(directionsOf(options.text("ba") ?? "")[side], 1024) ?? 0;
    const alignment = stated === 0 ? bytes : stated;
    if (regionBytes === null) return alignment > least;
    return (Math.ceil(regionBytes / least) - 1) * alignment + bytes > regionBytes;
  };
  const sides: readonly (0 | 1)[] = operation === "mixed" ? [0, 1] : [sideOf(operation)];
  if (sides.some(goesBeyond)) options.note("beyond-end", "random_distribution");
}

function readPercentOf(options: FioJobOptions): number {
  const name = options.lastOf(["rwmixread", "rwmixwrite"]);
  const percent = name === null ? null : options.count(name, LIMITS.readPercent);
  return percent === null ? 50 : name === "rwmixwrite" ? 100 - percent : percent;
}

function flushOf(options: FioJobOptions, operation: Operation, readPercent: number | null): Flush {
  const limits = { minimum: 0, maximum: LIMITS.flushEvery.maximum };
  const stated = ["fsync", "fdatasync"].map((name) => ({ name, every: options.count(name, limits) ?? 0 }));
  const [first, second] = stated.filter(({ every }) => every > 0).sort((one, other) => one.every - other.every);
  if (operation === "read") return "never";
  const ends = ["end_fsync", "fsync_on_close"].filter((name) => options.flag(name));
  if (first === undefined) {
    if (readPercent === 100) for (const name of ends) options.note("mixed-flush", name);
    return ends.length > 0 ? "end" : "never";
  }
  const { every } = first;
  if ([first, second].some((each) => each?.name === "fsync")) options.note("near-flush", "fsync");
  if (second !== undefined && second.every % every !== 0) options.note("two-flushes", second.name);
  if (every > 1) for (const name of ends) options.note("two-flushes", name);
  if (operation === "mixed") options.note("mixed-flush", first.name);
  return every === 1 ? "each" : `every ${every}`;
}

/** When fio says no time, a round may take this long to get its amount done. */
const ENDLESS_SECONDS = 3600;

interface Length {
  readonly durationSeconds: number | null;
  readonly ios: number | null;
  readonly bytes: number | null;
}

/** What of a job decides which blocks it visits. */
type Stream = Pick<JobPoint, "operation" | "pattern" | "readPercent" | "blockSizeBytes">;

const wholeAmount = (amount: number): number | null => (Number.isSafeInteger(amount) ? amount : null);

/** Whether fio goes through the target block by block, so that none is left for what remains behind the last. */
function visitsOnce(options: FioJobOptions, { pattern, readPercent, blockSizeBytes }: Stream): boolean {
  // Reads and writes each have an offset of their own, and neither comes to the end.
  if (pattern === "sequential") return readPercent === null || readPercent % 100 === 0;
  const alignment = options.amount("ba") ?? 0;
  return isEven(options) && !options.flag("norandommap") && (alignment === 0 || alignment === blockSizeBytes);
}

/** Blocks of a pass over the target. In order fio 3.33 does the last whole too where the file has room for it. */
function passOf({ regionBytes, roomBytes }: FioTarget, { pattern, blockSizeBytes }: Stream): number {
  if (regionBytes === null || roomBytes === null) return 0;
  const all = Math.ceil(regionBytes / blockSizeBytes);
  const hasRoom = pattern === "sequential" && all * blockSizeBytes <= roomBytes;
  return hasRoom ? all : Math.floor(regionBytes / blockSizeBytes);
}

/** What each clone reads and writes, in bytes; null: as much as there is, which nobody says. */
function amountOf(options: FioJobOptions, { sizeBytes, regionBytes }: FioTarget): number | null {
  const percent = options.percent("io_size");
  const share = percent === null ? options.size("io_size") : sizeBytes === null ? null : (sizeBytes * percent) / 100;
  if (share !== null && share !== 0) return share;
  return sizeBytes === null || regionBytes === null ? sizeBytes : Math.min(sizeBytes, regionBytes);
}

/** Notes what differs where an amount takes several passes, of which each ends a round of fio's. */
function notePasses(options: FioJobOptions, amount: number, { regionBytes }: FioTarget, stream: Stream): void {
  const isOnce = visitsOnce(options, stream);
  // In order each direction goes through the target.
  const most = (regionBytes ?? Infinity) * (isOnce ? 1 : 2);
  if (amount <= most || (!isOnce && stream.pattern === "random")) return;
  if ((options.amount("loops") ?? 1) > 1) options.note("counted-passes", "loops");
  if (stream.operation === "read") return;
  for (const name of ["end_fsync", "fsync_on_close"]) if (options.flag(name)) options.note("pass-flush", name);
}

/**
 * What each clone reads and writes, in whole blocks. The last one may go beyond an amount; but at the end of a pass over
 * a target that is visited once, fio 3.33 begins no other for less than a block.
 */
function wholeBlocks(options: FioJobOptions, amount: number, target: FioTarget, stream: Stream): number {
  const block = stream.blockSizeBytes;
  const pass = passOf(target, stream);
  const whole = pass * block > (target.regionBytes ?? 0) ? Math.ceil(amount / block) : Math.floor(amount / block);
  const endsPass = pass > 0 && whole > 0 && whole % pass === 0 && visitsOnce(options, stream);
  if (!endsPass && whole * block !== amount && (options.amount("loops") ?? 1) > 1)
    options.note("whole-rounds", "loops");
  return Math.max(1, endsPass ? whole : Math.ceil(amount / block)) * block;
}

/** How a round ends: by time, by the amount that each of `clones` does, or by what comes first. */
function lengthOf(options: FioJobOptions, clones: number, target: FioTarget, stream: Stream): Length {
  const runtime = options.seconds("runtime") ?? 0;
  const durationSeconds = runtime === 0 ? null : options.limited("runtime", runtime, LIMITS.durationSeconds);
  const isTimed = options.flag("time_based") && durationSeconds !== null;
  const amount = amountOf(options, target);
  if (amount !== null && !isTimed) notePasses(options, amount, target, stream);
  const ios = isTimed ? null : options.size("number_ios");
  const length = {
    ios: ios === null || ios === 0 ? null : wholeAmount(ios * clones),
    bytes: isTimed || amount === null ? null : wholeAmount(wholeBlocks(options, amount, target, stream) * clones),
  };
  if (durationSeconds !== null) return { durationSeconds, ...length };
  const isBounded = length.ios !== null || length.bytes !== null;
  options.note(isBounded ? "endless" : "whole-target", isBounded ? "size" : "no runtime, no size");
  return { durationSeconds: isBounded ? ENDLESS_SECONDS : null, ...length };
}

/** Threads that go through a shared target in order divide it between them, and each needs a block. */
function threadsThatFit(options: FioJobOptions, clones: number, regionBytes: number | null, block: number): number {
  const most = regionBytes === null ? clones : Math.floor(regionBytes / block);
  if (most >= clones || most === 0) return clones;
  options.note("limit", "numjobs", `${most} is used, as the target has no more blocks for threads to divide`);
  return most;
}

const GOES_ON = /^(?:all|1|io|read|write)$/i;

function endures(options: FioJobOptions): boolean {
  const value = options.text("continue_on_error");
  if (value === "read" || value === "write") options.note("errors", "continue_on_error", "all errors are endured");
  return value !== null && GOES_ON.test(value);
}

/** Null: nothing of it can be done. `isReadOnly`: fio was told not to write; `earlier`: targets of the jobs before. */
export function fioJob(options: FioJobOptions, isReadOnly: boolean, earlier: readonly FioTarget[]): FioJob | null {
  options.noteLosses();
  const stated = directionOf(options);
  if (stated === null) return null;
  const direction = { ...stated, pattern: patternOf(options, stated) };
  const { operation, pattern } = direction;
  const writes = operation !== "read";
  if (writes && isReadOnly) options.note("refused", "--readonly");
  const blockSizeBytes = blockOf(options, direction);
  const clones = options.count("numjobs", LIMITS.threads) ?? 1;
  const target = fioTarget(options, clones, leastBlockOf(options), earlier);
  if (pattern === "random") noteBeyondEnd(options, operation, target.regionBytes);
  const isDivided = pattern === "sequential" && clones > 1;
  if (isDivided && options.has("filename")) options.note("same-offset", "numjobs");
  const readPercent = operation === "mixed" ? readPercentOf(options) : null;
  const flush = flushOf(options, operation, readPercent);
  const warmup = options.seconds("ramp_time") ?? 0;
  const way = fioWay(options, blockSizeBytes);
  // libaio flushes by a call that returns when it is done; in the others a flush takes its place in the queue (fio 3.33).
  if (flush.startsWith("every") && way.queueDepth > 1 && way.method !== "libaio") {
    options.note("queued-flush", (options.amount("fsync") ?? 0) > 0 ? "fsync" : "fdatasync");
  }
  if (pattern === "sequential" && readPercent !== null && readPercent % 100 !== 0) options.note("two-offsets", "rw");
  return {
    target,
    loops: options.count("loops", LIMITS.rounds) ?? 1,
    job: {
      name: options.job,
      ...way,
      operation,
      readPercent,
      pattern,
      blockSizeBytes,
      threads: isDivided ? threadsThatFit(options, clones, target.fileBytes, blockSizeBytes) : clones,
      // Without a flush, as in fio, unless the method's own default says the same.
      flush: writes && (flush !== "never" || way.caching !== "unbuffered") ? flush : null,
      warmupSeconds: options.limited("ramp_time", warmup, LIMITS.warmupSeconds),
      ...lengthOf(options, clones, target, { operation, pattern, readPercent, blockSizeBytes }),
      onError: endures(options) ? "continue" : null,
    },
  };
}
