// A round's specification -> compiled code: the loop, run on a device that stores nothing until V8 has compiled it.

import { availableParallelism } from "node:os";
import { discardingDevice } from "../../platform/index.ts";
import { ROW, ROW_LENGTH } from "../../workload/rows.ts";
import { TRANSFERS, transfersOf } from "../../shared/operations.ts";
import { ORDER_OF } from "../../shared/vocabulary.ts";
import { sourceOf, type Source } from "../../workload/source.ts";
import {
  OPERATION,
  type Backend,
  type Clock,
  type OpenFile,
  type OperationCode,
  type Platform,
} from "../../platform/platform.ts";
import { BACKEND_TRAITS, touchesTarget } from "../../shared/methods.ts";
import { BlockWriter } from "../../workload/block-content.ts";
import type { MeasuredLoop } from "../loop/measured-loop.ts";
import { clearSums, Recorder } from "../loop/recorder.ts";
import { RING_SIZE } from "../loop/memory-layout.ts";
import { scratchThreadMemory, THREAD_WORD, type ThreadMemory } from "../loop/round-memory.ts";
import { flushInterval, writesOf, type MemberSpec } from "../round-spec.ts";
import { backendOptions, loopOfDepth, loopOptions, openAtPath, THROUGH_CACHE } from "../thread-options.ts";
import { SETTLED_OBJECTS } from "./shapes.ts";

/** Runs so short that what ends a stretch is seen as often as what goes on in it, ... */
const SHORT_RUNS = 24;
const SHORT_RUN_IOS = 32;
/**
 * ... in their second half, when what is done for each I/O is compiled, ever so many of so few that the rest is, too: not
 * with more workers than compilers, which would still be at it when the window opens ...
 */
const SHORTEST_RUNS = 256;
const SHORTEST_RUN_IOS = 1;
/** As many bytes in them at the most: each sector of a write is stamped, which takes its time in huge blocks. */
const SHORTEST_RUNS_BYTES = 256 * 1024 * 1024;
const shortestRunsOf = ({ blockSizeBytes }: MemberSpec): number =>
  Math.min(SHORTEST_RUNS, Math.ceil(SHORTEST_RUNS_BYTES / blockSizeBytes));
const SHORT_RUN_NS = 1e6;
/** ... with pauses in which the compiler works, and the loop does not fill memory with what only compiled code spares. */
const PAUSE_MS = 2;
/** Each worker's loop is compiled by itself, by this many threads at most (node's `--v8-pool-size`). */
const COMPILERS = Math.min(4, availableParallelism());

/** Whether even what is done once per batch is compiled: not with more workers than compilers. */
export const compilesWhole = ({ roundThreads }: MemberSpec): boolean => roundThreads <= COMPILERS;
const LONGEST_PAUSE_MS = 64;
const LAST_RUN_NS = 10e6;
/** Short, so that the first intervals end while the loop is still being watched by the compiler. */
const INTERVAL_NS = 1e6;
/** Enough for V8 to begin to note which branches are taken. */
const REPETITIONS = 128;
const DRAWN_IOS = 4;
/** Few, because every bucket's page that is touched stays in memory. */
const LATENCIES_NS = [1.5, 900.5, 1100.5, 40_000.5, 1_000_000.5] as const;
/** A mapped device of zeros keeps what is touched of it. */
const VISITED_BYTES = 64 * 1024 * 1024;
/** Many pieces, and offsets beyond 2 GiB. */
const MAPPED_FILE_BYTES = 2304 * 1024 * 1024;
/** Few, so that the step from the last block to the first is seen as well. */
const LAST_BLOCKS = 64;

/** What the code was compiled with: V8 throws it away once that is collected. Of the whole warm-up only, which a worker has once. */
const kept: unknown[] = [];

/** What back ends are told beside operation, offset and length. */
const [ONLY_FILE, NO_FLAGS] = [0, 0];

/** The latencies, for all operations, in rows. */
const ROWS = Float64Array.from(
  LATENCIES_NS.flatMap((latencyNs) => TRANSFERS.map((_, code) => rowOf(code, (code + 1) * latencyNs))).flat(),
);

function rowOf(operation: number, latencyNs: number): number[] {
  const row = Array.from({ length: ROW_LENGTH }, () => 0);
  row[ROW.operation] = operation;
  row[ROW.length] = 4096;
  row[ROW.latency] = latencyNs;
  return row;
}

/** Ever new extremes on both sides, below and above a microsecond, and intervals that a collector takes. */
function warmUpRecorder(recorder: Recorder, memory: ThreadMemory): void {
  recorder.open(0, INTERVAL_NS);
  for (let interval = 1; interval < REPETITIONS; interval += 1) {
    for (let code = 0; code < TRANSFERS.length; code += 1) {
      for (const latencyNs of LATENCIES_NS) recorder.record(code, latencyNs);
      for (const latencyNs of LATENCIES_NS.toReversed()) recorder.record(code, latencyNs);
      recorder.recordAll(code, ROWS, 0, ROWS.length);
    }
    recorder.rotate(interval * INTERVAL_NS);
    memory.words[THREAD_WORD.drained] = memory.words[THREAD_WORD.published] as number;
    for (let buffer = 0; buffer < RING_SIZE; buffer += 1) clearSums(memory, buffer);
  }
}

/** What the target's blocks are drawn from: other numbers to the compiler, where the file of the warm-up is smaller. */
function warmUpDraws(spec: MemberSpec, seed: string): void {
  const blockCount = Math.floor(spec.fileSizeBytes / spec.blockSizeBytes);
  const rows = new Float64Array(DRAWN_IOS * ROW_LENGTH);
  for (let made = 0; made < SETTLED_OBJECTS; made += 1) {
    const source = sourceOf(spec, { firstBlock: 0, blockCount }, seed);
    source.begin(rows, 0, rows.length);
    for (let draw = 0; draw < REPETITIONS; draw += 1) source.draw(rows, 0, rows.length);
  }
}

/** Looks that do not wait, and find nothing: on this device the loop itself hardly ever has one. */
function warmUpLooks(backend: Backend, operation: OperationCode, { blockSizeBytes }: MemberSpec): void {
  for (let io = 0; io < REPETITIONS; io += 1) {
    backend.reap(0);
    backend.prepare(0, operation, ONLY_FILE, 0, blockSizeBytes, NO_FLAGS);
    backend.submit();
    let found = backend.reap(0);
    while (found === 0) found = backend.reap(1);
  }
}

/** The file's end, which a mapped file has in another piece than its beginning. */
function warmUpLastBlock(backend: Backend, operation: OperationCode, spec: MemberSpec): void {
  if (backend.transfer === undefined) return;
  const { blockSizeBytes } = spec;
  const lastBytes = (Math.floor(warmupFileBytes(spec) / blockSizeBytes) - 1) * blockSizeBytes;
  for (let io = 0; io < REPETITIONS; io += 1) {
    backend.transfer(operation, ONLY_FILE, lastBytes, blockSizeBytes, NO_FLAGS);
  }
}

/** The file of the target's size, as far as it matters: offsets beyond 2 GiB are other numbers to the compiler. */
function warmupFileBytes({ backend, fileSizeBytes, blockSizeBytes }: MemberSpec): number {
  if (!BACKEND_TRAITS[backend].mapped) return fileSizeBytes;
  return Math.max(blockSizeBytes, Math.min(fileSizeBytes, MAPPED_FILE_BYTES));
}

/** Where to run it, until that is closed. Null: nowhere. */
function openDiscarding(
  platform: Platform,
  spec: MemberSpec,
): { readonly path: string; readonly close: () => void } | null {
  const path = discardingDevice();
  if (path === null) return null;
  // A shared mapping of /dev/zero that may be written is as long as itself, and has nothing where it begins beyond that
  // (SIGBUS; shmem_zero_setup in mm/shmem.c). Memory that is a file has, and takes only what is touched.
  const needsFile = BACKEND_TRAITS[spec.backend].mapped && writesOf(spec);
  return needsFile ? platform.createSharedMemory(warmupFileBytes(spec)) : { path, close: () => undefined };
}

/** The I/Os that the round begins with, and those that a sequential one ends with. */
function warmupSources(spec: MemberSpec, seed: string): readonly [Source, Source] {
  const fileSizeBytes = warmupFileBytes(spec);
  const visitedBytes = BACKEND_TRAITS[spec.backend].mapped ? Math.min(fileSizeBytes, VISITED_BYTES) : fileSizeBytes;
  const blockCount = Math.max(1, Math.floor(visitedBytes / spec.blockSizeBytes));
  const from = (firstBlock: number): Source =>
    sourceOf(spec, { firstBlock, blockCount: blockCount - firstBlock }, seed);
  const first = from(0);
  return [first, ORDER_OF[spec.pattern] === "sequential" ? from(Math.max(0, blockCount - LAST_BLOCKS)) : first];
}

interface LoopWish {
  readonly awaited?: boolean;
  readonly flushes?: boolean;
  readonly sources: readonly [Source, Source];
}

/** `short`: of a loop that is compiled already. */
type WarmupLength = "whole" | "short";

interface WarmupLoop {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly loop: MeasuredLoop;
  /** Beside those of its writes. */
  readonly flushesPerRun: number;
  readonly sources: readonly [Source, Source];
}

/** Flushes come often enough to be seen, however seldom they are asked for. */
const MOST_WRITES_PER_FLUSH = 2;
/** Enough in all runs for what a flush calls to be compiled. */
const FLUSHES_PER_RUN = 600;
/** Memory that takes flushes, which a device that stores nothing refuses. */
const FLUSHED_BYTES = 16 * 1024 * 1024;

/** The round on a file in memory, where it flushes between its writes and its device cannot; null: elsewhere. */
function flushedSpec(spec: MemberSpec): MemberSpec | null {
  if (flushInterval(spec) === 0 || BACKEND_TRAITS[spec.backend].mapped || !touchesTarget(spec.backend)) return null;
  const blocks = Math.max(1, Math.floor(Math.min(spec.fileSizeBytes, FLUSHED_BYTES) / spec.blockSizeBytes));
  return { ...spec, fileSizeBytes: blocks * spec.blockSizeBytes };
}

function openLoop(
  platform: Platform,
  spec: MemberSpec,
  file: OpenFile,
  { awaited = false, flushes = BACKEND_TRAITS[spec.backend].mapped, sources }: LoopWish,
): WarmupLoop {
  const fileSizeBytes = warmupFileBytes(spec);
  const options = backendOptions(platform, spec, file, fileSizeBytes, 1);
  // This device has nothing that could be polled.
  const ring = { ...options.ring, polling: false };
  const backend = platform.openBackend(spec.backend, { ...options, ring, awaited });
  const writer = new BlockWriter(backend.buffers, spec.blockSizeBytes, spec.blockContent, 0);
  const clock = backend.clock ?? platform.clock;
  const asked = loopOptions(platform, spec, fileSizeBytes);
  const flushEvery = flushes ? Math.min(asked.flushEvery, MOST_WRITES_PER_FLUSH) : 0;
  const looping = { ...asked, flushEvery, maxErrors: Infinity };
  const loop = loopOfDepth({ backend, clock, writer, control: new Int32Array(16) }, looping);
  return { backend, clock, loop, flushesPerRun: flushEvery > 0 ? FLUSHES_PER_RUN : 0, sources };
}

/**
 * Runs the loop on a device that takes everything and stores nothing, so that the compiler has seen all of it before
 * the first I/O on the target. The same classes as in the round, hence the same machine code.
 * `short`: it is compiled, and runs for another case of the same kind.
 */
export function warmUpLoop(platform: Platform, spec: MemberSpec, seed: string, length: WarmupLength): void {
  const place = openDiscarding(platform, spec);
  try {
    if (place === null) return;
    if (length === "whole") warmUpOn(place.path, platform, spec, seed);
    else runCompiled(place.path, platform, spec, seed);
  } finally {
    place?.close();
  }
}

/** Has a loop that is compiled see the numbers of another case before the window. */
function runCompiled(path: string, platform: Platform, spec: MemberSpec, seed: string): void {
  const memory = scratchThreadMemory();
  const recorder = new Recorder(memory);
  warmUpDraws(spec, seed);
  const file = openAtPath(platform, { ...spec, path, ...THROUGH_CACHE }, "follow");
  try {
    const { backend, clock, loop, sources } = openLoop(platform, spec, file, { sources: warmupSources(spec, seed) });
    try {
      for (const source of sources) {
        loop.run(source, recorder, memory.numbers, clock.now() + SHORT_RUN_NS, SHORT_RUN_IOS * spec.queueDepth);
        loop.run(source, recorder, memory.numbers, Infinity, 0);
      }
    } finally {
      backend.close();
    }
  } finally {
    if (file.handle >= 0) platform.files.close(file);
  }
}

function warmUpOn(path: string, platform: Platform, spec: MemberSpec, seed: string): void {
  const memory = scratchThreadMemory();
  const { numbers } = memory;
  const recorder = new Recorder(memory);
  warmUpRecorder(recorder, memory);
  warmUpDraws(spec, seed);
  const sources = warmupSources(spec, seed);
  const flushed = flushedSpec(spec);
  const memoryFile = flushed === null ? null : platform.createSharedMemory(flushed.fileSizeBytes);
  // Memory that is a file is reached through a link of the kernel's own (/proc/<process>/fd).
  const file = openAtPath(platform, { ...spec, path, ...THROUGH_CACHE }, "follow");
  const flushedFile =
    flushed === null || memoryFile === null
      ? null
      : openAtPath(platform, { ...flushed, path: memoryFile.path, ...THROUGH_CACHE }, "follow");
  const loops: WarmupLoop[] = [];
  kept.push(memory, recorder, loops);
  try {
    // This device answers at once; what a queue does while it waits for a target has to be seen as well.
    const waits = BACKEND_TRAITS[spec.backend].queued && file.handle >= 0;
    for (const awaited of waits ? [false, true] : [false]) {
      loops.push(openLoop(platform, spec, file, { awaited, sources }));
    }
    const onDevice = [...loops];
    if (flushed !== null && flushedFile !== null) {
      loops.push(openLoop(platform, flushed, flushedFile, { flushes: true, sources: warmupSources(flushed, seed) }));
    }
    const operation = OPERATION[transfersOf(spec)[0]];
    for (const { backend } of loops) {
      warmUpLooks(backend, operation, spec);
    }
    for (const { backend } of onDevice) warmUpLastBlock(backend, operation, spec);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const pauseMs = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * Math.max(1, (2 * spec.roundThreads) / COMPILERS));
    const ios = SHORT_RUN_IOS * spec.queueDepth;
    // What was never taken when the compiler looks is left out of the code, which is thrown away once it is taken.
    for (let run = 0; run < SHORT_RUNS; run += 1) {
      const shortestRuns = run >= SHORT_RUNS / 2 && compilesWhole(spec) ? shortestRunsOf(spec) : 0;
      for (const { loop, clock, flushesPerRun, sources: ownSources } of loops) {
        const source = ownSources[run % 2] as Source;
        for (let flush = 0; flush < flushesPerRun; flush += 1) loop.flush(recorder, numbers);
        loop.run(source, recorder, numbers, clock.now() + SHORT_RUN_NS, ios);
        for (let shortest = 0; shortest < shortestRuns; shortest += 1) {
          loop.run(source, recorder, numbers, Infinity, SHORTEST_RUN_IOS);
        }
        loop.run(source, recorder, numbers, clock.now(), Infinity);
        loop.run(source, recorder, numbers, Infinity, 0);
      }
      Atomics.wait(pause, 0, 0, pauseMs);
    }
    for (const {
      loop,
      clock,
      sources: [source],
    } of loops) {
      loop.run(source, recorder, numbers, clock.now() + LAST_RUN_NS, Infinity);
      loop.run(source, recorder, numbers, Infinity, 0);
    }
  } finally {
    for (const { backend } of loops) backend.close();
    for (const open of [file, flushedFile]) if (open !== null && open.handle >= 0) platform.files.close(open);
    memoryFile?.close();
  }
}
