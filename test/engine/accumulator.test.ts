// An interval's sums -> after they were cleared nothing of one interval is left in the next.

import { expect, test } from "vitest";
import { Accumulator } from "../../src/engine/accumulator.ts";
import { Recorder } from "../../src/engine/loop/recorder.ts";
import { KIND } from "../../src/engine/loop/memory-layout.ts";
import { latencySummary } from "../../src/samples/summary.ts";
import { scratchThreadMemory, type ThreadMemory } from "../../src/engine/loop/round-memory.ts";

function recorded(latenciesNs: readonly number[]): ThreadMemory {
  const memory = scratchThreadMemory();
  const recorder = new Recorder(memory);
  recorder.open(0, 1e9);
  for (const latencyNs of latenciesNs) recorder.record(KIND.read, latencyNs);
  return memory;
}

test("sums that were cleared are as new, whatever they held", () => {
  const [before, after] = [recorded([0.5, 120.5, 95_000.5, 7e9]), recorded([300.5, 300.5, 41_000.5])];
  const used = new Accumulator();
  used.add(before, 0, KIND.read);
  expect(used.condense().pairs).toHaveLength(8);
  used.clear();
  expect(used.condense()).toEqual(new Accumulator().condense());
  used.add(after, 0, KIND.read);
  const fresh = new Accumulator();
  fresh.add(after, 0, KIND.read);
  expect(used.condense()).toEqual(fresh.condense());
  expect(used.counts).toEqual(fresh.counts);
});

test("sums of nothing can be cleared", () => {
  const empty = new Accumulator();
  empty.clear();
  expect(empty.condense()).toEqual(new Accumulator().condense());
});

test("p99 is that of the nearest rank, as a result has it, and of few samples there is none", () => {
  const ascending = (count: number): number[] => Array.from({ length: count }, (_, index) => 1000 * (index + 1));
  for (const latencies of [ascending(1000), ascending(4321), Array.from({ length: 2000 }, () => 500)]) {
    const sums = new Accumulator();
    sums.add(recorded(latencies), 0, KIND.read);
    expect(sums.p99Ns).toBe(latencySummary(sums.samples()).p99);
    expect(sums.p99Ns).not.toBeNull();
  }
  const few = new Accumulator();
  few.add(recorded(ascending(999)), 0, KIND.read);
  expect(few.p99Ns).toBeNull();
});
