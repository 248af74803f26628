// A round of a result -> the value of one metric in it.

import type { Round, Transfers } from "../result/result.ts";
import { metricParts, type Figure, type Metric } from "../shared/metrics.ts";

const figureOf = (transfers: Transfers, figure: Figure): number | null =>
  figure === "iops" || figure === "bytesPerSecond" ? transfers[figure] : transfers.latencyNs[figure];

/** Null: not part of the round, or too few I/Os for that percentile. */
export function roundFigure(round: Round, metric: Metric): number | null {
  const { part, figure } = metricParts(metric);
  if (figure === "cpuNsPerIo") {
    const { userSeconds, systemSeconds } = round.cpu;
    return round.total.ios === 0 ? null : ((userSeconds + systemSeconds) * 1e9) / round.total.ios;
  }
  const transfers = round[part];
  return transfers === null ? null : figureOf(transfers, figure);
}

/** I/Os per second of the part of a round that a metric is about; null: that part is not in it. */
export function roundRate(round: Round, metric: Metric): number | null {
  return round[metricParts(metric).part]?.iops ?? null;
}
