// What one round measured: counts, latency distributions and the series of intervals. Plain data, no statistics yet.

import type { SystemError } from "../shared/errors.ts";

/** A distribution: exact count, sum, extremes; buckets for the ranks. */
export interface LatencySamples {
  readonly count: number;
  readonly sumNs: number;
  /** Sum of squares in ns^2, for the standard deviation. */
  readonly sumSquaresNs: number;
  readonly minNs: number | null;
  readonly maxNs: number | null;
  /** `[lowNs, count]`: lower edge of a bucket (`histogram.ts`) and its count; ascending, zero counts left out. */
  readonly buckets: readonly (readonly [number, number])[];
}

export interface TransferCounts {
  readonly ios: number;
  readonly bytes: number;
}

export interface DirectionSamples extends TransferCounts {
  readonly latency: LatencySamples;
}

export interface IntervalSamples extends TransferCounts {
  readonly startSeconds: number;
  readonly seconds: number;
  /** Null: not part of the case. */
  readonly read: TransferCounts | null;
  readonly write: TransferCounts | null;
  readonly latency: LatencySamples;
}

/** I/Os that failed or came back short, inside the window and outside. */
export interface ErrorSamples {
  readonly failed: number;
  readonly short: number;
  /** Failed I/Os by the system's code. */
  readonly byCode: readonly { readonly error: SystemError; readonly count: number }[];
  /** How many of `failed` and `short` fell outside the window. */
  readonly outsideWindow: number;
  /** The first one: where to look. */
  readonly first: {
    readonly offsetBytes: number;
    readonly direction: "read" | "write";
    readonly thread: number;
  } | null;
}

/** Garbage collections and waits for a CPU, summed over threads. */
export interface PauseSamples {
  readonly collections: number;
  readonly collectionSeconds: number;
  /** The longest single collection. */
  readonly longestCollectionSeconds: number;
  /** Time in which a thread could have run but had no CPU; null: not counted here. */
  readonly waitedForCpuSeconds: number | null;
  /** How often a thread was given one, each time after such a wait, however short; null: not counted here. */
  readonly waitsForCpu: number | null;
}

/** Time of a window in which a process of diskbench itself stood still: stopped, frozen, or without a CPU for seconds. */
export interface StoppedSamples {
  readonly engineSeconds: number;
  /** The command, which looks after the engine. */
  readonly commandSeconds: number;
}

export interface RoundSamples {
  readonly nativeOperations: readonly string[];
  /** Length of the window, a final flush that belongs to it included. */
  readonly measuredSeconds: number;
  /** Length of the window without that flush. */
  readonly secondsBeforeFlush: number;
  readonly read: DirectionSamples | null;
  readonly write: DirectionSamples | null;
  readonly errors: ErrorSamples;
  readonly outsideWindow: TransferCounts;
  /** Whole I/Os by each thread's own count; null: a thread was lost. */
  readonly threads: readonly { readonly readIos: number; readonly writeIos: number }[] | null;
  /** Flushes that completed in the window. `seconds`: the window's time inside flushes, summed over threads. */
  readonly flush: { readonly count: number; readonly seconds: number; readonly latency: LatencySamples } | null;
  /** Mapped methods: I/Os that touched a block for the first time since it was mapped, also counted in read/write. */
  readonly firstTouch: LatencySamples | null;
  readonly completedSynchronously: number | null;
  /** Completion routines run per alertable wait (APCs); null where there are none. */
  readonly completionsPerWait: number | null;
  readonly backPressure: number;
  /** Outstanding I/Os integrated over the window, divided by its length, summed over threads. */
  readonly effectiveQueueDepth: number;
  /** Inside calls that handed over I/Os while slots were still free, in seconds, summed over threads. */
  readonly submittingSeconds: number;
  /** What kept the threads from their work while the window was open; null: not known. */
  readonly pauses: PauseSamples | null;
  /** Null: the window did not open in the machine's own time, or nobody could tell. */
  readonly stopped: StoppedSamples | null;
  readonly cpu: {
    readonly userSeconds: number;
    readonly systemSeconds: number;
    readonly machineSeconds: number | null;
  };
  readonly intervals: readonly IntervalSamples[];
  /** True when the round ended before its time because it was told to. */
  readonly aborted: boolean;
  /** I/Os that the system never gave back; the process ids that hold them are the engine's. */
  readonly stuck: number;
}
