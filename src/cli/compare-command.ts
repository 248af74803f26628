// `diskbench compare`: stored results of two sides -> a verdict.

import { compareResults } from "../compare/compare.ts";
import { comparePairs } from "../compare/pairs.ts";
import type { Comparison } from "../compare/comparison.ts";
import { noiseWarnings, readNoiseFloor } from "../compare/noise-floor.ts";
import { statedTolerances } from "../compare/stated-tolerances.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { compareOptions, type JudgeFlags } from "./compare-flags.ts";
import { exitCodeOfComparison } from "./exit-codes.ts";
import type { OutputFlags } from "./flags.ts";
import { Output } from "./output.ts";
import { readResults, readSide, requireOneInput } from "./result-files.ts";
import { showVerdict } from "./verdict.ts";

export interface CompareFlags extends OutputFlags, JudgeFlags {
  /** Result of `ab --aa`. */
  readonly noiseFloor?: string;
  readonly strict?: true;
}

function compareFiles(baselinePath: string, candidatePath: string, flags: CompareFlags): Comparison {
  const strict = flags.strict === true;
  const baseline = readSide(baselinePath, { strict });
  const candidate = readSide(candidatePath, { strict });
  return compareResults(baseline, candidate, compareOptions(flags, statedTolerances(baseline.results)));
}

/** The result of `ab` holds both sides. */
function compareOneFile(path: string, flags: CompareFlags): Comparison {
  const [read, ...others] = readResults([path], { strict: flags.strict === true });
  const comparison =
    read === undefined || others.length > 0
      ? null
      : comparePairs(read.result, [read.path], compareOptions(flags, statedTolerances([read.result])));
  if (comparison !== null) return comparison;
  throw new DiskbenchError({
    code: "BAD_USAGE",
    where: path,
    what: "This result has one side only, and there is nothing to compare it with",
    next: "Give a baseline and a candidate, or the result of `diskbench ab`",
  });
}

function withNoise(comparison: Comparison, path: string | undefined): Comparison {
  if (path === undefined) return comparison;
  const floor = readNoiseFloor(readResults([path]).map(({ result }) => result));
  if (floor === null) {
    throw new DiskbenchError({
      code: "BAD_USAGE",
      where: `--noise-floor ${path}`,
      what: "This is no result of `diskbench ab --aa`",
    });
  }
  return { ...comparison, warnings: [...noiseWarnings(comparison, floor), ...comparison.warnings] };
}

export async function compare(baseline: string, candidate: string | undefined, flags: CompareFlags): Promise<void> {
  const output = await Output.of("comparison", flags);
  const named = [baseline, candidate, flags.noiseFloor];
  requireOneInput(named);
  output.requirePlaces(
    named.filter((path) => path !== undefined),
    "one of the results",
  );
  const comparison =
    candidate === undefined ? compareOneFile(baseline, flags) : compareFiles(baseline, candidate, flags);
  const whole = withNoise(comparison, flags.noiseFloor);
  await showVerdict(output, whole);
  process.exitCode = exitCodeOfComparison(whole, flags.strict === true);
}
