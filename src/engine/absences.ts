// Looks at the clock at regular times -> the stretches in which a process stood still, and how much of a window they took.

import type { SchedulingDelay } from "../platform/evidence.ts";
import type { Clock } from "../platform/platform.ts";
import type { StoppedSamples } from "../samples/samples.ts";
import { THREAD_NUMBER, type RoundMemory } from "./loop/round-memory.ts";

/** Each look wakes a process, which costs CPU time beside the I/Os: no more of them than the supervisor's own. */
const LOOK_MS = 250;
/**
 * A look that is so late although the process did not wait for a CPU: it was stopped (SIGSTOP, a debugger), frozen, or
 * the machine itself was. A device that does not answer keeps the workers, never the thread that looks.
 */
const STOPPED_NS = 100e6;
/** A look that is so late for whatever reason, a CPU that others have included, was kept away. */
export const LONGEST_GAP_MS = 1000;

/** A stretch of time without a look, on the platform's clock, which all processes share. */
export interface Absence {
  readonly startNs: number;
  readonly endNs: number;
}

/** Looks that are due every `lookMs`. */
export class AbsenceWatch {
  readonly absences: Absence[] = [];
  readonly #clock: Clock;
  readonly #delay: SchedulingDelay | null;
  readonly #lookNs: number;
  #lastNs: number;
  #waitedSeconds: number | null;

  /** `delay` tells how long the thread that looks waited for a CPU; null: nobody does. */
  constructor(clock: Clock, delay: SchedulingDelay | null, lookMs: number) {
    this.#clock = clock;
    this.#delay = delay;
    this.#lookNs = lookMs * 1e6;
    this.#lastNs = clock.now();
    this.#waitedSeconds = delay?.read()?.seconds ?? null;
  }

  look(): void {
    const nowNs = this.#clock.now();
    const waitedSeconds = this.#delay?.read()?.seconds ?? null;
    const lateNs = nowNs - this.#lastNs - this.#lookNs;
    const waitedNs =
      waitedSeconds === null || this.#waitedSeconds === null ? Infinity : (waitedSeconds - this.#waitedSeconds) * 1e9;
    if (lateNs - waitedNs >= STOPPED_NS || lateNs >= LONGEST_GAP_MS * 1e6) {
      this.absences.push({ startNs: this.#lastNs, endNs: nowNs });
    }
    this.#lastNs = nowNs;
    this.#waitedSeconds = waitedSeconds;
  }

  /** What this process did since it looked took its time (a look at a file waits for the device): that is no absence. */
  resume(): void {
    this.#lastNs = this.#clock.now();
  }
}

/** Looks from the event loop of this process as long as `work` goes on; resolves to what came of both. */
export async function watchAbsences<T>(
  clock: Clock,
  delay: SchedulingDelay | null,
  work: Promise<T>,
): Promise<{ readonly outcome: T; readonly absences: readonly Absence[] }> {
  const watch = new AbsenceWatch(clock, delay, LOOK_MS);
  const looking = setInterval(() => watch.look(), LOOK_MS);
  try {
    const outcome = await work;
    watch.look();
    return { outcome, absences: watch.absences };
  } finally {
    clearInterval(looking);
  }
}

const sumOfPositive = (values: readonly number[]): number =>
  values.reduce((total, value) => total + Math.max(0, value), 0);

/** How long engine and command stood still in a round's window. Null: it did not open, or the engine was lost. */
export function stoppedInWindow(
  { threads }: RoundMemory,
  engine: readonly Absence[] | null,
  command: readonly Absence[],
): StoppedSamples | null {
  const times = (place: number): number[] =>
    threads.map(({ numbers }) => numbers[place] as number).filter((timeNs) => timeNs > 0);
  const [opens, closes] = [times(THREAD_NUMBER.openNs), times(THREAD_NUMBER.closeNs)];
  if (engine === null || opens.length === 0 || closes.length === 0) return null;
  const [openNs, closeNs] = [Math.min(...opens), Math.max(...closes)];
  const within = (absences: readonly Absence[]): number[] =>
    absences.map(({ startNs, endNs }) => (Math.min(endNs, closeNs) - Math.max(startNs, openNs)) / 1e9);
  return {
    engineSeconds: sumOfPositive(within(engine)),
    // The command's last look before it was stopped may lie in a window that was over by then.
    commandSeconds: sumOfPositive(within(command).filter((seconds) => seconds >= LONGEST_GAP_MS / 1000)),
  };
}
