// One thread's share of a round: the profile's warm-up, window, drain, each a stretch of the measured loop.

import { contentIdentity, openSource } from "../workload/source.ts";
import type { ThreadRange } from "../workload/source.ts";
import type { Backend, Clock, Platform } from "../platform/platform.ts";
import { PhaseGate } from "./phase-gate.ts";
import { BlockWriter } from "../workload/block-content.ts";
import type { MeasuredLoop } from "./loop/measured-loop.ts";
import type { PauseWatch } from "./pause-watch.ts";
import { Recorder } from "./loop/recorder.ts";
import {
  CONTROL_TIME,
  ERROR_CODE_PLACES,
  ofAllOperations,
  PHASE,
  scratchThreadMemory,
  THREAD_NUMBER,
  type OwnMemory,
  type ThreadMemory,
} from "./loop/round-memory.ts";
import { flushesAtEnd, type MemberSpec, type ThreadOutcome } from "./round-spec.ts";
import { spinUntil } from "./spin-until.ts";
import { backendOptions, loopOfDepth, loopOptions, openTarget } from "./thread-options.ts";

/** What a back end counts by itself; null: it does not. */
type BackendCounts = Pick<ThreadOutcome, "completedSynchronously" | "waits">;

const NOTHING_COUNTED: BackendCounts = { completedSynchronously: null, waits: null };

function countsOf(backend: Backend): BackendCounts {
  return { completedSynchronously: backend.completedSynchronously, waits: backend.waits ?? null };
}

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from;

/** Who is told of a thread's round while it runs. */
interface Watched {
  readonly pauses: PauseWatch;
  /** Called with each phase that the leader waits for. */
  readonly say: (phase: number) => void;
}

/** The window itself and what surrounds it, on an open back end. */
class ThreadRound {
  readonly #platform: Platform;
  readonly #spec: MemberSpec;
  readonly #memory: OwnMemory;
  readonly #own: ThreadMemory;
  readonly #range: ThreadRange;
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #ownClock: boolean;
  readonly #loop: MeasuredLoop;
  readonly #recorder: Recorder;
  #counted = NOTHING_COUNTED;
  readonly #outside: ThreadMemory;
  readonly #outsideRecorder: Recorder;
  readonly #gate: PhaseGate;
  readonly #pauses: PauseWatch;

  constructor(
    platform: Platform,
    spec: MemberSpec,
    memory: OwnMemory,
    thread: number,
    backend: Backend,
    writer: BlockWriter,
    { pauses, say }: Watched,
  ) {
    this.#platform = platform;
    this.#spec = spec;
    this.#memory = memory;
    this.#own = memory.own;
    this.#range = spec.ranges[thread] as ThreadRange;
    this.#backend = backend;
    this.#ownClock = backend.clock !== undefined;
    this.#clock = backend.clock ?? platform.clock;
    this.#loop = loopOfDepth(
      { backend, clock: this.#clock, writer, control: memory.control },
      loopOptions(platform, spec, spec.fileSizeBytes),
    );
    this.#recorder = new Recorder(this.#own, this.#ownClock);
    // Only its numbers are for others to see, who otherwise could not tell whether a warm-up moves.
    this.#outside = { ...scratchThreadMemory(), numbers: this.#own.outsideNumbers };
    this.#outsideRecorder = new Recorder(this.#outside);
    this.#gate = new PhaseGate(memory, say);
    this.#pauses = pauses;
  }

  /** The back end's own counts, inside the window only. */
  get counted(): BackendCounts {
    return this.#counted;
  }

  get flushErrorCode(): number {
    return -this.#loop.flushError;
  }

  /** The window is open from `openNs` on; its end, as far as the clock decides on it. */
  #setWindow(openNs: number): void {
    // With a flush at its end it goes on until what it wrote is durable.
    this.#loop.setWindow(openNs, flushesAtEnd(this.#spec) ? Infinity : this.#untilNs(openNs));
  }

  #untilNs(openNs: number): number {
    const { durationSeconds } = this.#spec;
    return durationSeconds === null ? Infinity : openNs + durationSeconds * 1e9;
  }

  #runOutside(phase: "warmup" | "measure", untilNs: number, ios: number): void {
    this.#loop.takeOverFlush(this.#outsideRecorder);
    this.#loop.run(
      openSource(this.#spec, this.#range, phase),
      this.#outsideRecorder,
      this.#outside.numbers,
      untilNs,
      ios,
    );
  }

  run(): void {
    this.#gate.meet(PHASE.ready);
    if (this.#gate.waitForGo(1)) {
      const openNs = this.#warmUp();
      if (openNs !== null) this.#measure(openNs);
    }
    this.#gate.enter(PHASE.drain);
    this.#runOutside("measure", Infinity, 0);
    this.#recorder.finish();
    const numbers = this.#own.numbers;
    const outside = this.#outside.numbers;
    const at = (index: number): number => outside[index] as number;
    numbers[THREAD_NUMBER.outsideIos] = ofAllOperations(outside, THREAD_NUMBER.ios);
    numbers[THREAD_NUMBER.outsideBytes] = ofAllOperations(outside, THREAD_NUMBER.bytes);
    numbers[THREAD_NUMBER.outsideErrors] = at(THREAD_NUMBER.failed) + at(THREAD_NUMBER.short);
    this.#takeOverOutsideErrors();
    this.#gate.enter(PHASE.done);
  }

  /** Errors count from open to close: those outside the window are added to the round's own. */
  #takeOverOutsideErrors(): void {
    const numbers = this.#own.numbers;
    const outside = this.#outside.numbers;
    const noneInside = numbers[THREAD_NUMBER.failed] === 0 && numbers[THREAD_NUMBER.short] === 0;
    for (const index of [THREAD_NUMBER.failed, THREAD_NUMBER.short]) {
      numbers[index] = (numbers[index] as number) + (outside[index] as number);
    }
    if (noneInside) {
      for (const index of [THREAD_NUMBER.firstErrorOffsetBytes, THREAD_NUMBER.firstErrorOperation]) {
        numbers[index] = outside[index] as number;
      }
    }
    const end = THREAD_NUMBER.errorCodes + 2 * ERROR_CODE_PLACES;
    for (let place = THREAD_NUMBER.errorCodes; place < end && outside[place] !== 0; place += 2) {
      let own: number = THREAD_NUMBER.errorCodes;
      while (own < end && numbers[own] !== 0 && numbers[own] !== outside[place]) own += 2;
      if (own >= end) return;
      numbers[own] = outside[place] as number;
      numbers[own + 1] = (numbers[own + 1] as number) + (outside[place + 1] as number);
    }
  }

  /** Ends at the moment at which the window opens, and returns it; null when the round was stopped before. */
  #warmUp(): number | null {
    const spec = this.#spec;
    const startNs = this.#ownClock ? this.#clock.now() : (this.#memory.times[CONTROL_TIME.startNs] as number);
    const warmUpEndNs = startNs + spec.warmupSeconds * 1e9;
    this.#gate.enter(PHASE.warmup);
    if (!spec.opensTogether) this.#setWindow(warmUpEndNs);
    if (!this.#ownClock) spinUntil(this.#clock, startNs);
    if (spec.warmupSeconds > 0) this.#runOutside("warmup", warmUpEndNs, Infinity);
    if (!spec.opensTogether) return this.#gate.stopped ? null : warmUpEndNs;
    this.#runOutside("warmup", Infinity, 0);
    if (flushesAtEnd(spec)) this.#loop.flush(this.#outsideRecorder, this.#outside.numbers);
    this.#gate.meet(PHASE.primed);
    if (!this.#gate.waitForGo(2)) return null;
    const openNs = this.#ownClock ? this.#clock.now() : (this.#memory.times[CONTROL_TIME.windowOpenNs] as number);
    this.#setWindow(openNs);
    if (!this.#ownClock) spinUntil(this.#clock, openNs);
    return openNs;
  }

  #measure(openNs: number): void {
    const spec = this.#spec;
    const numbers = this.#own.numbers;
    const source = openSource(this.#spec, this.#range, "measure");
    // What is counted lies between the two looks: the clock comes first here, and last at the close.
    numbers[THREAD_NUMBER.lookedAtOpenNs] = this.#lookNs(openNs);
    this.#noteProcessTimes(THREAD_NUMBER.userSecondsAtOpen, THREAD_NUMBER.systemSecondsAtOpen);
    if (!this.#ownClock) this.#pauses.open(openNs);
    numbers[THREAD_NUMBER.openNs] = openNs;
    const before = countsOf(this.#backend);
    this.#gate.enter(PHASE.measure);
    this.#recorder.open(openNs, spec.intervalSeconds * 1e9);
    const untilNs = this.#untilNs(openNs);
    const recorder = this.#recorder;
    // What the warm-up has waited for may have outlasted the window, too: then it completes outside.
    if (this.#loop.lastNs < untilNs) {
      this.#loop.takeOverFlush(recorder);
      this.#loop.run(source, recorder, numbers, untilNs, this.#range.ios ?? Infinity);
    }

    if (flushesAtEnd(spec)) {
      // The window goes on until what it wrote is durable: I/Os still in flight belong to it, and so does the flush.
      this.#loop.run(source, recorder, numbers, Infinity, 0);
      numbers[THREAD_NUMBER.transfersEndNs] = Math.max(this.#loop.lastNs, openNs);
      this.#loop.flush(recorder, numbers);
    }
    const closeNs = Math.max(openNs, Math.min(flushesAtEnd(spec) ? Infinity : untilNs, this.#loop.lastNs));
    if (!flushesAtEnd(spec)) numbers[THREAD_NUMBER.transfersEndNs] = closeNs;
    numbers[THREAD_NUMBER.closeNs] = closeNs;
    numbers[THREAD_NUMBER.queueIntegralNs] = this.#loop.integralNs;
    numbers[THREAD_NUMBER.submittingNs] = this.#loop.submittingNs;
    numbers[THREAD_NUMBER.flushNs] = this.#loop.flushingNs;
    this.#noteCounts(before);
    this.#pauses.close(closeNs);
    this.#noteProcessTimes(THREAD_NUMBER.userSecondsAtClose, THREAD_NUMBER.systemSecondsAtClose);
    numbers[THREAD_NUMBER.lookedAtCloseNs] = this.#lookNs(closeNs);
  }

  #noteCounts(before: BackendCounts): void {
    const after = countsOf(this.#backend);
    this.#counted = {
      completedSynchronously: between(before.completedSynchronously, after.completedSynchronously),
      waits: between(before.waits, after.waits),
    };
  }

  /** The time of a look at the system's counters. Where time is virtual, nothing passes between it and the window's edge. */
  #lookNs(edgeNs: number): number {
    return this.#ownClock ? edgeNs : this.#clock.now();
  }

  #noteProcessTimes(userPlace: number, systemPlace: number): void {
    const times = this.#platform.processTimes();
    this.#own.numbers[userPlace] = times.userSeconds;
    this.#own.numbers[systemPlace] = times.systemSeconds;
  }
}

/**
 * Runs thread `thread` of a round from opening the target to closing it. Its samples and counters go to `memory`;
 * the rest is returned, and `watched` is told when the window is open. Throws DiskbenchError when the target or the back end cannot be opened.
 */
export function runThreadRound(
  platform: Platform,
  spec: MemberSpec,
  memory: OwnMemory,
  thread: number,
  watched: Watched,
): Omit<ThreadOutcome, "pauses"> {
  const file = openTarget(platform, spec);
  const identity = contentIdentity(spec, thread);
  const backend = platform.openBackend(
    spec.backend,
    backendOptions(platform, spec, file, spec.fileSizeBytes, identity),
  );
  let stuck = 0;
  let closed = false;
  try {
    const writer = new BlockWriter(backend.buffers, spec.blockSizeBytes, spec.blockContent, identity);
    const round = new ThreadRound(platform, spec, memory, thread, backend, writer, watched);
    round.run();
    const { nativeOperations, backPressure } = backend;
    const { counted, flushErrorCode } = round;
    stuck = backend.close();
    closed = true;
    return { nativeOperations, backPressure, ...counted, stuck, flushErrorCode };
  } finally {
    if (!closed) stuck = backend.close();
    if (stuck === 0 && file.handle >= 0) platform.files.close(file);
  }
}
