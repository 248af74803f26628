// Words of fio's command line -> its own figures: the reference that is asked in the same place.

import { execFileSync } from "node:child_process";

interface Latency {
  readonly mean: number;
  readonly percentile?: Readonly<Record<string, number>>;
}

interface Direction {
  readonly iops: number;
  /** The whole of an I/O, submission included; `clat` leaves that out. */
  readonly lat_ns: Latency;
}

interface FioReport {
  readonly jobs: readonly { readonly error: number; readonly read: Direction; readonly write: Direction }[];
}

export interface FioFigures {
  readonly iops: number;
  readonly meanNs: number;
  readonly p50Ns: number;
}

export interface FioOptions {
  readonly path: string;
  readonly seconds: number;
  readonly warmupSeconds: number;
}

/** 4 KiB random reads, one pread at a time, unbuffered, blocks drawn with replacement. */
export function fioReads({ path, seconds, warmupSeconds }: FioOptions): FioFigures {
  const words = {
    name: "reference",
    filename: path,
    rw: "randread",
    bs: "4k",
    ioengine: "psync",
    direct: 1,
    norandommap: 1,
    allow_file_create: 0,
    lat_percentiles: 1,
    time_based: 1,
    runtime: seconds,
    ramp_time: `${warmupSeconds * 1000}ms`,
    "output-format": "json",
  };
  const output = execFileSync(
    "fio",
    Object.entries(words).map(([name, value]) => `--${name}=${value}`),
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  // Some versions print notes before the document.
  const [job] = (JSON.parse(output.slice(output.indexOf("{"))) as FioReport).jobs;
  if (job === undefined || job.error !== 0) throw new Error(`fio failed:\n${output}`);
  const { iops, lat_ns: latency } = job.read;
  return { iops, meanNs: latency.mean, p50Ns: latency.percentile?.["50.000000"] ?? Number.NaN };
}
