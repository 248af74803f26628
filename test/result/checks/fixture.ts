// Changes to an ordinary case -> the evidence that a check judges; without changes nothing is wrong with it.

import { expect, test } from "vitest";
import { checkCase, type CaseEvidence, type CheckCode } from "../../../src/result/checks/index.ts";
import type { CaseResult, Check, Result, ResultTarget, Round, Surroundings } from "../../../src/result/result.ts";
import { summarize } from "../../../src/result/summarize.ts";
import { completedResult, type CaseSketch } from "../fixture.ts";

export interface Changes {
  readonly settings?: CaseSketch["settings"];
  readonly target?: Partial<ResultTarget>;
  readonly machine?: Partial<Result["machine"]>;
  readonly ownCost?: CaseEvidence["ownCost"];
  readonly ios?: number;
  readonly rounds?: number;
  /** What each round is to be beside what it is. */
  readonly round?: (round: Round) => Partial<Round>;
}

const ALLOCATION = {
  writtenBytes: 256 * 2 ** 20,
  unwrittenBytes: 0,
  holeBytes: 0,
  sharedBytes: 0,
  compressedBytes: 0,
  encryptedBytes: 0,
  extents: 2,
  basis: "FIEMAP",
};

type Device = Surroundings["devices"][number];

/** A device that counted `factor` times what the round issued. */
export function device(round: Round, role: Device["role"], factor: number, name = "nvme0n1"): Device {
  const bytes = (round.total.bytes + round.outsideWindow.bytes) * factor;
  return {
    name,
    role,
    readBytes: round.read === null ? 0 : bytes,
    writtenBytes: round.write === null ? 0 : bytes,
    busySeconds: 1,
    queueSeconds: 7,
  };
}

export function surroundings(round: Round, changes: Partial<Surroundings> = {}): Surroundings {
  return {
    seconds: 2,
    devices: [device(round, "own", 1)],
    busySeconds: 2,
    stolenSeconds: 0,
    wallClockStepSeconds: 0.0001,
    throttleEvents: 0,
    ...changes,
  };
}

/** An ordinary result of one case, changed. */
export function resultWith(changes: Changes = {}): Result {
  const { settings = {}, ios = 15_000, rounds = 2 } = changes;
  const result = completedResult([{ job: "job", settings, ios }], rounds);
  const [ordinary] = result.cases;
  const [target] = result.targets;
  if (ordinary === undefined || target === undefined) throw new RangeError("a fixture has a case and a target");
  const changed = ordinary.rounds.map((round) => {
    // Depth and latency that agree with each other, as they do in life.
    const effectiveQueueDepth = (round.total.iops * (round.total.latencyNs.mean ?? 0)) / 1e9;
    const plain = { ...round, effectiveQueueDepth, surroundings: surroundings(round) };
    return { ...plain, ...changes.round?.(plain) };
  });
  const asked: CaseResult = {
    ...ordinary,
    settings: { ...ordinary.settings, queueDepth: 1, method: "io_uring", ...settings },
    rounds: changed,
    summary: summarize(changed),
  };
  return {
    ...result,
    machine: { ...result.machine, ...changes.machine },
    targets: [{ ...target, allocation: ALLOCATION, ...changes.target }],
    cases: [asked],
  };
}

/** The evidence of that one case. */
export function evidenceWith(changes: Changes = {}): CaseEvidence {
  const { cases, targets, machine } = resultWith(changes);
  const [only] = cases;
  const [target] = targets;
  if (only === undefined || target === undefined) throw new RangeError("a fixture has a case and a target");
  const { ownCost = { loopNs: 60, callNs: 40 } } = changes;
  return { case: only, target, machine, ownCost };
}

/** How a check begins that cannot be made. */
export const REFUSED = /^Cannot be checked: /;

export type Row = readonly [what: string, code: CheckCode, changes: Changes, status: Check["status"], message: RegExp];

/** One test for each row: a case changed so, and what that check says of it. */
export function testRows(rows: readonly Row[]): void {
  test.each(rows)("%s: %s", (_, code, changes, status, message) => {
    const found = checkCase(evidenceWith(changes)).find((each) => each.code === code);
    expect(found).toMatchObject({ status, message: expect.stringMatching(message) as string });
  });
}
