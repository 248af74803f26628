// An option of a fio job with its value -> whether it asks for nothing, beside the job's other options.

import { DEFAULT_ENGINE, FIO_ENGINES, OTHER_ENGINE } from "./fio-engines.ts";

/** A job's options, asked without a note. */
export interface JobView {
  /** How many further jobs there are, its own clones not counted. */
  readonly others: number;
  /** Null when it is not stated. */
  text(name: string): string | null;
  /** A number or a size; null when it is not stated or cannot be read. */
  amount(name: string): number | null;
  /** Whether reads and writes go past the page cache. */
  isUnbuffered(): boolean;
}

export type Neutral = (value: string, job: JobView) => boolean;

const NOTHING = /^(?:0+[a-z%]*|none|no|off|false)$/i;

/** Zero and its like, for each direction where several are stated (`0,0`). */
export const nothing: Neutral = (value) =>
  value !== "" && value.split(",").every((part) => part.trim() === "" || NOTHING.test(part.trim()));

export const valued =
  (pattern: RegExp): Neutral =>
  (value) =>
    pattern.test(value);

export const either =
  (...rules: readonly Neutral[]): Neutral =>
  (value, job) =>
    rules.some((rule) => rule(value, job));

function asks(job: JobView, name: string): boolean {
  const value = job.text(name);
  return value !== null && !nothing(value, job);
}

/** It only matters beside one of `names`. */
export const without =
  (...names: readonly string[]): Neutral =>
  (_, job) =>
    !names.some((name) => asks(job, name));

const direction = (job: JobView): string => job.text("rw") ?? "read";

/** It only matters for random offsets. */
export const sequential: Neutral = (_, job) => !direction(job).startsWith("rand");

export const withoutRuns: Neutral = (_, job) => !direction(job).includes(":");

export const withoutTrims: Neutral = (_, job) => !direction(job).includes("trim");

/** It only matters where a job has clones. */
export const withoutClones: Neutral = (_, job) => (job.amount("numjobs") ?? 1) <= 1;

/** It only matters where several jobs or clones may run at once. */
export const alone: Neutral = (value, job) => job.others === 0 && withoutClones(value, job);

/** It only matters for I/O through the page cache. */
export const unbuffered: Neutral = (_, job) => job.isUnbuffered();

/** It only matters where names are made up, or are several. */
export const oneFile: Neutral = (_, job) => {
  const name = job.text("filename");
  return name === null ? (job.amount("nrfiles") ?? 1) <= 1 : !/(?<!\\):/.test(name);
};

/** A name that is given makes up all names. */
export const namedFile: Neutral = (_, job) => job.text("filename") !== null;

function depth(job: JobView): number {
  const name = job.text("ioengine");
  const engine = name === null ? DEFAULT_ENGINE : (FIO_ENGINES.get(name) ?? OTHER_ENGINE);
  return engine.isQueued ? (job.amount("iodepth") ?? 1) : 1;
}

/** It only matters where several I/Os are outstanding. */
export const oneAtATime: Neutral = (_, job) => depth(job) <= 1;

/** The least depth that fio lets the queue fall to; it keeps it full when told so, or told more (HOWTO, "iodepth_low"). */
export const keepsFull: Neutral = (_, job) => (job.amount("iodepth_low") ?? 0) >= depth(job);

/** A hint that fits the pattern is what fio gives by itself. */
export const fittingHint: Neutral = (value, job) =>
  value === "" || value === "1" || value === (direction(job).startsWith("rand") ? "random" : "sequential");

/** It only matters where blocks have several sizes. */
export const oneBlockSize: Neutral = (_, job) => job.text("bsrange") === null && job.text("bssplit") === null;
