// What all threads of a round have counted in shared memory -> the samples of each member, and their sum.

import type { Platform } from "../platform/platform.ts";
import type { RoundSamples } from "../samples/samples.ts";
import { nonEmpty } from "../shared/lists.ts";
import { sumMembers } from "../samples/sum-members.ts";
import { MemberCollector, type MemberEnding } from "./member-collector.ts";
import type { RoundMemory } from "./loop/round-memory.ts";
import { memberSpecs, type RoundSpec } from "./round-spec.ts";

export interface CollectedRound {
  /** One for each member of the round, in their order. */
  readonly members: readonly RoundSamples[];
  readonly sum: RoundSamples;
}

export class Collector {
  readonly #members: readonly { readonly collector: MemberCollector; readonly threads: number }[];

  constructor(memory: RoundMemory, round: RoundSpec) {
    let place = 0;
    this.#members = memberSpecs(round).map((spec) => {
      const threads = memory.threads.slice(place, place + spec.ranges.length);
      place += threads.length;
      return { collector: new MemberCollector(threads, spec), threads: threads.length };
    });
  }

  /** Empties every buffer that a worker has handed over. Call it more often than once per interval. */
  drain(): void {
    for (const { collector } of this.#members) collector.drain();
  }

  get ios(): number {
    return this.#members.reduce((sum, { collector }) => sum + collector.ios, 0);
  }

  get bytes(): number {
    return this.#members.reduce((sum, { collector }) => sum + collector.bytes, 0);
  }

  /** The longest among the members. */
  get p99Ns(): number | null {
    return this.#members.reduce<number | null>((most, { collector }) => {
      return collector.p99Ns === null ? most : Math.max(most ?? 0, collector.p99Ns);
    }, null);
  }

  /** The phase that the slowest thread is in. */
  get phase(): number {
    return Math.min(...this.#members.map(({ collector }) => collector.phase));
  }

  /** Whether the window of every member is open at `nowNs`. */
  isOpen(nowNs: number): boolean {
    return this.#members.every(({ collector }) => collector.isOpen(nowNs));
  }

  /** `outcomes` in `ending` are those of all threads, member by member. */
  finish(platform: Platform, ending: MemberEnding): CollectedRound {
    let place = 0;
    const members = this.#members.map(({ collector, threads }) => {
      const outcomes = ending.outcomes.slice(place, place + threads);
      place += threads;
      return collector.finish(platform, { ...ending, outcomes });
    });
    return { members, sum: sumMembers(nonEmpty(members)) };
  }
}
