// The ioengines of fio -> the method that does I/O in the same way.

import type { Method } from "../../shared/methods.ts";
import type { NoteCode } from "./import-notes.ts";

export interface Engine {
  readonly method: Method;
  /** Whether it keeps as many I/Os outstanding as iodepth says. */
  readonly isQueued: boolean;
  /** What is to be said about the choice; null: it is the same. */
  readonly note: NoteCode | null;
}

export const synchronous = (method: Method, note: NoteCode | null = null): Engine => ({
  method,
  isQueued: false,
  note,
});
const queued = (method: Method, note: NoteCode | null = null): Engine => ({ method, isQueued: true, note });

/** Engines that have a counterpart; all others are noted as lost. */
export const FIO_ENGINES: ReadonlyMap<string, Engine> = new Map([
  ["psync", synchronous("pwrite")],
  ["sync", synchronous("pwrite", "near-engine")],
  ["vsync", synchronous("pwritev", "near-engine")],
  ["pvsync", synchronous("pwritev", "near-engine")],
  ["pvsync2", synchronous("pwritev", "near-engine")],
  ["libaio", queued("libaio")],
  ["io_uring", queued("io_uring")],
  ["mmap", synchronous("mmap")],
  ["null", queued("null")],
  ["windowsaio", queued("WriteFile")],
]);

export const DEFAULT_ENGINE = synchronous("writefile");
export const OTHER_ENGINE = queued("writefile", "engine");
