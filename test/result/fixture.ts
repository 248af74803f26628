// A few words about cases -> a valid result made by the code that makes real ones, from synthetic samples.

import { threadIos } from "../../src/samples/thread-ios.ts";
import { byTransfer, ioOperationsOf, type TransferName } from "../../src/shared/operations.ts";
import type { CaseSettings, Plan, PlannedTarget } from "../../src/plan/plan.ts";
import { assembleRound } from "../../src/result/assemble-round.ts";
import { addRound, beginResult, finishResult, targetRecord } from "../../src/result/assemble-result.ts";
import type { Result, Round } from "../../src/result/result.ts";
import type { DirectionSamples, IntervalSamples, MemberSamples, RoundSamples } from "../../src/samples/samples.ts";
import { backendFor } from "../../src/shared/methods.ts";
import { jobOf, settingsOf } from "../support/builders.ts";
import { logNormalLatencies, samplesFrom } from "../samples/fixture.ts";

export interface CaseSketch {
  readonly job: string;
  readonly settings?: Partial<CaseSettings>;
  /** Of each round; default 1000. */
  readonly ios?: number;
  readonly firstTouch?: true;
}

const SETTINGS: CaseSettings = settingsOf({
  operation: "write",
  nativeCall: "io_uring",
  backend: "io-uring",
  queueDepth: 8,
});

/** With the back end that the method has, unless the sketch says which. */
function whole({ settings: changes = {} }: CaseSketch): CaseSettings {
  const settings = { ...SETTINGS, ...changes };
  if (changes.method === undefined || changes.backend !== undefined) return settings;
  const { method, queueDepth, completion } = settings;
  const here =
    backendFor("linux", method, queueDepth, completion) ?? backendFor("windows", method, queueDepth, completion);
  return { ...settings, backend: here ?? settings.backend };
}

const TARGET: PlannedTarget = {
  index: 0,
  facts: {
    path: "diskbench.dat",
    resolvedPath: "/srv/disk/diskbench.dat",
    existing: null,
    ours: false,
    fileSystem: "ext4",
    mountPoint: "/srv/disk",
    mountOptions: "rw,relatime",
    freeBytes: 50 * 1024 ** 3,
    totalBytes: 100 * 1024 ** 3,
    directIo: { offsetAlignmentBytes: 512, memoryAlignmentBytes: 4, basis: "STATX_DIOALIGN" },
    device: {
      name: "nvme0n1",
      model: "Example 990",
      serial: "S1",
      firmware: "F1",
      sizeBytes: 100 * 1024 ** 3,
      logicalSectorBytes: 512,
      physicalSectorBytes: 4096,
      rotational: false,
      writeCache: "write back",
      polls: false,
    },
    memoryBasis: null,
  },
  kind: "file",
  sizeBytes: 256 * 1024 ** 2,
  fill: "random",
  preallocate: "fill",
  written: true,
  fillBytes: 256 * 1024 ** 2,
};

const MACHINE: Plan["machine"] = {
  system: "linux",
  operatingSystem: "Linux 6.18.44",
  hostname: "bench-1",
  architecture: "x64",
  cpuModel: "Example CPU @ 2.80GHz",
  cpuCount: 2,
  memoryBytes: 8 * 1024 ** 3,
  pageSizeBytes: 4096,
  nodeVersion: "20.20.2",
  clock: { name: "CLOCK_MONOTONIC", resolutionNs: 1 },
  headroom: null,
  unavailable: { "io-uring": { reason: "it is forbidden here", instead: "writefileex" } },
};

function directionSamples(ios: number, blockSizeBytes: number, seed: number): DirectionSamples {
  return { ios, bytes: ios * blockSizeBytes, latency: samplesFrom(logNormalLatencies(ios, 80_000, 0.5, seed)) };
}

/** One second and a half of synthetic I/O. */
export function roundSamples(sketch: CaseSketch, seed: number): RoundSamples {
  const { operation, blockSizeBytes, queueDepth, threads } = { ...SETTINGS, ...sketch.settings };
  const ios = sketch.ios ?? 1000;
  const does = (name: TransferName): boolean => ioOperationsOf(operation).includes(name);
  const readIos = does("read") ? Math.floor(ios * (does("write") ? 0.7 : 1)) : 0;
  const iosOf = (name: TransferName): number => (name === "read" ? readIos : does(name) ? ios - readIos : 0);
  const measuredSeconds = 1.5 + seed / 100;
  const half = directionSamples(ios / 2, blockSizeBytes, seed + 2);
  const counts = (count: number): { ios: number; bytes: number } => ({ ios: count, bytes: count * blockSizeBytes });
  const interval = (reads: number): Omit<IntervalSamples, "startSeconds" | "seconds"> => ({
    ...half,
    ...byTransfer((name) => (does(name) ? counts(name === "read" ? reads : half.ios - reads) : null)),
  });
  const readsAtFirst = Math.floor(readIos / 2);
  const sum: MemberSamples = {
    nativeOperations: ["IORING_OP_WRITE_FIXED"],
    measuredSeconds,
    secondsBeforeFlush: 1.25,
    ...byTransfer((name, code) => (does(name) ? directionSamples(iosOf(name), blockSizeBytes, seed + code) : null)),
    errors: { failed: 0, short: 0, byCode: [], outsideWindow: 0, first: null },
    outsideWindow: { ios: 10, bytes: 10 * blockSizeBytes },
    threads: Array.from({ length: threads }, (_, thread) => threadIos((name) => (thread === 0 ? iosOf(name) : 0))),
    flush: { count: 1, seconds: 0.25, latency: samplesFrom([250_000_000]) },
    firstTouch: sketch.firstTouch === true ? samplesFrom(logNormalLatencies(200, 700_000, 0.2, seed)) : null,
    completedSynchronously: null,
    completionsPerWait: null,
    backPressure: 0,
    effectiveQueueDepth: queueDepth - 0.1,
    submittingSeconds: 0.2,
    pauses: {
      collections: 0,
      collectionSeconds: 0,
      longestCollectionSeconds: 0,
      waitedForCpuSeconds: 0.001,
      waitsForCpu: 1000,
    },
    intervals: [
      { startSeconds: 0, seconds: 1, ...interval(readsAtFirst) },
      { startSeconds: 1, seconds: measuredSeconds - 1, ...interval(readIos - readsAtFirst) },
    ],
    stuck: 0,
  };
  return {
    ...sum,
    members: [sum],
    stopped: { engineSeconds: 0, commandSeconds: 0 },
    cpu: { userSeconds: 0.002, systemSeconds: 0.004, machineSeconds: 0.02, machineUserSeconds: 0.004 },
    aborted: false,
  };
}

export function roundOf(sketch: CaseSketch, index: number): Round {
  return assembleRound(roundSamples(sketch, index + 1), {
    index,
    startedAt: `2026-11-20T23:45:4${index}.000Z`,
    eviction: null,
  });
}

/** The plan that such cases would come from, as far as a result is concerned. */
export function planOf(sketches: readonly CaseSketch[], rounds: number): Plan {
  const cases = sketches.map((sketch, index) => ({
    index,
    id: `${sketch.job}/case-${index}`,
    job: sketch.job,
    backend: "io-uring" as const,
    targetIndex: 0,
    settings: whole(sketch),
    ios: null,
    ranges: [],
  }));
  return {
    profile: {
      name: "fixture",
      description: null,
      seed: 1,
      rounds,
      targets: [TARGET_SPEC],
      jobs: [JOB],
      gates: [],
      tolerances: [],
    },
    machine: MACHINE,
    seed: 1,
    rounds,
    targets: [TARGET],
    cases,
    order: Array.from({ length: rounds }, (_, roundIndex) =>
      cases.map(({ index }) => ({ caseIndex: index, roundIndex })),
    ).flat(),
    wear: { fillBytes: TARGET.fillBytes, writtenBytes: null },
    estimatedSeconds: 10,
    notes: [],
  };
}

const TARGET_SPEC = { path: "diskbench.dat", sizeBytes: null, fill: "random", preallocate: "fill" } as const;
const JOB = jobOf({
  operation: ["write"],
  blockSizeBytes: [4096],
  queueDepth: [8],
  durationSeconds: 1.5,
  warmupSeconds: 0.2,
});

/** A result before its first round. */
export function pendingResult(sketches: readonly CaseSketch[], rounds: number): Result {
  return beginResult({
    tool: { name: "diskbench", version: "0.1.0", node: "20.20.2", koffi: "3.3.4" },
    plan: planOf(sketches, rounds),
    profile: { name: "fixture", rounds },
    targets: [
      targetRecord(TARGET, {
        allocation: null,
        created: true,
        reused: false,
        kept: false,
        unbufferedBasis: "STATX_DIOALIGN",
        mark: "extended attribute",
      }),
    ],
    startedAt: "2026-11-20T23:45:40.000Z",
  });
}

/** A result whose every round has run. */
export function completedResult(sketches: readonly CaseSketch[], rounds = 1): Result {
  const start = pendingResult(sketches, rounds);
  const measured = start.order.rounds.reduce((result, [caseIndex, roundIndex]) => {
    const sketch = sketches[caseIndex];
    if (sketch === undefined) throw new RangeError(`no case ${caseIndex}`);
    return addRound(result, caseIndex, roundOf(sketch, roundIndex), ["IORING_OP_WRITE_FIXED"]);
  }, start);
  return finishResult(measured, { state: "completed", finishedAt: "2026-11-20T23:46:55.000Z", failures: [] });
}
