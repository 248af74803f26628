// Rounds, one after the other -> which workers run them: those of their kind, no more than are kept, none that has gone.

import { expect, test } from "vitest";
import type { MemberSpec } from "../../src/engine/round-spec.ts";
import { WorkerPool, type Assigned, type PoolWorker } from "../../src/engine/worker-pool.ts";
import { rangesOf, memberSpec } from "./rig.ts";

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

const specOf = (wish: Partial<MemberSpec>): MemberSpec =>
  memberSpec({ backend: "io-uring", queueDepth: 8, jitWarmup: true, ...wish });

class Rounds {
  readonly started: FakeWorker[] = [];
  readonly pool = new WorkerPool(() => {
    const worker = new FakeWorker();
    this.started.push(worker);
    return worker;
  });

  /** One round, after which every worker may run another. */
  async run(wish: Partial<MemberSpec>): Promise<readonly Assigned[]> {
    const spec = specOf(wish);
    const assigned = await this.pool.assign([spec]);
    for (const { worker } of assigned) this.pool.keep(worker, spec);
    return assigned;
  }

  async warmupsOf(wish: Partial<MemberSpec>): Promise<readonly string[]> {
    return (await this.run(wish)).map(({ jitWarmup }) => jitWarmup);
  }
}

test("a worker is warmed up once, shortly for another case of its kind, and not at all for the same", async () => {
  const rounds = new Rounds();
  expect(await rounds.warmupsOf({})).toEqual(["whole"]);
  expect(await rounds.warmupsOf({ roundIndex: 1 })).toEqual(["none"]);
  expect(await rounds.warmupsOf({ queueDepth: 32, roundIndex: 2 })).toEqual(["short"]);
  expect(await rounds.warmupsOf({ blockSizeBytes: 65_536 })).toEqual(["short"]);
  expect(await rounds.warmupsOf({ caseId: "another", blockSizeBytes: 65_536 })).toEqual(["none"]);
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
] as const)("another %s is another kind, whose rounds have workers of their own", async (_, change) => {
  const rounds = new Rounds();
  await rounds.run({});
  expect(await rounds.warmupsOf(change)).toEqual(["whole"]);
  expect(await rounds.warmupsOf({})).toEqual(["none"]);
  expect(await rounds.warmupsOf(change)).toEqual(["none"]);
  expect(rounds.started).toHaveLength(2);
});

test("what is not to be warmed up is not, by whichever worker", async () => {
  const rounds = new Rounds();
  expect(await rounds.warmupsOf({ jitWarmup: false })).toEqual(["none"]);
  expect(await rounds.warmupsOf({ jitWarmup: false, queueDepth: 2 })).toEqual(["none"]);
  expect(await rounds.warmupsOf({})).toEqual(["whole"]);
});

test("the worker that was started ahead runs the first round, whatever its kind", async () => {
  const rounds = new Rounds();
  rounds.pool.startAhead();
  expect((await rounds.run({ ranges: rangesOf(3, 1024) }))[0]?.worker).toBe(rounds.started[0]);
  expect(rounds.started).toHaveLength(3);
});

test("no more than 16 are kept beside each other, and those go that were used longest ago", async () => {
  const rounds = new Rounds();
  const kinds = Array.from({ length: 17 }, (_, kind) => ({ fileSizeBytes: (4 + kind) * 2 ** 30 }));
  for (const kind of kinds.slice(0, 16)) await rounds.run(kind);
  await rounds.run(kinds[0] ?? {});
  await rounds.run(kinds[16] ?? {});
  expect(rounds.started.filter(({ isGone }) => isGone)).toEqual([rounds.started[1]]);
  expect(await rounds.warmupsOf(kinds[0] ?? {})).toEqual(["none"]);
});

test("a round of many threads leaves no other worker, and its own stay for the next one", async () => {
  const rounds = new Rounds();
  await rounds.run({});
  const many = { backend: "pwrite", queueDepth: 1, ranges: rangesOf(32, 1024) } as const;
  await rounds.run(many);
  expect(rounds.started.map(({ isGone }) => isGone)).toEqual([true, ...many.ranges.map(() => false)]);
  expect(new Set(await rounds.warmupsOf(many))).toEqual(new Set(["none"]));
  expect(rounds.started).toHaveLength(33);
});

test("neither a worker that was not given back nor one that has gone runs another round", async () => {
  const rounds = new Rounds();
  const spec = specOf({});
  expect(await rounds.pool.assign([spec])).toHaveLength(1);
  expect(await rounds.warmupsOf({})).toEqual(["whole"]);
  for (const worker of rounds.started) worker.isGone = true;
  expect(await rounds.warmupsOf({})).toEqual(["whole"]);
  expect(rounds.started).toHaveLength(3);
});

test("those that have to make room have gone before others are started", async () => {
  const started: FakeWorker[] = [];
  let most = 0;
  const pool = new WorkerPool(() => {
    started.push(new FakeWorker());
    most = Math.max(most, started.filter(({ isGone }) => !isGone).length);
    return started.at(-1) ?? new FakeWorker();
  });
  for (const backend of ["pwrite", "libaio", "io-uring"] as const) {
    const spec = specOf({ backend, queueDepth: 1, ranges: rangesOf(12, 1024) });
    for (const { worker } of await pool.assign([spec])) pool.keep(worker, spec);
  }
  expect(most).toBe(16);
});

test("where there is little room fewer are kept", async () => {
  const rounds = new Rounds();
  rounds.pool.limit(2);
  for (const backend of ["pwrite", "libaio", "io-uring"] as const) await rounds.run({ backend, queueDepth: 1 });
  expect(rounds.started.map(({ isGone }) => isGone)).toEqual([true, false, false]);
});

test("a thread that the system has not got fails the round, and leaves none of its others", async () => {
  const started: FakeWorker[] = [];
  const pool = new WorkerPool(() => {
    if (started.length === 2) throw new Error("ERR_WORKER_INIT_FAILED");
    started.push(new FakeWorker());
    return started.at(-1) ?? new FakeWorker();
  });
  await expect(pool.assign([specOf({ ranges: rangesOf(3, 1024) })])).rejects.toThrow("ERR_WORKER_INIT_FAILED");
  expect(started.map(({ isGone }) => isGone)).toEqual([true, true]);
});
