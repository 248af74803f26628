// A Profile -> the points of its sweeps: every combination of every job's lists with every target.

import type { Failure } from "../shared/errors.ts";
import { formatSize } from "../shared/units.ts";
import type { Operation } from "../shared/vocabulary.ts";
import { LIMITS } from "./limits.ts";
import type { Job, Point, Profile, TargetSpec } from "./profile.ts";

/** One point of a sweep's lists; `readPercent` belongs to the operation, because only `mixed` has one. */
interface Transfer {
  readonly operation: Operation;
  readonly readPercent: number | null;
}

function transfersOf(job: Job): readonly Transfer[] {
  return job.operation.flatMap((operation): readonly Transfer[] =>
    operation === "mixed"
      ? job.readPercent.map((readPercent) => ({ operation, readPercent }))
      : [{ operation, readPercent: null }],
  );
}

/** How many points `profile` has, without making them. */
function countPoints({ jobs, targets }: Profile): number {
  return jobs
    .map((job) => {
      const { method, pattern, blockSizeBytes, queueDepth, threads, caching, flush, completion } = job;
      const lists = [method, pattern, blockSizeBytes, queueDepth, threads, caching, flush, completion];
      return [targets, transfersOf(job), ...lists].reduce((count, list) => count * list.length, 1);
    })
    .reduce((sum, count) => sum + count, 0);
}

/** A failure when the sweeps multiply into more rounds than a plan can hold; `blame` says whose fault and where. */
export function sweepFailures(profile: Profile, blame: Pick<Failure, "code" | "where">): readonly Failure[] {
  const points = countPoints(profile);
  const { maximum } = LIMITS.plannedRounds;
  if (points * profile.rounds <= maximum) return [];
  return [
    {
      ...blame,
      what: `${points} cases in ${profile.rounds} rounds each are too many; allowed: ${maximum} rounds of all cases together`,
      next: "Shorten the lists, lower rounds, or split the profile",
    },
  ];
}

/** Every row of `slow` with every row of `fast`, the latter varying fastest. */
function combine<Slow extends object, Fast extends object>(slow: readonly Slow[], fast: readonly Fast[]) {
  return slow.flatMap((slowRow) => fast.map((fastRow) => ({ ...slowRow, ...fastRow })));
}

function pointsOf(job: Job, jobIndex: number, targets: readonly TargetSpec[]): readonly Point[] {
  const places = targets.map((target, targetIndex) => ({ job, jobIndex, target, targetIndex }));
  const methods = job.method.map((method) => ({ method }));
  const patterns = job.pattern.map((pattern) => ({ pattern }));
  const blockSizes = job.blockSizeBytes.map((blockSizeBytes) => ({ blockSizeBytes }));
  const queueDepths = job.queueDepth.map((queueDepth) => ({ queueDepth }));
  const threadCounts = job.threads.map((threads) => ({ threads }));
  const cachings = job.caching.map((caching) => ({ caching }));
  const flushes = job.flush.map((flush) => ({ flush }));
  const completions = job.completion.map((completion) => ({ completion }));

  const transfers = combine(combine(places, methods), transfersOf(job));
  const loads = combine(combine(combine(combine(transfers, patterns), blockSizes), queueDepths), threadCounts);
  return combine(combine(combine(loads, cachings), flushes), completions);
}

/**
 * Every point of `profile` in document order: jobs, and within each its targets, method, operation, readPercent
 * (only where mixed), pattern, blockSize, queueDepth, threads, caching, flush, completion.
 */
export function expandPoints({ jobs, targets }: Profile): readonly Point[] {
  return jobs.flatMap((job, jobIndex) => pointsOf(job, jobIndex, targets));
}

/** What begins a case's id: `rand-write/writefile/write/random/4KiB/q8/t1`. */
export function pointId(point: Point): string {
  const { job, method, operation, readPercent, pattern, blockSizeBytes, queueDepth, threads } = point;
  return [
    job.name,
    method,
    `${operation}${readPercent ?? ""}`,
    pattern,
    formatSize(blockSizeBytes),
    `q${queueDepth}`,
    `t${threads}`,
  ].join("/");
}
