// Interval buffers in shared memory -> a round's samples: totals by direction and the series of intervals.

import type { Platform } from "../platform/platform.ts";
import type {
  DirectionSamples,
  ErrorSamples,
  IntervalSamples,
  LatencySamples,
  PauseSamples,
  RoundSamples,
  StoppedSamples,
  TransferCounts,
} from "../samples/samples.ts";
import { Accumulator, clearBuffer, samplesOfCondensed, type Condensed } from "./accumulator.ts";
import { ALL_KINDS, KIND, RING_SIZE, SUM, type Kind } from "./loop/memory-layout.ts";
import {
  ERROR_CODE_PLACES,
  PHASE,
  THREAD_NUMBER,
  THREAD_WORD,
  type RoundMemory,
  type ThreadMemory,
} from "./loop/round-memory.ts";
import { countedInWindow } from "./look.ts";
import { flushesAtEnd, readsOf, writesOf, type RoundSpec, type ThreadOutcome } from "./round-spec.ts";

const EMPTY_LATENCY: LatencySamples = { count: 0, sumNs: 0, sumSquaresNs: 0, minNs: null, maxNs: null, buckets: [] };

/** How the round ended, as far as the shared memory does not say. */
export interface RoundEnding {
  /** Outcomes of the threads; fewer than there were threads when the engine was lost. */
  readonly outcomes: readonly ThreadOutcome[];
  readonly aborted: boolean;
  /** CPU time of the whole machine over about the window, scaled to it; null where it is not told. */
  readonly machineCores: number | null;
  /** Absent: nobody looked. */
  readonly stopped?: StoppedSamples | null;
}

type Transfer = typeof KIND.read | typeof KIND.write;
/** By the code of their operation. */
type ReadsAndWrites = [reads: number, writes: number];

/** What is known of one interval, as long as more may come ... */
interface OpenInterval {
  readonly latency: Accumulator;
  readonly ios: ReadsAndWrites;
  readonly bytes: ReadsAndWrites;
}

/** ... and once every thread has left it. */
interface ClosedInterval {
  readonly latency: Condensed;
  readonly ios: Readonly<ReadsAndWrites>;
  readonly bytes: Readonly<ReadsAndWrites>;
}

export class Collector {
  readonly #memory: RoundMemory;
  readonly #spec: RoundSpec;
  /** By kind, of those that the round makes. */
  readonly #totals: ReadonlyMap<Kind, Accumulator>;
  readonly #bytes: ReadsAndWrites = [0, 0];
  readonly #open = new Map<number, OpenInterval>();
  readonly #closed = new Map<number, ClosedInterval>();
  #p99Ns: number | null = null;
  /** A quarter of a megabyte each, outside the heap: a new one for each interval would have V8 collect in the window. */
  readonly #cleared: Accumulator[] = [];

  constructor(memory: RoundMemory, spec: RoundSpec) {
    this.#memory = memory;
    this.#spec = spec;
    const kinds = memory.threads[0]?.layout.kinds ?? ALL_KINDS;
    this.#totals = new Map(kinds.map((kind) => [kind, new Accumulator()]));
  }

  /** Empties every buffer that a worker has handed over. Call it more often than once per interval. */
  drain(): void {
    let oldest = Infinity;
    for (const thread of this.#memory.threads) oldest = Math.min(oldest, this.#drainThread(thread));
    this.#closeIntervals(oldest);
  }

  /** Empties what one thread has handed over. Returns the first interval of which more may come from it. */
  #drainThread(thread: ThreadMemory): number {
    // Before it is done it hands over its last buffer.
    const done = Atomics.load(thread.words, THREAD_WORD.phase) === PHASE.done;
    const published = Atomics.load(thread.words, THREAD_WORD.published);
    for (let drained = thread.words[THREAD_WORD.drained] as number; drained < published; drained += 1) {
      const buffer = drained % RING_SIZE;
      this.#empty(thread, buffer, (kind) => sumOf(thread, buffer, kind, SUM.bytes));
      Atomics.store(thread.words, THREAD_WORD.drained, drained + 1);
    }
    // Of the buffer behind those that were emptied here: the thread may have gone on since, and left that one full.
    return done ? Infinity : intervalOf(thread, published % RING_SIZE);
  }

  /** `bytesOf`: how many bytes of a kind the I/Os in it come to. */
  #empty(thread: ThreadMemory, buffer: number, bytesOf: (kind: Transfer, ios: number) => number): void {
    const interval = intervalOf(thread, buffer);
    for (const [kind, total] of this.#totals) total.add(thread, buffer, kind);
    let open = this.#open.get(interval);
    if (open === undefined) {
      open = { latency: this.#cleared.pop() ?? new Accumulator(), ios: [0, 0], bytes: [0, 0] };
      this.#open.set(interval, open);
    }
    for (const kind of [KIND.read, KIND.write]) {
      if (!this.#totals.has(kind)) continue;
      const ios = open.latency.add(thread, buffer, kind);
      const bytes = bytesOf(kind, ios);
      open.ios[kind] += ios;
      open.bytes[kind] += bytes;
      this.#bytes[kind] += bytes;
    }
    clearBuffer(thread, buffer);
  }

  /** What lies before `oldest` is condensed, so that memory does not grow with a dense array for each interval. */
  #closeIntervals(oldest: number): void {
    for (const [interval, { latency, ios, bytes }] of this.#open) {
      if (interval >= oldest) continue;
      this.#p99Ns = latency.p99Ns;
      this.#closed.set(interval, { latency: latency.condense(), ios, bytes });
      this.#open.delete(interval);
      latency.clear();
      this.#cleared.push(latency);
    }
  }

  /** Of the last interval that is over; null: none is, or too few I/Os were in it. */
  get p99Ns(): number | null {
    return this.#p99Ns;
  }

  get ios(): number {
    return this.#sum(THREAD_NUMBER.readIos) + this.#sum(THREAD_NUMBER.writeIos);
  }

  get bytes(): number {
    return this.#sum(THREAD_NUMBER.readBytes) + this.#sum(THREAD_NUMBER.writeBytes);
  }

  /**
   * Whether the window is open at `nowNs`. The threads' own word is not enough: one that is in a flush cannot say that
   * its window has closed meanwhile. So where the window has a fixed length, the clock decides.
   */
  isOpen(nowNs: number): boolean {
    const { durationSeconds } = this.#spec;
    if (this.phase !== PHASE.measure) return false;
    if (durationSeconds === null || flushesAtEnd(this.#spec)) return true;
    return nowNs < Math.min(...this.#numbers(THREAD_NUMBER.openNs)) + durationSeconds * 1e9;
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
      // It was lost before it could say how many bytes these are, or in the middle of a batch: by their number it is sure.
      const buffer = Atomics.load(thread.words, THREAD_WORD.published) % RING_SIZE;
      this.#empty(thread, buffer, (_, ios) => ios * this.#spec.blockSizeBytes);
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
    const direction = (kind: Transfer): DirectionSamples => {
      const latency = this.#samplesOf(kind);
      return { ios: latency.count, bytes: this.#bytes[kind], latency };
    };
    const flush = this.#samplesOf(KIND.flush);
    const flushSeconds = this.#sum(THREAD_NUMBER.flushNs) / 1e9;
    const firstTouch = this.#samplesOf(KIND.firstTouch);
    return {
      nativeOperations: [...new Set(ending.outcomes.flatMap((outcome) => outcome.nativeOperations))],
      measuredSeconds,
      secondsBeforeFlush,
      read: readsOf(spec) ? direction(KIND.read) : null,
      write: writesOf(spec) ? direction(KIND.write) : null,
      errors: this.#errors(platform, ending.outcomes),
      outsideWindow: { ios: this.outsideIos, bytes: this.#sum(THREAD_NUMBER.outsideBytes) },
      threads: this.#threads(),
      // A flush that has not come to its end when the window closed has taken time of it all the same.
      flush: flush.count + flushSeconds === 0 ? null : { count: flush.count, seconds: flushSeconds, latency: flush },
      firstTouch: firstTouch.count === 0 ? null : firstTouch,
      completedSynchronously: sumOrNull(ending.outcomes.map((outcome) => outcome.completedSynchronously)),
      completionsPerWait: this.#completionsPerWait(ending.outcomes),
      backPressure: ending.outcomes.reduce((sum, outcome) => sum + outcome.backPressure, 0),
      effectiveQueueDepth:
        secondsBeforeFlush > 0 ? this.#sum(THREAD_NUMBER.queueIntegralNs) / (secondsBeforeFlush * 1e9) : 0,
      submittingSeconds: this.#sum(THREAD_NUMBER.submittingNs) / 1e9,
      pauses: addPauses(ending.outcomes.map((outcome) => outcome.pauses)),
      stopped: ending.stopped ?? null,
      cpu: {
        ...this.#processCpu(measuredSeconds),
        machineSeconds: ending.machineCores === null ? null : ending.machineCores * measuredSeconds,
      },
      intervals: this.#intervals(measuredSeconds),
      aborted: ending.aborted,
      stuck: ending.outcomes.reduce((sum, outcome) => sum + outcome.stuck, 0),
    };
  }

  #samplesOf(kind: Kind): LatencySamples {
    return this.#totals.get(kind)?.samples() ?? EMPTY_LATENCY;
  }

  #completionsPerWait(outcomes: readonly ThreadOutcome[]): number | null {
    const waits = sumOrNull(outcomes.map((outcome) => outcome.waits));
    return waits === null || waits === 0 ? null : this.ios / waits;
  }

  /** What each thread counted itself, beside the distributions; null: one was lost, and its last numbers with it. */
  #threads(): RoundSamples["threads"] {
    if (this.phase !== PHASE.done) return null;
    return this.#memory.threads.map(({ numbers }) => ({
      readIos: numbers[THREAD_NUMBER.readIos] as number,
      writeIos: numbers[THREAD_NUMBER.writeIos] as number,
    }));
  }

  #processCpu(measuredSeconds: number): { readonly userSeconds: number; readonly systemSeconds: number } {
    const [openedAt, closedAt] = [
      this.#numbers(THREAD_NUMBER.lookedAtOpenNs),
      this.#numbers(THREAD_NUMBER.lookedAtCloseNs),
    ];
    if (closedAt.length === 0) return { userSeconds: 0, systemSeconds: 0 };
    const [fromNs, toNs] = [Math.min(...openedAt), Math.max(...closedAt)];
    const between = (open: number, close: number): number => {
      const [opens, closes] = [this.#numbers(open), this.#numbers(close)];
      const from = { atNs: fromNs, counted: Math.min(...opens) };
      return countedInWindow(from, { atNs: toNs, counted: Math.max(...closes) }, measuredSeconds * 1e9);
    };
    return {
      userSeconds: between(THREAD_NUMBER.userSecondsAtOpen, THREAD_NUMBER.userSecondsAtClose),
      systemSeconds: between(THREAD_NUMBER.systemSecondsAtOpen, THREAD_NUMBER.systemSecondsAtClose),
    };
  }

  /** Covers the window without a gap; an interval in which nothing completed counts zero. */
  #intervals(measuredSeconds: number): IntervalSamples[] {
    const { intervalSeconds } = this.#spec;
    const known = [...this.#open.keys(), ...this.#closed.keys()];
    // A window that ends on an interval's boundary, give or take a nanosecond, has no interval of nothing behind it.
    const count = Math.max(Math.ceil(measuredSeconds / intervalSeconds - 1e-9), Math.max(-1, ...known) + 1);
    return Array.from({ length: count }, (_, interval) => {
      const [open, closed] = [this.#open.get(interval), this.#closed.get(interval)];
      const latency = open?.latency.samples() ?? (closed ? samplesOfCondensed(closed.latency) : EMPTY_LATENCY);
      const { ios, bytes } = open ?? closed ?? { ios: [0, 0], bytes: [0, 0] };
      const transfers = (kind: Transfer): TransferCounts => ({
        ios: ios[kind] ?? 0,
        bytes: bytes[kind] ?? 0,
      });
      const [read, write] = [transfers(KIND.read), transfers(KIND.write)];
      const startSeconds = Math.min(interval * intervalSeconds, measuredSeconds);
      const seconds = Math.min((interval + 1) * intervalSeconds, measuredSeconds) - startSeconds;
      return {
        startSeconds,
        seconds,
        ios: latency.count,
        bytes: read.bytes + write.bytes,
        read: readsOf(this.#spec) ? read : null,
        write: writesOf(this.#spec) ? write : null,
        latency,
      };
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
    waitsForCpu: sumOrNull(known.map((pauses) => pauses.waitsForCpu)),
  };
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    values.length === 0 ? null : 0,
  );
}

/** Which interval a buffer of a thread holds. */
function intervalOf({ sums, layout }: ThreadMemory, buffer: number): number {
  return sums[buffer * layout.sumsPerBuffer + layout.intervalPlace] as number;
}

function sumOf({ sums, layout }: ThreadMemory, buffer: number, kind: Kind, sum: number): number {
  return sums[buffer * layout.sumsPerBuffer + (layout.sumPlaces[kind] as number) + sum] as number;
}
