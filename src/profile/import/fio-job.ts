// The options that hold for one fio job -> a job of a profile.

import type { Flush, Operation, Pattern } from "../../shared/vocabulary.ts";
import { LIMITS } from "../limits.ts";
import { fioWay } from "./fio-engine.ts";
import type { FioJobOptions } from "./fio-job-options.ts";
import { type ImportedTarget, fioTarget } from "./fio-target.ts";
import { directionsOf, mostFrequentSize } from "./fio-values.ts";
import type { ImportedJob } from "./imported.ts";
import type { NoteCode } from "./notes.ts";

export interface FioJob {
  readonly job: ImportedJob;
  readonly target: ImportedTarget;
  readonly loops: number;
}

interface Direction {
  readonly operation: Operation;
  readonly pattern: Pattern;
  readonly note?: NoteCode;
}

/** Values of rw. */
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

/** Null: a job that only trims. */
function directionOf(options: FioJobOptions): Direction | null {
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

function statedBlock(options: FioJobOptions, operation: Operation): number | null {
  const side = operation === "write" ? 1 : 0;
  const pick = (text: string): string => directionsOf(text)[side];
  for (const name of ["bs", "bssplit", "bsrange"]) {
    const [read, write] = directionsOf(options.text(name) ?? "");
    if (operation === "mixed" && read !== write) {
      options.note("block-mix", name, "reads and writes have the size that reads have");
    }
  }
  const split = options.text("bssplit");
  if (split !== null) {
    const bytes = mostFrequentSize(pick(split), options.kilo);
    options.note(
      bytes === null ? "unreadable" : "block-mix",
      "bssplit",
      bytes === null ? null : `${bytes} bytes, the most frequent size, are used`,
    );
    if (bytes !== null) return bytes;
  }
  if (options.has("bsrange")) {
    options.note("block-range", "bsrange");
    return options.size("bsrange", (text) => pick(text).split(/[-:]/).at(-1) ?? "");
  }
  // An empty part means that the default holds.
  return pick(options.text("bs") ?? "") === "" ? null : options.size("bs", pick);
}

const DEFAULT_BLOCK_BYTES = 4096;
const UNIT = LIMITS.blockSizeBytes.minimum;

function blockOf(options: FioJobOptions, operation: Operation): number {
  const stated = statedBlock(options, operation) ?? DEFAULT_BLOCK_BYTES;
  const whole = Math.max(UNIT, Math.ceil(stated / UNIT) * UNIT);
  const name = ["bssplit", "bsrange"].find((each) => options.has(each)) ?? "bs";
  if (whole !== stated) options.note("block-unit", name, `${whole} bytes are used`);
  const bytes = options.limited(name, whole, LIMITS.blockSizeBytes);
  const alignment = options.size("ba", (text) => directionsOf(text)[operation === "write" ? 1 : 0]);
  if (alignment !== null && alignment !== bytes) options.note("block-align", "ba");
  return bytes;
}

function readPercentOf(options: FioJobOptions): number {
  const reads = options.count("rwmixread", LIMITS.readPercent);
  const writes = options.count("rwmixwrite", LIMITS.readPercent);
  return reads ?? (writes === null ? 50 : 100 - writes);
}

function flushOf(options: FioJobOptions): Flush {
  const limits = { minimum: 0, maximum: LIMITS.flushEvery.maximum };
  const stated = ["fsync", "fdatasync"].map((name) => options.count(name, limits) ?? 0).filter((every) => every > 0);
  if (options.has("fsync") && stated.length > 0) options.note("near-flush", "fsync");
  if (stated.length > 0) {
    const every = Math.min(...stated);
    return every === 1 ? "each" : `every ${every}`;
  }
  return options.flag("end_fsync") || options.flag("fsync_on_close") ? "end" : "never";
}

/** When fio says no time, a round may take this long to get its amount done. */
const ENDLESS_SECONDS = 3600;

interface Length {
  readonly durationSeconds: number | null;
  readonly ios: number | null;
  readonly bytes: number | null;
}

const wholeAmount = (amount: number): number | null => (Number.isSafeInteger(amount) ? amount : null);

/** How a round ends: by time, by the amount that each of `threads` jobs does, or by what comes first. */
function lengthOf(options: FioJobOptions, threads: number, sizeBytes: number | null): Length {
  const runtime = options.seconds("runtime") ?? 0;
  const durationSeconds = runtime === 0 ? null : options.limited("runtime", runtime, LIMITS.durationSeconds);
  const isTimed = options.flag("time_based") && durationSeconds !== null;
  const each = options.isPercent("io_size") ? sizeBytes : (options.size("io_size") ?? sizeBytes);
  const ios = isTimed ? null : options.size("number_ios");
  const length = {
    ios: ios === null || ios === 0 ? null : wholeAmount(ios * threads),
    bytes: isTimed || each === null || each < LIMITS.bytes.minimum ? null : wholeAmount(each * threads),
  };
  if (durationSeconds !== null) return { durationSeconds, ...length };
  const isBounded = length.ios !== null || length.bytes !== null;
  options.note(isBounded ? "endless" : "whole-target", isBounded ? "size" : "no runtime, no size");
  return { durationSeconds: isBounded ? ENDLESS_SECONDS : null, ...length };
}

const GOES_ON = /^(?:all|1|io|read|write)$/i;

function endures(options: FioJobOptions): boolean {
  const value = options.text("continue_on_error");
  if (value === "read" || value === "write") options.note("errors", "continue_on_error", "all errors are endured");
  return value !== null && GOES_ON.test(value);
}

/** Null: nothing of it can be done. `isReadOnly`: fio was told not to write. */
export function fioJob(options: FioJobOptions, isReadOnly: boolean): FioJob | null {
  options.noteLosses();
  const direction = directionOf(options);
  if (direction === null) return null;
  const { operation, pattern } = direction;
  const writes = operation !== "read";
  if (writes && isReadOnly) options.note("refused", "--readonly");
  const blockSizeBytes = blockOf(options, operation);
  const threads = options.count("numjobs", LIMITS.threads) ?? 1;
  const target = fioTarget(options, threads);
  if (pattern === "sequential" && threads > 1 && options.has("filename")) options.note("same-offset", "numjobs");
  const flush = flushOf(options);
  const warmup = options.seconds("ramp_time") ?? 0;
  const way = fioWay(options, blockSizeBytes);
  return {
    target,
    loops: options.count("loops", LIMITS.rounds) ?? 1,
    job: {
      name: options.job,
      ...way,
      operation,
      readPercent: operation === "mixed" ? readPercentOf(options) : null,
      pattern,
      blockSizeBytes,
      threads,
      // Without a flush, as in fio, unless the method's own default says the same.
      flush: writes && (flush !== "never" || way.caching !== "unbuffered") ? flush : null,
      warmupSeconds: options.limited("ramp_time", warmup, LIMITS.warmupSeconds),
      ...lengthOf(options, threads, target.sizeBytes),
      onError: endures(options) ? "continue" : null,
    },
  };
}
