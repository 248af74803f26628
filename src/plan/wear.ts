// Cases and targets -> how much a run will write and how long it will take.

import { touchesTarget } from "../shared/methods.ts";
import { humanBytes, humanSeconds } from "../shared/units.ts";
import type { Case, Plan, PlannedTarget } from "./plan.ts";
import { writes } from "../shared/operations.ts";

/** Between rounds: starting workers, opening, settling, saving. */
const OVERHEAD_SECONDS_PER_ROUND = 0.3;
/** A guess that holds for most SSDs within a factor of a few; nothing is measured before the run. */
const ASSUMED_FILL_BYTES_PER_SECOND = 500e6;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const isWritten = ({ settings }: Case): boolean => touchesTarget(settings.backend) && writes(settings.operation);

/** Bytes that one round of a writing case writes; null when its duration alone ends it. */
function writtenPerRound({ ios, settings }: Case): number | null {
  if (ios === null) return null;
  return Math.ceil((ios * (100 - (settings.readPercent ?? 0))) / 100) * settings.blockSizeBytes;
}

export function planWear(cases: readonly Case[], targets: readonly PlannedTarget[], rounds: number): Plan["wear"] {
  const written = cases.filter(isWritten).map(writtenPerRound);
  const bounded = written.filter((bytes) => bytes !== null);
  return {
    fillBytes: sum(targets.map((target) => target.fillBytes)),
    writtenBytes: bounded.length === written.length ? sum(bounded) * rounds : null,
  };
}

export function estimateSeconds(cases: readonly Case[], fillBytes: number, rounds: number): number {
  const perRound = cases.map(
    ({ settings }) => settings.warmupSeconds + settings.durationSeconds + OVERHEAD_SECONDS_PER_ROUND,
  );
  return sum(perRound) * rounds + fillBytes / ASSUMED_FILL_BYTES_PER_SECOND;
}

/** One sentence without its full stop: what the run will write, as far as that is known before it. */
export function describeWear(wear: Plan["wear"], cases: readonly Case[], rounds: number): string {
  const writers = cases.filter(isWritten);
  if (wear.fillBytes === 0 && writers.length === 0) return "Writes nothing";
  const fill = wear.fillBytes === 0 ? [] : [`up to ${humanBytes(wear.fillBytes)} to fill targets`];
  return `Writes ${[...fill, ...describeTimedWrites(wear.writtenBytes, writers, rounds)].join(", and ")}`;
}

function describeTimedWrites(writtenBytes: number | null, writers: readonly Case[], rounds: number): readonly string[] {
  if (writers.length === 0) return [];
  const warmup = sum(writers.map(({ settings }) => settings.warmupSeconds)) * rounds;
  if (writtenBytes === null) {
    const seconds = sum(writers.map(({ settings }) => settings.durationSeconds)) * rounds + warmup;
    return [`for up to ${humanSeconds(seconds)} as fast as the target takes it`];
  }
  const warmupText = warmup === 0 ? "" : ` besides warm-ups of ${humanSeconds(warmup)}`;
  return [`up to ${humanBytes(writtenBytes)} in timed rounds${warmupText}`];
}
