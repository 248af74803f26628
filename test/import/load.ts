// What a job did to its file, in words that hold for fio and for diskbench alike.

import type { Operation } from "../../src/shared/operations.ts";
import type { Pattern } from "../../src/shared/vocabulary.ts";

export interface Transfer {
  readonly isWrite: boolean;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** One section of a job file, all its clones together; or one case of a profile, all its rounds together. */
export interface Load {
  readonly name: string;
  readonly operation: Operation;
  readonly pattern: Pattern;
  /** All I/Os, in any order; or, behind the page cache, what the cache asked for. */
  readonly transfers: readonly Transfer[];
  /** False: `transfers` are the page cache's. */
  readonly isOneByOne: boolean;
  readonly reads: number;
  readonly writes: number;
  readonly bytes: number;
  /** Of single I/Os, each once, ascending. */
  readonly lengthsBytes: readonly number[];
  readonly flushes: number;
  /** How many of these may stand behind the last I/O of a thread, where fio has none: it flushes before the next one. */
  readonly flushesBehindLast: number;
  /** Of O_DIRECT, O_SYNC and O_DSYNC those with which its file was opened, `|` between them. */
  readonly flags: string;
  readonly threads: number;
  /** How often it ran. */
  readonly rounds: number;
  /** The most I/Os that a thread had outstanding. */
  readonly depth: number;
  /** Files that it worked on. */
  readonly files: number;
  readonly seconds: number;
}

/** A run of a tool. */
export interface Loads {
  readonly loads: readonly Load[];
  /** Of all files of the job that has the most in them. */
  readonly fileSizeBytes: number;
  /** The names of its files as the job gave them; empty: it gave none. */
  readonly fileNames: readonly string[];
}

const FLAGS = ["O_DIRECT", "O_SYNC", "O_DSYNC"];

/** `O_RDWR|O_CREAT|O_DIRECT` -> what of it counts. Several opens that differ show as such. */
export function flagsOf(opens: readonly string[]): string {
  const each = opens.map((words) => FLAGS.filter((flag) => words.split("|").includes(flag)).join("|"));
  return [...new Set(each)].join(" and ");
}

/** The counts of `Load` that follow from the I/Os themselves. */
export function countsOf(
  transfers: readonly Transfer[],
): Pick<Load, "transfers" | "reads" | "writes" | "bytes" | "lengthsBytes"> {
  const writes = transfers.filter(({ isWrite }) => isWrite).length;
  const lengths = new Set(transfers.map(({ lengthBytes }) => lengthBytes));
  return {
    transfers,
    reads: transfers.length - writes,
    writes,
    bytes: transfers.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    lengthsBytes: [...lengths].toSorted((a, b) => a - b),
  };
}
