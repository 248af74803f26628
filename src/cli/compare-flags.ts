// What `compare`, `ab` and `trend` are told about gates, tolerances and differences -> checked values.

import { type Failure, throwFailures } from "../shared/errors.ts";
import { BLOCKING_DIFFERENCES, SEPARATING_DIFFERENCES, type SeparatingDifference } from "../compare/comparison.ts";
import type { CompareOptions } from "../compare/compare.ts";
import type { Tolerance } from "../profile/gates.ts";
import { nearestName } from "../profile/nearest-name.ts";
import { type Metric, METRICS, metricNamed } from "../shared/metrics.ts";
import { parsePercent, PERCENT_FORMS } from "../shared/percent.ts";

export interface JudgeFlags {
  readonly gate?: readonly string[];
  readonly tolerance?: readonly string[];
  readonly allowDifference?: readonly string[];
}

const refusal = (where: string, what: string, next?: string): Failure => ({
  code: "BAD_USAGE",
  where,
  what,
  ...(next === undefined ? {} : { next }),
});

function unknownMetric(where: string, name: string): Failure {
  const nearest = nearestName(name, METRICS);
  const allowed = METRICS.filter((metric) => !/^(?:read|write)\./.test(metric)).join(", ");
  return refusal(
    where,
    `found ${JSON.stringify(name)}, which is no metric${nearest === null ? "" : `; the nearest one is ${nearest}`}`,
    `Allowed: ${allowed}; the same after read. or write.`,
  );
}

/** Metrics that `flag` names, also several in one with commas between. */
function metricsOf(flag: "--gate" | "--metric", texts: readonly string[], failures: Failure[]): readonly Metric[] {
  const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  const metrics = names.flatMap((name) => {
    const metric = metricNamed(name);
    if (metric === null) failures.push(unknownMetric(`${flag} ${name}`, name));
    return metric === null ? [] : [metric];
  });
  return [...new Set(metrics)];
}

/** `3%` for everything, `latencyNs.p99=10%` for one metric. */
function tolerancesOf(texts: readonly string[], failures: Failure[]): readonly Tolerance[] {
  return texts.flatMap((text): readonly Tolerance[] => {
    const where = `--tolerance ${text}`;
    const equals = text.indexOf("=");
    const name = equals === -1 ? null : text.slice(0, equals).trim();
    const metric = name === null ? null : metricNamed(name);
    const tolerance = parsePercent(text.slice(equals + 1));
    if (name !== null && metric === null) failures.push(unknownMetric(where, name));
    if (tolerance === null) failures.push(refusal(where, `allowed: ${PERCENT_FORMS}, or <metric>=<percentage>`));
    return tolerance === null ? [] : [{ metric, case: null, tolerance }];
  });
}

function allowedOf<Name extends string>(
  names: readonly Name[],
  texts: readonly string[],
  failures: Failure[],
): readonly Name[] {
  return texts.flatMap((text) => {
    const known = names.find((what) => what === text);
    if (known === undefined) {
      failures.push(refusal(`--allow-difference ${text}`, `allowed: ${names.join(", ")}`));
    }
    return known === undefined ? [] : [known];
  });
}

/** `stated` are the tolerances of the profile; the flags beat them. Throws BAD_USAGE with everything that is wrong. */
export function compareOptions(flags: JudgeFlags, stated: readonly Tolerance[]): CompareOptions {
  const failures: Failure[] = [];
  const options: CompareOptions = {
    gates: metricsOf("--gate", flags.gate ?? [], failures),
    tolerances: [tolerancesOf(flags.tolerance ?? [], failures), stated],
    allowed: allowedOf(BLOCKING_DIFFERENCES, flags.allowDifference ?? [], failures),
  };
  throwFailures(failures);
  return options;
}

export interface TrendChoiceFlags {
  readonly metric?: readonly string[];
  readonly allowDifference?: readonly string[];
}

/** No metrics: none are named. Throws BAD_USAGE with everything that is wrong. */
export function trendOptions(flags: TrendChoiceFlags): {
  readonly metrics: readonly Metric[];
  readonly allowed: readonly SeparatingDifference[];
} {
  const failures: Failure[] = [];
  const options = {
    metrics: metricsOf("--metric", flags.metric ?? [], failures),
    allowed: allowedOf(SEPARATING_DIFFERENCES, flags.allowDifference ?? [], failures),
  };
  throwFailures(failures);
  return options;
}
