// What the threads of one member have counted in shared memory -> its samples.

import type { Platform } from "../platform/platform.ts";
import type { DirectionSamples, ErrorSamples, MemberSamples } from "../samples/samples.ts";
import { addPauses, sumOrNull } from "../samples/sum-members.ts";
import { threadIos } from "../samples/thread-ios.ts";
import { byTransfer, TRANSFERS, transfersOf, type TransferName } from "../shared/operations.ts";
import { IntervalDrain } from "./interval-drain.ts";
import { KIND } from "./loop/memory-layout.ts";
import {
  ERROR_CODE_PLACES,
  ofAllOperations,
  PHASE,
  THREAD_NUMBER,
  THREAD_WORD,
  type ThreadMemory,
} from "./loop/round-memory.ts";
import { flushesAtEnd, kindsOf, type MemberSpec, type ThreadOutcome } from "./round-spec.ts";

export class MemberCollector {
  readonly #threads: readonly ThreadMemory[];
  readonly #spec: MemberSpec;
  readonly #drained: IntervalDrain;

  constructor(threads: readonly ThreadMemory[], spec: MemberSpec) {
    this.#threads = threads;
    this.#spec = spec;
    this.#drained = new IntervalDrain(threads, kindsOf([spec]));
  }

  /** Empties every buffer that a worker has handed over. Call it more often than once per interval. */
  drain(): void {
    this.#drained.drain();
  }

  get p99Ns(): number | null {
    return this.#drained.lastP99Ns;
  }

  get ios(): number {
    return this.#ofAllOperations(THREAD_NUMBER.ios);
  }

  get bytes(): number {
    return this.#ofAllOperations(THREAD_NUMBER.bytes);
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
    return Math.min(...this.#threads.map((thread) => Atomics.load(thread.words, THREAD_WORD.phase)));
  }

  #sum(place: number): number {
    return this.#threads.reduce((sum, thread) => sum + (thread.numbers[place] as number), 0);
  }

  #ofAllOperations(place: number): number {
    return this.#threads.reduce((sum, { numbers }) => sum + ofAllOperations(numbers, place), 0);
  }

  #numbers(place: number): number[] {
    return this.#threads.map((thread) => thread.numbers[place] as number).filter((value) => value > 0);
  }

  /** The member's samples. After a crash of the engine too: then the buffers in hand are emptied as they are. */
  finish(platform: Platform, outcomes: readonly ThreadOutcome[]): MemberSamples {
    this.drain();
    this.#drained.drainLost(this.#spec.blockSizeBytes);
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
    const transfers = transfersOf(spec);
    const samplesOf = (name: TransferName, operation: number): DirectionSamples | null => {
      if (!transfers.includes(name)) return null;
      const latency = this.#drained.latencyOf(operation);
      return { ios: latency.count, bytes: this.#drained.bytesOf(operation), latency };
    };
    const flush = this.#drained.latencyOf(KIND.flush);
    const flushSeconds = this.#sum(THREAD_NUMBER.flushNs) / 1e9;
    const firstTouch = this.#drained.latencyOf(KIND.firstTouch);
    return {
      nativeOperations: [...new Set(outcomes.flatMap((outcome) => outcome.nativeOperations))],
      measuredSeconds,
      secondsBeforeFlush,
      ...byTransfer(samplesOf),
      errors: this.#errors(platform, outcomes),
      outsideWindow: { ios: this.outsideIos, bytes: this.#sum(THREAD_NUMBER.outsideBytes) },
      threads: this.#ownCounts(),
      // A flush that has not come to its end when the window closed has taken time of it all the same.
      flush: flush.count + flushSeconds === 0 ? null : { count: flush.count, seconds: flushSeconds, latency: flush },
      firstTouch: firstTouch.count === 0 ? null : firstTouch,
      completedSynchronously: sumOrNull(outcomes.map((outcome) => outcome.completedSynchronously)),
      completionsPerWait: this.#completionsPerWait(outcomes),
      backPressure: outcomes.reduce((sum, outcome) => sum + outcome.backPressure, 0),
      effectiveQueueDepth:
        secondsBeforeFlush > 0 ? this.#sum(THREAD_NUMBER.queueIntegralNs) / (secondsBeforeFlush * 1e9) : 0,
      submittingSeconds: this.#sum(THREAD_NUMBER.submittingNs) / 1e9,
      pauses: addPauses(outcomes.map((outcome) => outcome.pauses)),
      intervals: this.#drained.intervals(measuredSeconds, spec.intervalSeconds),
      stuck: outcomes.reduce((sum, outcome) => sum + outcome.stuck, 0),
    };
  }

  #completionsPerWait(outcomes: readonly ThreadOutcome[]): number | null {
    const waits = sumOrNull(outcomes.map((outcome) => outcome.waits));
    return waits === null || waits === 0 ? null : this.ios / waits;
  }

  /** What each thread counted itself, beside the distributions; null: one was lost, and its last numbers with it. */
  #ownCounts(): MemberSamples["threads"] {
    if (this.phase !== PHASE.done) return null;
    return this.#threads.map(({ numbers }) =>
      threadIos((_, operation) => numbers[THREAD_NUMBER.ios + operation] as number),
    );
  }

  #errors(platform: Platform, outcomes: readonly ThreadOutcome[]): ErrorSamples {
    const codes = new Map<number, number>();
    for (const { numbers } of this.#threads) {
      for (let place = 0; place < ERROR_CODE_PLACES; place += 1) {
        const code = numbers[THREAD_NUMBER.errorCodes + place * 2] as number;
        if (code === 0) break;
        const count = numbers[THREAD_NUMBER.errorCodes + place * 2 + 1] as number;
        codes.set(code, (codes.get(code) ?? 0) + count);
      }
    }
    const failing = this.#threads.findIndex(
      ({ numbers }) => (numbers[THREAD_NUMBER.failed] as number) + (numbers[THREAD_NUMBER.short] as number) > 0,
    );
    const numbers = this.#threads[failing]?.numbers;
    const direction = TRANSFERS[numbers?.[THREAD_NUMBER.firstErrorOperation] ?? 0] ?? TRANSFERS[0];
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

const CALL_NAMES: Readonly<Partial<Record<TransferName, RegExp>>> = { read: /read|scatter/i, write: /write|gather/i };

/** The call among a back end's own that carries out an operation: ReadFile, IORING_OP_WRITEV, ... */
function callOf(nativeOperations: readonly string[], operation: TransferName): string | undefined {
  const names = CALL_NAMES[operation] ?? new RegExp(operation, "i");
  return nativeOperations.find((name) => names.test(name));
}
