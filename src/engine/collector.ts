// What all threads of a round have counted in shared memory -> the samples of the round, and of each of its members.

import type { Platform } from "../platform/platform.ts";
import type { RoundSamples, StoppedSamples } from "../samples/samples.ts";
import { sumMembers } from "../samples/sum-members.ts";
import { nonEmpty } from "../shared/lists.ts";
import { countedInWindow } from "./look.ts";
import { THREAD_NUMBER, type RoundMemory } from "./loop/round-memory.ts";
import type { MachineCores } from "./machine-watch.ts";
import { MemberCollector } from "./member-collector.ts";
import { memberSpecs, type RoundSpec, type ThreadOutcome } from "./round-spec.ts";

/** How the round ended, as far as the shared memory does not say. */
export interface RoundEnding {
  /** Outcomes of all threads, member by member; none when the engine was lost. */
  readonly outcomes: readonly ThreadOutcome[];
  readonly aborted: boolean;
  /** CPU time of the whole machine over about the window, scaled to it; null where it is not told. */
  readonly machineCores: MachineCores | null;
  /** Absent: nobody looked. */
  readonly stopped?: StoppedSamples | null;
}

/** A member, and which of the round's threads are its own: those from place `from` up to place `to`. */
interface Part {
  readonly collector: MemberCollector;
  readonly from: number;
  readonly to: number;
}

export class Collector {
  readonly #memory: RoundMemory;
  readonly #parts: readonly Part[];

  constructor(memory: RoundMemory, round: RoundSpec) {
    this.#memory = memory;
    let from = 0;
    this.#parts = memberSpecs(round).map((spec) => {
      const to = from + spec.ranges.length;
      const part = { collector: new MemberCollector(memory.threads.slice(from, to), spec), from, to };
      from = to;
      return part;
    });
  }

  /** Empties every buffer that a worker has handed over. Call it more often than once per interval. */
  drain(): void {
    for (const { collector } of this.#parts) collector.drain();
  }

  get ios(): number {
    return this.#parts.reduce((sum, { collector }) => sum + collector.ios, 0);
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { collector }) => sum + collector.bytes, 0);
  }

  /** The longest among the members. */
  get p99Ns(): number | null {
    return this.#parts.reduce<number | null>((most, { collector }) => {
      return collector.p99Ns === null ? most : Math.max(most ?? 0, collector.p99Ns);
    }, null);
  }

  /** The phase that the slowest thread is in. */
  get phase(): number {
    return Math.min(...this.#parts.map(({ collector }) => collector.phase));
  }

  /** Whether the window of every member is open at `nowNs`. */
  isOpen(nowNs: number): boolean {
    return this.#parts.every(({ collector }) => collector.isOpen(nowNs));
  }

  /** The round's samples. After a crash of the engine too: then the buffers in hand are emptied as they are. */
  finish(platform: Platform, { outcomes, aborted, machineCores, stopped }: RoundEnding): RoundSamples {
    const members = nonEmpty(
      this.#parts.map(({ collector, from, to }) => collector.finish(platform, outcomes.slice(from, to))),
    );
    const sum = sumMembers(members);
    const { measuredSeconds } = sum;
    return {
      ...sum,
      members,
      stopped: stopped ?? null,
      cpu: {
        ...this.#processCpu(measuredSeconds),
        machineSeconds: machineCores === null ? null : machineCores.busy * measuredSeconds,
        machineUserSeconds: machineCores === null ? null : machineCores.user * measuredSeconds,
      },
      aborted,
    };
  }

  #numbers(place: number): number[] {
    return this.#memory.threads.map(({ numbers }) => numbers[place] as number).filter((value) => value > 0);
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
}
