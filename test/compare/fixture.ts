// Figures per round -> results that hold exactly them, for comparisons whose outcome is known.

import type { CaseResult, LatencyNs, Result, Round } from "../../src/result/result.ts";
import { mulberry32 } from "../../src/shared/random.ts";
import { completedResult } from "../result/fixture.ts";

/** Values of each round; what is left out stays as the fixture has it, equal in all results. */
export interface CaseFigures {
  readonly job: string;
  readonly iops: readonly number[];
  readonly p50?: readonly (number | null)[];
  readonly p99?: readonly (number | null)[];
}

function withFigures(round: Round, figures: CaseFigures, index: number): Round {
  const iops = figures.iops[index] ?? Number.NaN;
  const latencyNs: LatencyNs = {
    ...round.total.latencyNs,
    p50: figures.p50 === undefined ? 80_000 : (figures.p50[index] ?? null),
    p99: figures.p99 === undefined ? 250_000 : (figures.p99[index] ?? null),
    p90: 150_000,
    p999: null,
    mean: 90_000,
  };
  const ios = Math.round(iops * 2);
  return {
    ...round,
    cpu: { ...round.cpu, userSeconds: ios * 1e-6, systemSeconds: ios * 3e-6 },
    total: { ...round.total, ios, iops, bytesPerSecond: iops * 4096, latencyNs },
  };
}

/** A completed result; `change` alters it further. `startedAt` tells runs apart. */
export function resultOf(
  cases: readonly CaseFigures[],
  startedAt = "2026-11-20T23:45:40.000Z",
  change: (result: Result) => Result = (result) => result,
): Result {
  const rounds = Math.max(...cases.map(({ iops }) => iops.length));
  const plain = completedResult(
    cases.map(({ job }) => ({ job })),
    rounds,
  );
  const filled = plain.cases.map((each, index): CaseResult => {
    const figures = cases[index];
    if (figures === undefined) return each;
    const own = each.rounds.slice(0, figures.iops.length);
    return { ...each, rounds: own.map((round, place) => withFigures(round, figures, place)) };
  });
  return change({ ...plain, cases: filled, startedAt });
}

/** `count` values around `level` that differ by up to `noise`, the same for the same seed. */
export function around(level: number, count: number, noise: number, seed: number): number[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => level * (1 + noise * (2 * random() - 1)));
}

export const side = (label: string, ...results: readonly Result[]) => ({ label, files: [`${label}.json`], results });
