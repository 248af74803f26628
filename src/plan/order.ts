// Number of cases and rounds + the seed -> the order of all rounds: interleaved, permuted anew each time.

import { shuffled } from "../shared/random.ts";
import type { PlannedRound } from "./plan.ts";
import { RandomStream, seedWords } from "../workload/seeds.ts";

class Predecessors {
  /** By case: the one case that it always came after so far; null once there were two different ones. */
  readonly #only = new Map<number, number | null>();
  #last: number | null = null;

  /** How many cases would again, and so far always, come after the same one if `order` were next. */
  repeats(order: readonly number[]): number {
    return order.filter((current, position) => {
      const before = position === 0 ? this.#last : order[position - 1];
      return before !== null && this.#only.get(current) === before;
    }).length;
  }

  append(order: readonly number[]): void {
    for (const current of order) {
      const known = this.#only.get(current);
      if (this.#last !== null) this.#only.set(current, known === undefined || known === this.#last ? this.#last : null);
      this.#last = current;
    }
  }
}

// Among a thousand cases one draw in three or so is free of repeats, among few cases more.
const MOST_DRAWS = 100;

function bestOf(draw: () => readonly number[], predecessors: Predecessors): readonly number[] {
  let best = draw();
  let fewest = predecessors.repeats(best);
  for (let draws = 1; draws < MOST_DRAWS && fewest > 0; draws += 1) {
    const order = draw();
    const repeats = predecessors.repeats(order);
    if (repeats >= fewest) continue;
    best = order;
    fewest = repeats;
  }
  return best;
}

/**
 * Every case once per round, round after round. Each round has an order of its own, drawn from `seed`, and no case
 * always follows the same one as far as their number allows, so that drift of the machine does not land on one case.
 */
export function planOrder(caseCount: number, rounds: number, seed: number): readonly PlannedRound[] {
  const predecessors = new Predecessors();
  const cases = Array.from({ length: caseCount }, (_, index) => index);
  return Array.from({ length: rounds }, (_, roundIndex) => {
    const random = new RandomStream(seedWords(`${seed}|order|${roundIndex}`));
    const order = bestOf(() => shuffled(cases, (count) => random.nextBelow(count)), predecessors);
    predecessors.append(order);
    return order.map((caseIndex): PlannedRound => ({ caseIndex, roundIndex }));
  }).flat();
}
