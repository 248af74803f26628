// Interval buffers that threads have filled in shared memory -> distributions by kind, and the series of intervals.

import type { IntervalSamples, LatencySamples, TransferCounts } from "../samples/samples.ts";
import { Accumulator, clearBuffer, samplesOfCondensed, type Condensed } from "./accumulator.ts";
import { byTransfer, TRANSFER_COUNT, type TransferName } from "../shared/operations.ts";
import { RING_SIZE, SUM, type Kind } from "./loop/memory-layout.ts";
import { PHASE, THREAD_WORD, type ThreadMemory } from "./loop/round-memory.ts";

const EMPTY_LATENCY: LatencySamples = { count: 0, sumNs: 0, sumSquaresNs: 0, minNs: null, maxNs: null, buckets: [] };

/** By the code of the operation. */
type OfOperations = number[];
const nothing = (): OfOperations => Array.from({ length: TRANSFER_COUNT }, () => 0);

/** What is known of one interval, as long as more may come ... */
interface OpenInterval {
  readonly latency: Accumulator;
  readonly ios: OfOperations;
  readonly bytes: OfOperations;
}

/** ... and once every thread has left it. */
interface ClosedInterval {
  readonly latency: Condensed;
  readonly ios: Readonly<OfOperations>;
  readonly bytes: Readonly<OfOperations>;
}

export class IntervalDrain {
  readonly #threads: readonly ThreadMemory[];
  /** By kind, of those that the threads make. */
  readonly #totals: ReadonlyMap<Kind, Accumulator>;
  readonly #bytes = nothing();
  readonly #open = new Map<number, OpenInterval>();
  readonly #closed = new Map<number, ClosedInterval>();
  /** A quarter of a megabyte each, outside the heap: a new one for each interval would have V8 collect in the window. */
  readonly #cleared: Accumulator[] = [];
  #lastP99Ns: number | null = null;

  constructor(threads: readonly ThreadMemory[], kinds: readonly Kind[]) {
    this.#threads = threads;
    this.#totals = new Map(kinds.map((kind) => [kind, new Accumulator()]));
  }

  /** Of the last interval that every thread has left; null: none is, or too few I/Os were in it. */
  get lastP99Ns(): number | null {
    return this.#lastP99Ns;
  }

  /** Empties every buffer that a worker has handed over. Call it more often than once per interval. */
  drain(): void {
    let oldest = Infinity;
    for (const thread of this.#threads) oldest = Math.min(oldest, this.#drainThread(thread));
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

  /** The buffers in hand of threads that were lost. They could not say how many bytes these I/Os come to: `ioBytes` each. */
  drainLost(ioBytes: number): void {
    for (const thread of this.#threads) {
      if (Atomics.load(thread.words, THREAD_WORD.phase) === PHASE.done) continue;
      const buffer = Atomics.load(thread.words, THREAD_WORD.published) % RING_SIZE;
      this.#empty(thread, buffer, (_, ios) => ios * ioBytes);
    }
  }

  /** `bytesOf`: how many bytes of a kind the I/Os in it come to. */
  #empty(thread: ThreadMemory, buffer: number, bytesOf: (operation: number, ios: number) => number): void {
    const interval = intervalOf(thread, buffer);
    for (const [kind, total] of this.#totals) total.add(thread, buffer, kind);
    let open = this.#open.get(interval);
    if (open === undefined) {
      open = { latency: this.#cleared.pop() ?? new Accumulator(), ios: nothing(), bytes: nothing() };
      this.#open.set(interval, open);
    }
    for (let operation = 0; operation < TRANSFER_COUNT; operation += 1) {
      if (!this.#totals.has(operation)) continue;
      const ios = open.latency.add(thread, buffer, operation);
      const bytes = bytesOf(operation, ios);
      open.ios[operation] = (open.ios[operation] as number) + ios;
      open.bytes[operation] = (open.bytes[operation] as number) + bytes;
      this.#bytes[operation] = (this.#bytes[operation] as number) + bytes;
    }
    clearBuffer(thread, buffer);
  }

  /** What lies before `oldest` is condensed, so that memory does not grow with a dense array for each interval. */
  #closeIntervals(oldest: number): void {
    for (const [interval, { latency, ios, bytes }] of this.#open) {
      if (interval >= oldest) continue;
      this.#lastP99Ns = latency.p99Ns;
      this.#closed.set(interval, { latency: latency.condense(), ios, bytes });
      this.#open.delete(interval);
      latency.clear();
      this.#cleared.push(latency);
    }
  }

  /** All that was drained of one kind. */
  latencyOf(kind: Kind): LatencySamples {
    return this.#totals.get(kind)?.samples() ?? EMPTY_LATENCY;
  }

  bytesOf(operation: number): number {
    return this.#bytes[operation] as number;
  }

  /** Covers `measuredSeconds` without a gap; an interval in which nothing completed counts zero. */
  intervals(measuredSeconds: number, intervalSeconds: number): IntervalSamples[] {
    const known = [...this.#open.keys(), ...this.#closed.keys()];
    // A window that ends on an interval's boundary, give or take a nanosecond, has no interval of nothing behind it.
    const count = Math.max(Math.ceil(measuredSeconds / intervalSeconds - 1e-9), Math.max(-1, ...known) + 1);
    return Array.from({ length: count }, (_, interval) => {
      const [open, closed] = [this.#open.get(interval), this.#closed.get(interval)];
      const latency = open?.latency.samples() ?? (closed ? samplesOfCondensed(closed.latency) : EMPTY_LATENCY);
      const { ios, bytes } = open ?? closed ?? { ios: nothing(), bytes: nothing() };
      const transfers = (_name: TransferName, operation: number): TransferCounts | null =>
        this.#totals.has(operation) ? { ios: ios[operation] as number, bytes: bytes[operation] as number } : null;
      const startSeconds = Math.min(interval * intervalSeconds, measuredSeconds);
      const seconds = Math.min((interval + 1) * intervalSeconds, measuredSeconds) - startSeconds;
      return {
        startSeconds,
        seconds,
        ios: latency.count,
        bytes: bytes.reduce((sum, ofOne) => sum + ofOne, 0),
        ...byTransfer(transfers),
        latency,
      };
    }).filter((interval) => interval.seconds > 0 || interval.ios > 0);
  }
}

/** Which interval a buffer of a thread holds. */
function intervalOf({ sums, layout }: ThreadMemory, buffer: number): number {
  return sums[buffer * layout.sumsPerBuffer + layout.intervalPlace] as number;
}

function sumOf({ sums, layout }: ThreadMemory, buffer: number, kind: Kind, sum: number): number {
  return sums[buffer * layout.sumsPerBuffer + (layout.sumPlaces[kind] as number) + sum] as number;
}
