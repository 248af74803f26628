// Every fault of the suite: where it strikes, which ways of doing I/O it can meet, and what is expected then.

import { truncateSync } from "node:fs";
import { PHASE, THREAD_WORD } from "../../src/engine/loop/round-memory.ts";
import type { Undo } from "../support/undo.ts";
import { ALL_WAYS, CALLING_WAYS, type Outcome, type Scene, type Way } from "./fault-run.ts";
import {
  cutDevice,
  endCommand,
  endEngine,
  endedDevice,
  failingDevice,
  fullFileSystem,
  hugeBlocks,
  hungDevice,
  limitFiles,
  limitMemory,
  ownFile,
  preloaded,
  readOnlyFromTheStart,
  readOnlyUnderLoad,
} from "./scenes.ts";

export interface Fault {
  readonly name: string;
  readonly ways: readonly Way[];
  readonly scene: (undo: Undo) => Scene | Promise<Scene>;
  readonly expected: (way: Way) => Outcome;
  /** Fields of the profile's defaults. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Flags of the command. */
  readonly words?: readonly string[];
  /** The system's names for the error are the moment's: they do not belong to the table. */
  readonly anyName?: true;
  /** Making and striking it keeps the suite itself busy, and others waiting. */
  readonly alone?: true;
  /** It strikes before the second round has opened the file. */
  readonly between?: true;
  /** It strikes as soon as the first round is done. */
  readonly atDone?: true;
  /** What standard error must say besides. */
  readonly says?: RegExp;
}

const READ = { operation: "read" };
const LONG = { duration: "1s" };
const MEBIBYTE = 2 ** 20;

type Answer = Readonly<Record<"calls" | "mapped", string>>;
const same = (failure: string): Answer => ({ calls: failure, mapped: failure });
/** A page that cannot be had ends the process that touches it: SIGBUS tells no code. */
const orPageLost = (failure: string): Answer => ({ calls: failure, mapped: "ENGINE_LOST" });

/** The run fails, exit code 3. */
function fails(answer: Answer, file: string): Fault["expected"] {
  return (way) => ({ exit: 3, failure: way === "mapped" ? answer.mapped : answer.calls, state: "failed", file });
}

const ENGINE_LOST = same("ENGINE_LOST");

/** Ends the thread of the second round when it says that its window is open, as if it had crashed. */
const CRASHING_WORKER = `
  import { isMainThread } from "node:worker_threads";
  if (!isMainThread) {
    const { store } = Atomics;
    let windows = 0;
    Atomics.store = (array, index, value) => {
      if (index === ${THREAD_WORD.phase} && value === ${PHASE.measure} && ++windows === 2) process.exit(9);
      return store(array, index, value);
    };
  }
`;

/** The clock on the wall goes forward by an hour, once, in the command and in the engine. */
const STEPPING_CLOCK = `
  const { now } = Date;
  const startMs = now();
  const stepped = () => now() + (now() - startMs > 1200 ? 3_600_000 : 0);
  globalThis.Date = class extends Date {
    constructor(...all) {
      super(...(all.length === 0 ? [stepped()] : all));
    }
    static now() {
      return stepped();
    }
  };
`;

export const FAULTS: readonly Fault[] = [
  {
    name: "I/O errors, read",
    ways: ALL_WAYS,
    scene: (undo) => failingDevice(undo, "pread", "EIO", "100%"),
    defaults: READ,
    expected: fails(orPageLost("IO_FAILED (EIO)"), "stays"),
  },
  {
    name: "I/O errors, write",
    ways: ALL_WAYS,
    scene: (undo) => failingDevice(undo, "pwrite", "EIO", "100%"),
    expected: fails(same("IO_FAILED (EIO)"), "stays"),
  },
  {
    name: "I/O errors, one in ten, endured",
    ways: CALLING_WAYS,
    scene: (undo) => failingDevice(undo, "pwrite", "EIO", "10%"),
    defaults: { onError: "continue" },
    expected: fails(same("IO_FAILED (EIO)"), "stays"),
    says: /EIO \d+ times/,
  },
  {
    name: "I/O errors, every one, endured",
    ways: CALLING_WAYS,
    scene: (undo) => failingDevice(undo, "pwrite", "EIO", "100%", true),
    defaults: { onError: "continue", duration: "60s" },
    expected: fails(same("IO_FAILED (EIO)"), "stays"),
    says: /Not one of the last 10000 I\/Os/,
  },
  {
    name: "device gone (server ended), read",
    ways: ALL_WAYS,
    scene: endedDevice,
    defaults: READ,
    anyName: true,
    expected: fails(orPageLost("IO_FAILED"), "stays"),
  },
  {
    name: "device gone (server ended), write",
    ways: ALL_WAYS,
    scene: endedDevice,
    anyName: true,
    expected: fails(same("IO_FAILED"), "stays"),
  },
  ...(["ext4", "xfs", "btrfs"] as const).map((kind): Fault => ({
    name: `device gone (file below a loop device cut), read on ${kind}`,
    // A mapped file of this size is in memory before anything can be cut.
    ways: kind === "ext4" ? CALLING_WAYS : ["pwrite"],
    scene: (undo) => cutDevice(undo, kind),
    defaults: { ...READ, ...LONG },
    alone: true,
    expected: fails(same("IO_FAILED (EIO)"), "removed"),
  })),
  {
    name: "device hung, read",
    ways: ALL_WAYS,
    scene: hungDevice,
    defaults: READ,
    words: ["--stall-timeout", "1s"],
    expected: fails(same("TARGET_STALLED"), "stays"),
    says: /is outstanding|are outstanding/,
  },
  {
    name: "device hung, write",
    ways: ALL_WAYS,
    scene: hungDevice,
    words: ["--stall-timeout", "1s"],
    expected: fails(same("TARGET_STALLED"), "stays"),
    says: /is outstanding|are outstanding/,
  },
  {
    name: "file truncated, read",
    ways: ALL_WAYS,
    scene: (undo) => ownFile(undo, (target) => truncateSync(target, MEBIBYTE)),
    defaults: READ,
    // Diskbench only read it: what another has written to is no longer its own.
    expected: fails(same("TARGET_UNUSABLE, TARGET_CHANGED"), "left, said"),
  },
  {
    name: "file truncated, write",
    ways: ALL_WAYS,
    scene: (undo) => ownFile(undo, (target) => truncateSync(target, MEBIBYTE)),
    expected: fails(same("TARGET_CHANGED"), "removed"),
  },
  ...(["ext4", "xfs", "btrfs", "tmpfs"] as const).map((kind): Fault => ({
    name: `file system full, ${kind}`,
    ways: kind === "ext4" ? ALL_WAYS : ["pwrite"],
    scene: (undo) => fullFileSystem(undo, kind),
    // Two thirds of what is left go to the first round.
    defaults: { ios: 2000, duration: "60s" },
    expected: fails(orPageLost("IO_FAILED (ENOSPC)"), "stays"),
  })),
  {
    name: "file system becomes read-only, write",
    ways: ALL_WAYS,
    scene: readOnlyUnderLoad,
    defaults: LONG,
    alone: true,
    expected: fails(
      // Pages of blocks that the file has already are written back all the same: only the removal fails then.
      { calls: "TARGET_UNUSABLE (EROFS), IO_FAILED (EROFS)", mapped: "TARGET_UNUSABLE (EROFS)" },
      "left, said",
    ),
  },
  ...(["ext4", "xfs", "btrfs"] as const).map((kind): Fault => ({
    name: `read-only ${kind} from the start`,
    ways: ["pwrite"],
    scene: (undo) => readOnlyFromTheStart(undo, kind),
    expected: () => ({ exit: 3, failure: "none", state: "none", file: "removed" }),
    says: /EROFS/,
  })),
  {
    name: "worker crash",
    ways: ALL_WAYS,
    scene: (undo) => ({ ...ownFile(undo), environment: preloaded(undo, CRASHING_WORKER) }),
    expected: fails(ENGINE_LOST, "removed"),
    says: /worker thread ended with code 9/,
  },
  ...(["SIGSEGV", "SIGABRT", "SIGKILL"] as const).map((signal): Fault => ({
    name: signal === "SIGKILL" ? "SIGKILL of the engine" : `engine crash (${signal})`,
    ways: ALL_WAYS,
    scene: (undo) => ownFile(undo, (_, command) => endEngine(command, signal)),
    expected: fails(ENGINE_LOST, "removed"),
    says: new RegExp(`ended by ${signal}`),
  })),
  {
    name: "out of memory for buffers",
    // Vectors of single pages cannot be so large.
    ways: ["pwrite", "libaio", "io_uring"],
    scene: (undo) => hugeBlocks(undo, limitMemory),
    defaults: { blockSize: "256MiB", ios: 4 },
    alone: true,
    atDone: true,
    expected: fails(same("UNSUPPORTED (ENOMEM)"), "removed"),
  },
  {
    name: "out of file descriptors",
    ways: ALL_WAYS,
    scene: (undo) => ownFile(undo, (_, command) => limitFiles(command)),
    between: true,
    anyName: true,
    expected: fails(same("UNSUPPORTED"), "removed"),
    says: /EMFILE/,
  },
  {
    name: "the clock on the wall steps",
    ways: ALL_WAYS,
    scene: (undo) => ({ ...ownFile(undo), environment: preloaded(undo, STEPPING_CLOCK) }),
    expected: () => ({ exit: 0, failure: "none", state: "completed", file: "removed" }),
  },
  ...(
    [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const
  ).map(([signal, exit]): Fault => ({
    name: signal,
    ways: ALL_WAYS,
    scene: (undo) => ownFile(undo, (_, command) => command.signalGroup(signal)),
    expected: () => ({ exit, failure: "none", state: "aborted", file: "removed" }),
  })),
  {
    name: "SIGKILL of the command",
    ways: ALL_WAYS,
    scene: (undo) => {
      const scene = ownFile(undo);
      return { ...scene, strike: endCommand };
    },
    expected: () => ({ exit: 137, failure: "none", state: "aborted", file: "left, next run cleans up" }),
  },
];

const SHORT: readonly Way[] = ["pwrite", "io_uring", "mapped"];

/** The ways that `fault` is tried with; in the short form those that are most unlike each other. */
export function waysOf({ ways }: Fault, full: boolean): readonly Way[] {
  return full ? ways : ways.filter((way) => SHORT.includes(way));
}
