// Interval buffers in shared memory -> a round's samples: totals by direction and the series of intervals.

import type { Platform } from "../platform/platform.ts";
import type {
  DirectionSamples,
  ErrorSamples,
  IntervalSamples,
  LatencySamples,
  PauseSamples,
  RoundSamples,
} from "../samples/samples.ts";
import { Accumulator, clearBuffer, samplesOfCondensed, type Condensed } from "./accumulator.ts";
import {
  ERROR_CODE_PLACES,
  KIND,
  KIND_COUNT,
  PHASE,
  RING_SIZE,
  SUM_INTERVAL,
  SUMS_PER_BUFFER,
  THREAD_NUMBER,
  THREAD_WORD,
  type RoundMemory,
  type ThreadMemory,
} from "./round-memory.ts";
import { readsOf, writesOf, type RoundSpec, type ThreadOutcome } from "./round-spec.ts";

const EMPTY_LATENCY: LatencySamples = { count: 0, sumNs: 0, sumSquaresNs: 0, minNs: null, maxNs: null, buckets: [] };

/** How the round ended, as far as the shared memory does not say. */
export interface RoundEnding {
  /** Outcomes of the threads; fewer than there were threads when the engine was lost. */
  readonly outcomes: readonly ThreadOutcome[];
  readonly aborted: boolean;
  /** CPU time of the whole machine over about the window, scaled to it; null where it is not told. */
  readonly machineCores: number | null;
}

export class Collector {
  readonly #memory: RoundMemory;
  readonly #spec: RoundSpec;
  readonly #totals = Array.from({ length: KIND_COUNT }, () => new Accumulator());
  readonly #open = new Map<number, Accumulator>();
  readonly #closed = new Map<number, Condensed>();
  /** A quarter of a megabyte each, outside the heap: a new one for each interval would have V8 collect in the window. */
  readonly #cleared: Accumulator[] = [];

  constructor(memory: RoundMemory, spec: RoundSpec) {
    this.#memory = memory;
    this.#spec = spec;
  }

  /** Empties every buffer that a worker has handed over. Call it more often than once per interval. */
  drain(): void {
    for (const thread of this.#memory.threads) {
      const published = Atomics.load(thread.words, THREAD_WORD.published);
      for (let drained = thread.words[THREAD_WORD.drained] as number; drained < published; drained += 1) {
        this.#empty(thread, drained % RING_SIZE);
        Atomics.store(thread.words, THREAD_WORD.drained, drained + 1);
      }
    }
    this.#closeIntervals();
  }

  #empty(thread: ThreadMemory, buffer: number): void {
    const interval = thread.sums[buffer * SUMS_PER_BUFFER + SUM_INTERVAL] as number;
    this.#totals.forEach((total, kind) => total.add(thread, buffer, kind));
    let accumulator = this.#open.get(interval);
    if (accumulator === undefined) this.#open.set(interval, (accumulator = this.#cleared.pop() ?? new Accumulator()));
    accumulator.add(thread, buffer, KIND.read);
    accumulator.add(thread, buffer, KIND.write);
    clearBuffer(thread, buffer);
  }

  /** An interval that every thread has left is condensed, so that memory does not grow with a dense array for each. */
  #closeIntervals(): void {
    const current = this.#memory.threads.map((thread) => {
      const buffer = Atomics.load(thread.words, THREAD_WORD.published) % RING_SIZE;
      return thread.sums[buffer * SUMS_PER_BUFFER + SUM_INTERVAL] as number;
    });
    const oldest = Math.min(...current);
    for (const [interval, accumulator] of this.#open) {
      if (interval >= oldest) continue;
      this.#closed.set(interval, accumulator.condense());
      this.#open.delete(interval);
      accumulator.clear();
      this.#cleared.push(accumulator);
    }
  }

  /** Whole I/Os so far. */
  get ios(): number {
    return this.#sum(THREAD_NUMBER.ios);
  }

  get outsideIos(): number {
    return this.#sum(THREAD_NUMBER.outsideIos);
  }

  /** The phase that the slowest thread is in. */
  get phase(): number {
    return Math.min(...this.#memory.threads.map((thread) => Atomics.load(thread.words, THREAD_WORD.phase)));
  }

  #sum(place: number): number {
    return this.#memory.threads.reduce((sum, thread) => sum + (thread.numbers[place] as number), 0);
  }

  #numbers(place: number): number[] {
    return this.#memory.threads.map((thread) => thread.numbers[place] as number).filter((value) => value > 0);
  }

  /** The round's samples. After a crash of the engine too: then the buffers in hand are emptied as they are. */
  finish(platform: Platform, ending: RoundEnding): RoundSamples {
    this.drain();
    for (const thread of this.#memory.threads) {
      if (Atomics.load(thread.words, THREAD_WORD.phase) === PHASE.done) continue;
      this.#empty(thread, Atomics.load(thread.words, THREAD_WORD.published) % RING_SIZE);
    }
    const spec = this.#spec;
    const openNs = Math.min(...this.#numbers(THREAD_NUMBER.openNs));
    const opened = Number.isFinite(openNs);
    // Without a closing time the thread was lost; its last sign of life is what there is.
    const lastOf = (place: number): number =>
      Math.max(
        openNs,
        ...this.#numbers(place),
        ...(this.phase < PHASE.done ? this.#numbers(THREAD_NUMBER.heartbeatNs) : []),
      );
    const measuredSeconds = opened ? (lastOf(THREAD_NUMBER.closeNs) - openNs) / 1e9 : 0;
    const secondsBeforeFlush = opened ? (lastOf(THREAD_NUMBER.transfersEndNs) - openNs) / 1e9 : 0;
    const direction = (kind: number): DirectionSamples => {
      const latency = (this.#totals[kind] as Accumulator).samples();
      return { ios: latency.count, bytes: latency.count * spec.blockSizeBytes, latency };
    };
    const flush = (this.#totals[KIND.flush] as Accumulator).samples();
    const firstTouch = (this.#totals[KIND.firstTouch] as Accumulator).samples();
    const outsideIos = this.outsideIos;
    return {
      nativeOperations: [...new Set(ending.outcomes.flatMap((outcome) => outcome.nativeOperations))],
      measuredSeconds,
      secondsBeforeFlush,
      read: readsOf(spec) ? direction(KIND.read) : null,
      write: writesOf(spec) ? direction(KIND.write) : null,
      errors: this.#errors(platform, ending.outcomes),
      outsideWindow: { ios: outsideIos, bytes: outsideIos * spec.blockSizeBytes },
      flush: flush.count === 0 ? null : { count: flush.count, seconds: flush.sumNs / 1e9, latency: flush },
      firstTouch: firstTouch.count === 0 ? null : firstTouch,
      completedSynchronously: sumOrNull(ending.outcomes.map((outcome) => outcome.completedSynchronously)),
      completionsPerWait: this.#completionsPerWait(ending.outcomes),
      backPressure: ending.outcomes.reduce((sum, outcome) => sum + outcome.backPressure, 0),
      effectiveQueueDepth:
        secondsBeforeFlush > 0 ? this.#sum(THREAD_NUMBER.queueIntegralNs) / (secondsBeforeFlush * 1e9) : 0,
      submittingSeconds: this.#sum(THREAD_NUMBER.submittingNs) / 1e9,
      pauses: addPauses(ending.outcomes.map((outcome) => outcome.pauses)),
      cpu: {
        ...this.#processCpu(),
        machineSeconds: ending.machineCores === null ? null : ending.machineCores * measuredSeconds,
      },
      intervals: this.#intervals(measuredSeconds),
      aborted: ending.aborted,
      stuck: ending.outcomes.reduce((sum, outcome) => sum + outcome.stuck, 0),
    };
  }

  #completionsPerWait(outcomes: readonly ThreadOutcome[]): number | null {
    const waits = sumOrNull(outcomes.map((outcome) => outcome.waits));
    return waits === null || waits === 0 ? null : this.ios / waits;
  }

  #processCpu(): { readonly userSeconds: number; readonly systemSeconds: number } {
    const between = (open: number, close: number): number => {
      const [opens, closes] = [this.#numbers(open), this.#numbers(close)];
      return closes.length === 0 ? 0 : Math.max(0, Math.max(...closes) - (opens.length === 0 ? 0 : Math.min(...opens)));
    };
    return {
      userSeconds: between(THREAD_NUMBER.userSecondsAtOpen, THREAD_NUMBER.userSecondsAtClose),
      systemSeconds: between(THREAD_NUMBER.systemSecondsAtOpen, THREAD_NUMBER.systemSecondsAtClose),
    };
  }

  /** Covers the window without a gap; an interval in which nothing completed counts zero. */
  #intervals(measuredSeconds: number): IntervalSamples[] {
    const { intervalSeconds, blockSizeBytes } = this.#spec;
    const known = [...this.#open.keys(), ...this.#closed.keys()];
    // A window that ends on an interval's boundary, give or take a nanosecond, has no interval of nothing behind it.
    const count = Math.max(Math.ceil(measuredSeconds / intervalSeconds - 1e-9), Math.max(-1, ...known) + 1);
    if (measuredSeconds === 0) return [];
    return Array.from({ length: count }, (_, interval) => {
      const closed = this.#closed.get(interval);
      const latency = this.#open.get(interval)?.samples() ?? (closed ? samplesOfCondensed(closed) : EMPTY_LATENCY);
      const startSeconds = Math.min(interval * intervalSeconds, measuredSeconds);
      const seconds = Math.min((interval + 1) * intervalSeconds, measuredSeconds) - startSeconds;
      return { startSeconds, seconds, ios: latency.count, bytes: latency.count * blockSizeBytes, latency };
    }).filter((interval) => interval.seconds > 0 || interval.ios > 0);
  }

  #errors(platform: Platform, outcomes: readonly ThreadOutcome[]): ErrorSamples {
    const codes = new Map<number, number>();
    for (const { numbers } of this.#memory.threads) {
      for (let place = 0; place < ERROR_CODE_PLACES; place += 1) {
        const code = numbers[THREAD_NUMBER.errorCodes + place * 2] as number;
        if (code === 0) break;
        const count = numbers[THREAD_NUMBER.errorCodes + place * 2 + 1] as number;
        codes.set(code, (codes.get(code) ?? 0) + count);
      }
    }
    const failing = this.#memory.threads.findIndex(
      ({ numbers }) => (numbers[THREAD_NUMBER.failed] as number) + (numbers[THREAD_NUMBER.short] as number) > 0,
    );
    const numbers = this.#memory.threads[failing]?.numbers;
    const direction = numbers?.[THREAD_NUMBER.firstErrorDirection] === KIND.read ? "read" : "write";
    const call = callOf(outcomes[0]?.nativeOperations ?? [], direction) ?? this.#spec.backend;
    return {
      failed: this.#sum(THREAD_NUMBER.failed),
      short: this.#sum(THREAD_NUMBER.short),
      byCode: [...codes].map(([code, count]) => ({ error: platform.describeError(call, code), count })),
      outsideWindow: this.#sum(THREAD_NUMBER.outsideErrors),
      first:
        numbers === undefined
          ? null
          : {
              offsetBytes: numbers[THREAD_NUMBER.firstErrorOffsetBytes] as number,
              direction,
              thread: failing,
            },
    };
  }
}

const CALL_NAMES = { read: /read|scatter/i, write: /write|gather/i } as const;

/** The call among a back end's own that moves data in one direction: ReadFile, IORING_OP_WRITEV, ... */
function callOf(nativeOperations: readonly string[], direction: "read" | "write"): string | undefined {
  return nativeOperations.find((name) => CALL_NAMES[direction].test(name));
}

/** All threads' pauses in one; null unless every thread told its own. */
function addPauses(all: readonly (PauseSamples | null)[]): PauseSamples | null {
  const known = all.filter((pauses) => pauses !== null);
  if (known.length === 0 || known.length < all.length) return null;
  const sum = (of: (pauses: PauseSamples) => number): number => known.reduce((total, each) => total + of(each), 0);
  return {
    collections: sum((pauses) => pauses.collections),
    collectionSeconds: sum((pauses) => pauses.collectionSeconds),
    longestCollectionSeconds: Math.max(...known.map((pauses) => pauses.longestCollectionSeconds)),
    waitedForCpuSeconds: sumOrNull(known.map((pauses) => pauses.waitedForCpuSeconds)),
  };
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    values.length === 0 ? null : 0,
  );
}
