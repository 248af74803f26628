// The cases of the benchmark: what each contender does, where, and which ratios it must reach.

import type { MemberSpec } from "../../src/engine/round-spec.ts";
import type { BackendName } from "../../src/shared/methods.ts";
import { memberSpecOf } from "../support/builders.ts";
import { diskbench, fio, type Contender } from "./contenders.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** Bounds of ratios diskbench / fio. IOPS from below, CPU per I/O (user and system) from above. */
export interface Target {
  readonly iops: number;
  readonly cpu: number;
}

export interface BenchCase {
  readonly name: string;
  readonly ours: Contender;
  /** fio as people run it ... */
  readonly plain: Contender;
  /** Null: measured to be seen, and nothing is demanded. */
  readonly plainTarget: Target | null;
  /** ... and at its best: whichever of these gives the highest IOPS in a trial. None: plain is all there is. */
  readonly best: readonly Contender[];
  readonly bestTarget: Target | null;
  /** The device sets the rate: then the ratio of IOPS itself must be at least 0.97 too. */
  readonly deviceBound: boolean;
}

export interface Places {
  /** A filled file on the real disk, at least 1 GiB. */
  readonly disk: string;
  /** The same on tmpfs. */
  readonly memory: string;
}

/** A round of 4 KiB random writes on the first GiB of `path`, every thread on all of it, with `changes`. */
export function benchSpec(
  backend: BackendName,
  path: string,
  changes: Partial<MemberSpec> = {},
  threads = 1,
): MemberSpec {
  const base = memberSpecOf({
    caseId: `bench ${backend}`,
    backend,
    path,
    fileSizeBytes: GIB,
    jitWarmup: true,
    ...changes,
  });
  const blockCount = base.fileSizeBytes / base.blockSizeBytes;
  const ranges = Array.from({ length: threads }, (_, thread) => ({ thread, firstBlock: 0, blockCount, ios: null }));
  return { ...base, ranges };
}

function spec(backend: BackendName, path: string, changes: Partial<MemberSpec> = {}): Contender {
  return diskbench(benchSpec(backend, path, changes));
}

const onFile = (path: string, sizeBytes = GIB, blockSizeBytes = 4096): readonly string[] => [
  `--filename=${path}`,
  `--size=${sizeBytes}`,
  `--bs=${blockSizeBytes}`,
  "--rw=randwrite",
  "--direct=1",
];

/** fio draws blocks as we do, with replacement, and does not remember which it had; as people run it, it does. */
const WITH_REPLACEMENT = "--norandommap";

/** fio's engine at depth 32 with batches of 1, 4 and 8. */
const batched = (name: string, parameters: readonly string[]): readonly Contender[] =>
  [1, 4, 8].map((batch) =>
    fio(`${name}, batches of ${batch}`, [
      ...parameters,
      WITH_REPLACEMENT,
      `--iodepth_batch_submit=${batch}`,
      "--iodepth_batch_complete_max=32",
    ]),
  );

const ringFeatures = ["--fixedbufs", "--registerfiles"];
const SAME: Target = { iops: 1, cpu: 1 };
/** Small enough for the processor's caches, so that the copy is bounded by the processor; and what is not. */
const CACHED_BYTES = MIB / 4;
const BEYOND_CACHE_BYTES = 64 * MIB;

/** A method of ours, and fio doing the same. */
interface Pair {
  readonly ours: Contender;
  readonly plain: Contender;
}

function mapped(path: string, fileSizeBytes: number): Pair {
  return {
    ours: spec("mmap", path, { fileSizeBytes, caching: "buffered" }),
    plain: fio("mmap", ["--ioengine=mmap", ...onFile(path, fileSizeBytes).slice(0, -1)]),
  };
}

function pwrite(path: string): Pair & Pick<BenchCase, "best" | "bestTarget"> {
  const parameters = ["--ioengine=psync", ...onFile(path)];
  return {
    ours: spec("pwrite", path),
    plain: fio("psync", parameters),
    best: [fio("psync, no random map", [...parameters, WITH_REPLACEMENT])],
    bestTarget: null,
  };
}

function gather(path: string): Pair {
  return {
    ours: spec("pwritev", path, { blockSizeBytes: 65536 }),
    plain: fio("pvsync2", ["--ioengine=pvsync2", ...onFile(path, GIB, 65536)]),
  };
}

function queued(
  backend: "io-uring" | "libaio",
  path: string,
  queueDepth: number,
): Pair & { parameters: readonly string[] } {
  const engine = backend === "libaio" ? "libaio" : "io_uring";
  const parameters = [`--ioengine=${engine}`, `--iodepth=${queueDepth}`, ...onFile(path)];
  return { ours: spec(backend, path, { queueDepth }), plain: fio(engine, parameters), parameters };
}

const NO_BEST = { best: [], bestTarget: SAME };

/** The cases that something is demanded of. */
function boundedCases({ disk, memory }: Places): readonly BenchCase[] {
  const libaio = queued("libaio", memory, 32);
  const ring32 = queued("io-uring", disk, 32);
  const ring1 = queued("io-uring", disk, 1);
  const nothing = ["--ioengine=null", "--size=1g", "--bs=4k", "--rw=randwrite"];
  return [
    { name: "pwrite, depth 1, tmpfs", ...pwrite(memory), plainTarget: SAME, deviceBound: false },
    {
      name: "libaio, depth 32, tmpfs",
      ...libaio,
      plainTarget: { iops: 1.8, cpu: 0.6 },
      best: batched("libaio", libaio.parameters),
      bestTarget: SAME,
      deviceBound: false,
    },
    {
      name: "io_uring, depth 32, disk",
      ...ring32,
      plainTarget: { iops: 1, cpu: 0.75 },
      best: batched("io_uring", [...ring32.parameters, ...ringFeatures]),
      bestTarget: { iops: 1, cpu: 0.92 },
      deviceBound: true,
    },
    {
      name: "io_uring, depth 1, disk",
      ...ring1,
      plainTarget: { iops: 1, cpu: 0.95 },
      best: [fio("io_uring, at its best", [...ring1.parameters, WITH_REPLACEMENT, ...ringFeatures])],
      bestTarget: SAME,
      deviceBound: true,
    },
    {
      name: "gather, 16 pages, disk",
      ...gather(disk),
      plainTarget: { iops: 0.95, cpu: 1.05 },
      ...NO_BEST,
      deviceBound: true,
    },
    {
      name: "mapped, resident, tmpfs",
      ...mapped(memory, CACHED_BYTES),
      plainTarget: { iops: 1.3, cpu: 0.8 },
      ...NO_BEST,
      deviceBound: false,
    },
    ...[1, 32].map((queueDepth): BenchCase => ({
      name: `null, depth ${queueDepth}`,
      ours: spec("null", memory, { queueDepth }),
      plain: fio("null", [...nothing, `--iodepth=${queueDepth}`]),
      plainTarget: { iops: 1.2, cpu: 0.85 },
      ...NO_BEST,
      deviceBound: false,
    })),
  ];
}

/** Each method where the ones above do not have it: on what the processor bounds, and on the disk. */
function otherCases({ disk, memory }: Places): readonly BenchCase[] {
  const named: readonly (readonly [string, Pair])[] = [
    ["pwrite, depth 1, disk", pwrite(disk)],
    ["libaio, depth 32, disk", queued("libaio", disk, 32)],
    ["io_uring, depth 32, tmpfs", queued("io-uring", memory, 32)],
    ["io_uring, depth 1, tmpfs", queued("io-uring", memory, 1)],
    ["gather, 16 pages, tmpfs", gather(memory)],
    ["mapped, 64 MiB, tmpfs", mapped(memory, BEYOND_CACHE_BYTES)],
    ["mapped, 64 MiB, disk", mapped(disk, BEYOND_CACHE_BYTES)],
  ];
  return named.map(([name, pair]) => ({ name, plainTarget: null, ...NO_BEST, ...pair, deviceBound: false }));
}

export function benchCases(places: Places): readonly BenchCase[] {
  return [...boundedCases(places), ...otherCases(places)];
}
