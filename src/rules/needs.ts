// A point on its target -> what it takes of the machine's memory, mappings, descriptors, threads; too much is refused; pure.

import type { Machine } from "../machine/machine.ts";
import { BACKEND_TRAITS, touchesTarget } from "../shared/methods.ts";
import { counted, formatSize, humanBytes } from "../shared/units.ts";
import { writes } from "../shared/operations.ts";
import type { JudgedOnTarget, PlannedTarget, Objection } from "./judged.ts";

const MEBIBYTE = 2 ** 20;

/**
 * What was measured of the engine process on Linux with Node 20.20, 1 to 256 threads, and 5 to 45 % more.
 * Each thread is a V8 heap of its own: its young generation lies in 256 pieces of 256 KiB, each a mapping (285 to 291 a
 * thread in all, 17.4 to 20.4 MB resident, null and simulated up to 28.4), and 521 MiB of addresses are set apart for code.
 */
export const THREAD = {
  mappings: 300,
  memoryBytes: 24 * MEBIBYTE,
  memoryBytesWithoutTarget: 32 * MEBIBYTE,
  addressBytes: 640 * MEBIBYTE,
  descriptors: 7,
  /** Open for a moment while it loads its modules, as long as other threads do too. */
  loadingDescriptors: 10,
  mostLoadingDescriptors: 450,
} as const;
/** The engine and the command without any worker: 190 mappings, 140 MB, 30 descriptors, 24 threads. */
const OWN = {
  mappings: 400,
  memoryBytes: 160 * MEBIBYTE,
  addressBytes: 1800 * MEBIBYTE,
  descriptors: 40,
  tasks: 30,
} as const;
/** Counters that every thread maps of all threads, at most (engine/loop/memory-layout.ts). */
const SHARED_BYTES = 2 * MEBIBYTE + 4096;
/** Beside the buffers: control blocks, rings, lists. */
const SLOT_BYTES = 512;

/**
 * Offsets beyond 2 GiB are numbers on the heap as they cross into native code. Once 64 MiB of them have come together V8
 * collects, and from then on the young generation is there twice.
 */
export const LARGEST_SMALL_OFFSET = 2 ** 31;
const COLLECTION = { mappings: 256, memoryBytes: 128 * MEBIBYTE, iosBefore: 1.4e6 } as const;
/** More than a CPU ever did; and twice its share of them for the luckiest thread. */
const MOST_IOS_PER_SECOND = 2e6;

function collects({ point, backend, target, machine: { cpuCount } }: JudgedOnTarget): boolean {
  if (!touchesTarget(backend) || target.sizeBytes <= LARGEST_SMALL_OFFSET) return false;
  const seconds = point.durationSeconds + point.warmupSeconds;
  const share = Math.min(1, (2 * cpuCount) / point.threads);
  return seconds * share * MOST_IOS_PER_SECOND > COLLECTION.iosBefore;
}

type Resource = keyof NonNullable<Machine["headroom"]>;

/** What making the target ready adds to what is taken of memory, where that is what keeps it. */
function targetMemoryBytes({ facts, kind, fillBytes }: PlannedTarget): number {
  if (facts.memoryBasis === null || kind !== "file") return 0;
  return Math.max(0, fillBytes - (facts.existing?.allocatedBytes ?? 0));
}

/** Everything that a round of it takes. */
export function needsOf(judged: JudgedOnTarget): Readonly<Record<Resource, number>> {
  const { point, backend, target, machine } = judged;
  const { threads, queueDepth, blockSizeBytes } = point;
  const { mapped, queued, nativeCall } = BACKEND_TRAITS[backend];
  const collection = collects(judged) ? COLLECTION : { mappings: 0, memoryBytes: 0 };
  // A queue is warmed up on two sets of buffers at once, and flushes between writes on another one.
  const flushes = writes(point.operation) && (point.flush === "each" || point.flush?.startsWith("every") === true);
  const bufferSets = (queued ? 2 : 1) + (flushes ? 1 : 0);
  const bufferBytes = queueDepth * (blockSizeBytes * bufferSets + SLOT_BYTES);
  // One bit for each page that was touched.
  const touchBytes = mapped ? target.sizeBytes / machine.pageSizeBytes / 8 : 0;
  const mappedBytes = mapped ? target.sizeBytes + touchBytes : 0;
  const heapBytes = touchesTarget(backend) ? THREAD.memoryBytes : THREAD.memoryBytesWithoutTarget;
  const loading = Math.min(threads * THREAD.loadingDescriptors, THREAD.mostLoadingDescriptors);
  return {
    memory:
      OWN.memoryBytes +
      targetMemoryBytes(target) +
      threads * (heapBytes + collection.memoryBytes + bufferBytes + touchBytes),
    addressSpace:
      OWN.addressBytes + threads * (THREAD.addressBytes + threads * SHARED_BYTES + bufferBytes + mappedBytes),
    mappings: OWN.mappings + threads * (THREAD.mappings + collection.mappings),
    descriptors: OWN.descriptors + loading + threads * THREAD.descriptors,
    tasks: OWN.tasks + threads * (point.submitThread ? 2 : 1),
    kernelAio: nativeCall === "libaio" ? threads * queueDepth * 2 : 0,
  };
}

const count = (amount: number): string => amount.toLocaleString("en-US");

interface Words {
  readonly resource: Resource;
  readonly name: string;
  readonly format: (amount: number) => string;
  /** What else than threads it depends on. */
  readonly byDepth: boolean;
  readonly byBlockSize: boolean;
}

const WORDS: readonly Words[] = [
  { resource: "memory", name: "of memory", format: humanBytes, byDepth: true, byBlockSize: true },
  { resource: "addressSpace", name: "of address space", format: humanBytes, byDepth: true, byBlockSize: true },
  { resource: "mappings", name: "memory mappings", format: count, byDepth: false, byBlockSize: false },
  { resource: "descriptors", name: "open files", format: count, byDepth: false, byBlockSize: false },
  { resource: "tasks", name: "threads and processes", format: count, byDepth: false, byBlockSize: false },
  { resource: "kernelAio", name: "kernel AIO requests", format: count, byDepth: true, byBlockSize: false },
];

/** The most threads with which `resource` suffices; 0: not even for one. */
function mostThreads(judged: JudgedOnTarget, resource: Resource): number {
  const { point, machine } = judged;
  const room = machine.headroom?.[resource]?.amount ?? Infinity;
  const fits = (threads: number): boolean => needsOf({ ...judged, point: { ...point, threads } })[resource] <= room;
  let { threads } = point;
  while (threads > 0 && !fits(threads)) threads -= 1;
  return threads;
}

/** `memoryBasis`: what keeps the target in memory, if that counts. */
function causeOf(resource: Resource, memoryBasis: string | null): string {
  if (memoryBasis !== null)
    return `The target is kept in memory (${memoryBasis}), beside the heap and buffers of each thread`;
  if (resource === "kernelAio")
    return "Kernel AIO reserves its requests in advance, twice as many as the queue is deep";
  return "Each thread is a JavaScript engine of its own, with its own heap, buffers and descriptors";
}

/** What the machine lacks for it, one objection for each resource. */
export function needObjections(judged: JudgedOnTarget): readonly Objection[] {
  const { point, target, machine } = judged;
  const needs = needsOf(judged);
  return WORDS.flatMap(({ resource, name, format, byDepth, byBlockSize }): Objection[] => {
    const room = machine.headroom?.[resource] ?? null;
    if (room === null || needs[resource] <= room.amount) return [];
    const most = mostThreads(judged, resource);
    const targetBytes = resource === "memory" ? targetMemoryBytes(target) : 0;
    const withTarget = targetBytes === 0 ? "" : ` and a target of ${formatSize(target.sizeBytes)} in memory`;
    const ways = [
      ...(targetBytes === 0 ? [] : ["a smaller target", "a target on a disk"]),
      ...(most === 0 ? [] : [`${counted(most, "thread")} at most`]),
      ...(byBlockSize && most === 0 ? ["smaller blocks"] : []),
      ...(byDepth && point.queueDepth > 1 ? ["a lower queue depth"] : []),
    ];
    const settings = `${counted(point.threads, "thread")} at queue depth ${point.queueDepth}`;
    return [
      {
        field: "threads",
        what: `${settings} with blocks of ${formatSize(point.blockSizeBytes)}${withTarget} ${point.threads === 1 ? "needs" : "need"} about ${format(needs[resource])} ${name}; ${format(room.amount)} are left here (${room.basis})`,
        cause: causeOf(resource, targetBytes === 0 ? null : target.facts.memoryBasis),
        next: `${ways.length === 0 ? "Raise" : `Use ${ways.join(", ")}, or raise`} the limit`,
      },
    ];
  });
}
