// A case's summary -> the cells of the throughput table and of the latency table: what each column shows, as data.

import type { CaseResult, LatencyNs, Rates, Summary } from "../result/result.ts";
import type { LatencyPercentile } from "../shared/metrics.ts";
import { humanNanoseconds } from "../shared/units.ts";
import { printable } from "../shared/printable.ts";
import { DASH, formatFigure, rateUnit } from "./numbers.ts";
import { formatPercent } from "../shared/percent.ts";

/** One line of a table: a case as a whole, or one part of it. */
interface ReportRow {
  /** Null: the whole. */
  readonly part: string | null;
  readonly rates: Rates | null;
  readonly latencyNs: LatencyNs | null;
  /** What belongs to all of what the line stands for, and is not repeated beside its directions. */
  readonly summary: Summary | null;
}

interface Column {
  readonly header: string;
  readonly cell: (row: ReportRow) => string;
  /** The narrower the terminal, the fewer columns: the lowest goes first. */
  readonly priority: number;
}

/** A case, or one of its members, and what the lines of its own parts begin with. */
type RowsOfOne = (summary: Summary | null, name: string | null) => readonly ReportRow[];

const partOf = (name: string | null, part: string): string => (name === null ? part : `${name} ${part}`);

/** The whole, then each direction of mixed I/O. */
const throughputRowsOfOne: RowsOfOne = (summary, name) => {
  const whole: ReportRow = { part: name, rates: summary, latencyNs: summary?.latencyNs ?? null, summary };
  if (summary === null || summary.read === null || summary.write === null) return [whole];
  const direction = (part: "read" | "write", rates: Rates): ReportRow => {
    return { part: partOf(name, part), rates, latencyNs: rates.latencyNs, summary: null };
  };
  return [whole, direction("read", summary.read), direction("write", summary.write)];
};

/** The same, and for mapped methods the first touch of each block: a page fault, not a copy. */
const latencyRowsOfOne: RowsOfOne = (summary, name) => {
  const rows = throughputRowsOfOne(summary, name);
  const firstTouch = summary?.firstTouch ?? null;
  if (firstTouch === null) return rows;
  const { latencyNs } = firstTouch;
  return [...rows, { part: partOf(name, "first touch"), rates: null, latencyNs, summary: null }];
};

/** The lines that a case has in a table, and behind them those of its members where there are several. */
const rowsBy =
  (rowsOfOne: RowsOfOne) =>
  ({ summary, members = [] }: CaseResult): readonly ReportRow[] => [
    ...rowsOfOne(summary, null),
    ...members.flatMap((member) => rowsOfOne(member.summary, printable(member.job))),
  ];

export const latencyRows = rowsBy(latencyRowsOfOne);

const figure = (value: number | null | undefined): string => (value == null ? DASH : formatFigure(value));

/** What belongs to the whole is not repeated beside its directions; a case without any figures has a dash. */
const ofWhole =
  (show: (summary: Summary) => number | null) =>
  ({ part, summary }: ReportRow): string =>
    summary !== null ? figure(show(summary)) : part === null ? DASH : "";

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
      cell: ofWhole(({ cpuNsPerIo }) => cpuNsPerIo && cpuNsPerIo.median / 1000),
      priority: 2,
    },
    {
      header: "QD reached",
      cell: ofWhole(({ effectiveQueueDepth }) => effectiveQueueDepth.median),
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
  { title: "Throughput", columns: throughputColumns(cases, mebibytes), rowsOf: rowsBy(throughputRowsOfOne) },
  { title: "Latency", columns: LATENCY_COLUMNS, rowsOf: latencyRows },
];
