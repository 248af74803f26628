// Rounds, one after the other -> which workers run them: those of their kind, no more than are kept, none that has gone.

import { expect, test } from "vitest";
import type { RoundSpec } from "../../src/engine/round-spec.ts";
import { WorkerPool, type Assigned, type PoolWorker } from "../../src/engine/worker-pool.ts";
import { rangesOf, roundSpec } from "./rig.ts";

class FakeWorker implements PoolWorker {
  isGone = false;

  run(): never {
    throw new Error("nothing is run here");
  }

  end(): Promise<void> {
    this.isGone = true;
    return Promise.resolve();
  }
}

const specOf = (wish: Partial<RoundSpec>): RoundSpec =>
  roundSpec({ backend: "io-uring", queueDepth: 8, jitWarmup: true, ...wish });

class Rounds {
  readonly started: FakeWorker[] = [];
  readonly pool = new WorkerPool(() => {
    const worker = new FakeWorker();
    this.started.push(worker);
    return worker;
  });

  /** One round, after which every worker may run another. */
  run(wish: Partial<RoundSpec>): readonly Assigned[] {
    const spec = specOf(wish);
    const { assigned } = this.pool.assign(spec);
    for (const { worker } of assigned) this.pool.keep(worker, spec);
    return assigned;
  }

  warmupsOf(wish: Partial<RoundSpec>): readonly string[] {
    return this.run(wish).map(({ jitWarmup }) => jitWarmup);
  }
}

test("a worker is warmed up once, shortly for another case of its kind, and not at all for the same", () => {
  const rounds = new Rounds();
  expect(rounds.warmupsOf({})).toEqual(["whole"]);
  expect(rounds.warmupsOf({ roundIndex: 1 })).toEqual(["none"]);
  expect(rounds.warmupsOf({ queueDepth: 32, roundIndex: 2 })).toEqual(["short"]);
  expect(rounds.warmupsOf({ blockSizeBytes: 65_536 })).toEqual(["short"]);
  expect(rounds.warmupsOf({ caseId: "another", blockSizeBytes: 65_536 })).toEqual(["none"]);
  expect(rounds.started).toHaveLength(1);
});

test.each([
  ["back end", { backend: "libaio" }],
  ["loop", { queueDepth: 1 }],
  ["direction", { readPercent: 50 }],
  ["pattern", { pattern: "sequential" }],
  ["flushes", { flush: "every 8" }],
  ["size of file", { fileSizeBytes: 4 * 2 ** 30 }],
  ["way to wait", { polling: true }],
] as const)("another %s is another kind, whose rounds have workers of their own", (_, change) => {
  const rounds = new Rounds();
  rounds.run({});
  expect(rounds.warmupsOf(change)).toEqual(["whole"]);
  expect(rounds.warmupsOf({})).toEqual(["none"]);
  expect(rounds.warmupsOf(change)).toEqual(["none"]);
  expect(rounds.started).toHaveLength(2);
});

test("what is not to be warmed up is not, by whichever worker", () => {
  const rounds = new Rounds();
  expect(rounds.warmupsOf({ jitWarmup: false })).toEqual(["none"]);
  expect(rounds.warmupsOf({ jitWarmup: false, queueDepth: 2 })).toEqual(["none"]);
  expect(rounds.warmupsOf({})).toEqual(["whole"]);
});

test("the worker that was started ahead runs the first round, whatever its kind", () => {
  const rounds = new Rounds();
  rounds.pool.startAhead();
  expect(rounds.run({ ranges: rangesOf(3, 1024) })[0]?.worker).toBe(rounds.started[0]);
  expect(rounds.started).toHaveLength(3);
});

test("no more than 16 are kept beside each other, and those go that were used longest ago", () => {
  const rounds = new Rounds();
  const kinds = Array.from({ length: 17 }, (_, kind) => ({ fileSizeBytes: (4 + kind) * 2 ** 30 }));
  for (const kind of kinds.slice(0, 16)) rounds.run(kind);
  rounds.run(kinds[0] ?? {});
  rounds.run(kinds[16] ?? {});
  expect(rounds.started.filter(({ isGone }) => isGone)).toEqual([rounds.started[1]]);
  expect(rounds.warmupsOf(kinds[0] ?? {})).toEqual(["none"]);
});

test("a round of many threads leaves no other worker, and its own stay for the next one", () => {
  const rounds = new Rounds();
  rounds.run({});
  const many = { backend: "pwrite", queueDepth: 1, ranges: rangesOf(32, 1024) } as const;
  rounds.run(many);
  expect(rounds.started.map(({ isGone }) => isGone)).toEqual([true, ...many.ranges.map(() => false)]);
  expect(new Set(rounds.warmupsOf(many))).toEqual(new Set(["none"]));
  expect(rounds.started).toHaveLength(33);
});

test("neither a worker that was not given back nor one that has gone runs another round", () => {
  const rounds = new Rounds();
  const spec = specOf({});
  expect(rounds.pool.assign(spec).assigned).toHaveLength(1);
  expect(rounds.warmupsOf({})).toEqual(["whole"]);
  for (const worker of rounds.started) worker.isGone = true;
  expect(rounds.warmupsOf({})).toEqual(["whole"]);
  expect(rounds.started).toHaveLength(3);
});
