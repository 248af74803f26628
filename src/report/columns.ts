// A case's summary -> the cells of the throughput table and of the latency table: what each column shows, as data.

import type { CaseResult, LatencyNs, Rates } from "../result/result.ts";
import type { LatencyPercentile } from "../shared/metrics.ts";
import { humanNanoseconds } from "../shared/units.ts";
import { DASH, formatFigure, rateUnit } from "./numbers.ts";
import { formatPercent } from "../shared/percent.ts";

/** One line of a table: a case as a whole, or one part of it. */
interface ReportRow {
  readonly part: "whole" | "read" | "write" | "first touch";
  readonly rates: Rates | null;
  readonly latencyNs: LatencyNs | null;
  readonly case: CaseResult;
}

interface Column {
  readonly header: string;
  readonly cell: (row: ReportRow) => string;
  /** The narrower the terminal, the fewer columns: the lowest goes first. */
  readonly priority: number;
}

/** The lines that a case has in a table: the whole, then each direction of mixed I/O. */
function throughputRows(each: CaseResult): readonly ReportRow[] {
  const { summary } = each;
  const whole: ReportRow = { part: "whole", rates: summary, latencyNs: summary?.latencyNs ?? null, case: each };
  if (summary === null || summary.read === null || summary.write === null) return [whole];
  const partOf = (part: "read" | "write", rates: Rates): ReportRow => {
    return { part, rates, latencyNs: rates.latencyNs, case: each };
  };
  return [whole, partOf("read", summary.read), partOf("write", summary.write)];
}

/** The same, and for mapped methods the first touch of each block: a page fault, not a copy. */
export function latencyRows(each: CaseResult): readonly ReportRow[] {
  const firstTouch = each.summary?.firstTouch ?? null;
  if (firstTouch === null) return throughputRows(each);
  return [...throughputRows(each), { part: "first touch", rates: null, latencyNs: firstTouch.latencyNs, case: each }];
}

const figure = (value: number | null | undefined): string => (value == null ? DASH : formatFigure(value));

/** What belongs to the case alone is not repeated beside its parts. */
const ofWhole =
  (show: (each: CaseResult) => string) =>
  (row: ReportRow): string =>
    row.part === "whole" ? show(row.case) : "";

/** Rates are medians over rounds; the spread stands beside them where there are several. */
function throughputColumns(cases: readonly CaseResult[], mebibytes: boolean): readonly Column[] {
  const unit = rateUnit(mebibytes);
  const severalRounds = cases.some(({ rounds }) => rounds.length > 1);
  const spread: Column = {
    header: "±",
    cell: ({ rates }) => (rates?.iops.cv == null ? DASH : formatPercent(rates.iops.cv)),
    priority: 1,
  };
  return [
    {
      header: unit.name,
      cell: ({ rates }) => figure(rates && rates.bytesPerSecond.median / unit.bytes),
      priority: 5,
    },
    { header: "IOPS", cell: ({ rates }) => figure(rates?.iops.median), priority: 4 },
    ...(severalRounds ? [spread] : []),
    {
      header: "CPU us/IO",
      cell: ofWhole(({ summary }) => figure(summary?.cpuNsPerIo && summary.cpuNsPerIo.median / 1000)),
      priority: 2,
    },
    {
      header: "QD reached",
      cell: ofWhole(({ summary }) => figure(summary?.effectiveQueueDepth.median)),
      priority: 3,
    },
  ];
}

const latencyColumn = (header: string, name: "mean" | "max" | LatencyPercentile, priority: number): Column => ({
  header,
  cell: ({ latencyNs }) => (latencyNs?.[name] == null ? DASH : humanNanoseconds(latencyNs[name])),
  priority,
});

/** Latencies are pooled over all I/Os of all rounds. */
export const LATENCY_COLUMNS: readonly Column[] = [
  latencyColumn("mean", "mean", 3),
  latencyColumn("p50", "p50", 6),
  latencyColumn("p90", "p90", 2),
  latencyColumn("p99", "p99", 5),
  latencyColumn("p99.9", "p999", 1),
  latencyColumn("max", "max", 4),
];

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rowsOf: (each: CaseResult) => readonly ReportRow[];
}

/** In the order in which they are read. */
export const reportTables = (cases: readonly CaseResult[], mebibytes: boolean): readonly ReportTable[] => [
  { title: "Throughput", columns: throughputColumns(cases, mebibytes), rowsOf: throughputRows },
  { title: "Latency", columns: LATENCY_COLUMNS, rowsOf: latencyRows },
];
