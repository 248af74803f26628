// Names of measured figures, as they stand in a result -> their direction and what kind of number they are.

/** Of latencies, ascending, each with what it means in percent. */
export const LATENCY_PERCENTILES = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, p9999: 99.99 } as const;
export type LatencyPercentile = keyof typeof LATENCY_PERCENTILES;

export const isPercentile = (figure: string): figure is LatencyPercentile => Object.hasOwn(LATENCY_PERCENTILES, figure);

/** Their names. */
export const PERCENTILES: readonly LatencyPercentile[] = Object.keys(LATENCY_PERCENTILES).filter(isPercentile);
const LATENCIES = ["min", "mean", ...PERCENTILES, "max"] as const;
const RATES = ["iops", "bytesPerSecond"] as const;
const FIGURES = [...RATES, ...LATENCIES.map((name) => `latencyNs.${name}` as const)] as const;

export type Figure = (typeof RATES | typeof LATENCIES)[number];

/** Every figure that can be compared or gated: of all I/Os, of one direction of mixed I/O, and the CPU's share. */
export const METRICS = [
  ...FIGURES,
  "cpuNsPerIo",
  ...FIGURES.map((figure) => `read.${figure}` as const),
  ...FIGURES.map((figure) => `write.${figure}` as const),
] as const;
export type Metric = (typeof METRICS)[number];

/** What decides unless something else is asked for. */
export const DEFAULT_GATES: readonly Metric[] = ["iops", "latencyNs.p50", "latencyNs.p99"];

export type MetricKind = "rate" | "bytes" | "nanoseconds";

/** What a metric is made of: where it is looked up, and what its numbers mean. */
export interface MetricParts {
  readonly part: "total" | "read" | "write";
  /** Without `latencyNs.` in front. */
  readonly figure: Figure | "cpuNsPerIo";
  readonly kind: MetricKind;
  /** Latency and CPU time are better when lower, rates when higher. */
  readonly betterWhen: "higher" | "lower";
}

/** Taken apart once: a comparison asks this for every round and figure. */
const PARTS: ReadonlyMap<Metric, MetricParts> = new Map(METRICS.map((metric) => [metric, takenApart(metric)]));

export const metricParts = (metric: Metric): MetricParts => PARTS.get(metric) ?? takenApart(metric);

function takenApart(metric: Metric): MetricParts {
  const [, part = "total"] = /^(read|write)\./.exec(metric) ?? [];
  const name = metric.split(".").at(-1);
  const figure = ([...RATES, ...LATENCIES] as const).find((each) => each === name) ?? "cpuNsPerIo";
  const kind = figure === "iops" ? "rate" : figure === "bytesPerSecond" ? "bytes" : "nanoseconds";
  return {
    part: part === "read" || part === "write" ? part : "total",
    figure,
    kind,
    betterWhen: kind === "nanoseconds" ? "lower" : "higher",
  };
}

export function metricNamed(name: string): Metric | null {
  return METRICS.find((metric) => metric === name) ?? null;
}
