// A case's rounds -> its charts: latency by percentile, how latencies are spread, and I/Os per second over time.

import type { CaseResult, Round, Transfers } from "../result/result.ts";
import { soundRounds } from "../result/sound-rounds.ts";
import { samplesOf } from "../result/stored-histogram.ts";
import { bucketMiddleNs } from "../samples/histogram.ts";
import { mergeLatency } from "../samples/merge.ts";
import type { LatencySamples } from "../samples/samples.ts";
import { latencyAxis, linearAxis, percentileAxis } from "./axes.ts";
import type { Chart, ChartLine } from "./chart.ts";
import { formatPercent } from "../shared/percent.ts";

interface NamedSamples {
  readonly name: string;
  readonly samples: LatencySamples;
}

function pooled(rounds: readonly Round[], part: "total" | "read" | "write"): LatencySamples | null {
  const parts = rounds.map((round) => round[part]).filter((transfers): transfers is Transfers => transfers !== null);
  const samples = mergeLatency(parts.map(samplesOf));
  return samples.count === 0 ? null : samples;
}

/** All I/Os; reads and writes apart where there are both. */
function distributions(rounds: readonly Round[]): readonly NamedSamples[] {
  const isMixed = rounds.some(({ read, write }) => read !== null && write !== null);
  const parts = isMixed ? (["read", "write"] as const) : (["total"] as const);
  return parts.flatMap((name) => {
    const samples = pooled(rounds, name);
    return samples === null ? [] : [{ name: name === "total" ? "all I/Os" : `${name}s`, samples }];
  });
}

/** Series can be longer than a call may have arguments. */
const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
const smallest = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Infinity);

const extremes = (all: readonly NamedSamples[]): readonly [leastNs: number, mostNs: number] => [
  smallest(all.map(({ samples }) => samples.minNs ?? 1)),
  largest(all.map(({ samples }) => samples.maxNs ?? 1)),
];

/** The highest percentile that enough I/Os stand behind, as for the percentiles of a result. */
const highestPercent = (count: number): number => Math.max(100 * (1 - 10 / count), 0);

/** Finer than this nobody sees. */
const STEPS_PER_NINE = 60;

function percentilePoints({ count, buckets }: LatencySamples): ChartLine["points"] {
  const points: [number, number][] = [];
  const highest = highestPercent(count);
  let passed = 0;
  let last = -1;
  for (const [lowNs, inBucket] of buckets) {
    passed += inBucket;
    const percent = Math.min((100 * passed) / count, highest);
    const step = Math.floor(-Math.log10(1 - percent / 100) * STEPS_PER_NINE);
    if (step > last) points.push([percent, bucketMiddleNs(lowNs)]);
    last = Math.max(step, last);
    if (percent === highest) break;
  }
  return points;
}

function percentileChart(all: readonly NamedSamples[]): Chart {
  const lines = all.map(({ name, samples }) => ({ name, points: percentilePoints(samples) }));
  const latencies = lines.flatMap(({ points }) => points.map(([, latencyNs]) => latencyNs));
  const highest = largest(all.map(({ samples }) => highestPercent(samples.count)));
  return {
    title: "Latency by percentile",
    x: percentileAxis("percentile", highest),
    y: latencyAxis("latency", smallest(latencies), largest(latencies)),
    lines,
  };
}

const MOST_BARS = 80;

/** Shares of I/Os in bars of equal width on the logarithmic axis; a bar is two points at its height. */
function barPoints({ count, buckets }: LatencySamples, leastNs: number, mostNs: number): ChartLine["points"] {
  const width = Math.log(Math.max(mostNs / leastNs, 2)) / MOST_BARS;
  const bars = Array.from({ length: MOST_BARS }, () => 0);
  for (const [lowNs, inBucket] of buckets) {
    const bar = Math.floor(Math.log(Math.max(bucketMiddleNs(lowNs), leastNs) / leastNs) / width);
    const place = Math.min(bar, MOST_BARS - 1);
    bars[place] = (bars[place] ?? 0) + inBucket / count;
  }
  const edge = (bar: number): number => leastNs * Math.exp(bar * width);
  return bars.flatMap((share, bar): [number, number][] => [
    [edge(bar), share],
    [edge(bar + 1), share],
  ]);
}

function spreadChart(all: readonly NamedSamples[]): Chart {
  const [least, mostNs] = extremes(all);
  const leastNs = Math.max(least, 1);
  const lines = all.map(({ name, samples }) => ({
    name,
    points: barPoints(samples, leastNs, mostNs),
    filled: true as const,
  }));
  const highest = largest(lines.flatMap(({ points }) => points.map(([, share]) => share)));
  return {
    title: "Share of I/Os by latency",
    x: latencyAxis("latency", leastNs, mostNs),
    y: linearAxis("share", highest, formatPercent),
    lines,
  };
}

const MOST_TIME_POINTS = 300;

/** Rates in the middle of each interval; neighbours together where there are more than can be told apart. */
function timePoints(intervals: Round["intervals"]): ChartLine["points"] {
  const size = Math.ceil(intervals.length / MOST_TIME_POINTS);
  const groups = Array.from({ length: Math.ceil(intervals.length / size) }, (_, group) =>
    intervals.slice(group * size, (group + 1) * size),
  );
  return groups.map((group) => {
    const seconds = group.reduce((sum, each) => sum + each.seconds, 0);
    const ios = group.reduce((sum, each) => sum + each.ios, 0);
    return [(group[0]?.startSeconds ?? 0) + seconds / 2, seconds > 0 ? ios / seconds : 0];
  });
}

/** One line per round; a round of a single interval is no series. */
function timeChart(rounds: readonly Round[]): Chart | null {
  const lines = rounds
    .filter(({ intervals }) => intervals.length > 1)
    .map(({ index, intervals }) => ({
      name: `round ${index + 1}`,
      points: timePoints(intervals),
    }));
  if (lines.length === 0) return null;
  const points = lines.flatMap((line) => line.points);
  return {
    title: "I/Os per second by round",
    x: linearAxis("seconds", largest(points.map(([seconds]) => seconds)), (seconds) =>
      String(Number(seconds.toFixed(3))),
    ),
    y: linearAxis("IOPS", largest(points.map(([, rate]) => rate))),
    lines,
  };
}

/** None for a case in which no I/O was measured. */
export function caseCharts({ rounds }: CaseResult): readonly Chart[] {
  const all = distributions(soundRounds(rounds));
  const time = timeChart(rounds);
  return [...(all.length === 0 ? [] : [percentileChart(all), spreadChart(all)]), ...(time === null ? [] : [time])];
}
