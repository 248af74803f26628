// What rounds measured -> what steady, samples and spread say of them.

import type { Round } from "../../../src/result/result.ts";
import { REFUSED, testRows, type Row } from "./fixture.ts";

/** Rounds of intervals of one second at these rates. */
const course =
  (...rates: readonly number[]) =>
  ({ intervals: [interval] }: Round): Partial<Round> => {
    if (interval === undefined) throw new RangeError("a fixture has intervals");
    const intervals = rates.map((bytes, startSeconds) => ({
      ...interval,
      startSeconds,
      seconds: 1,
      bytes,
      ios: bytes,
    }));
    return { measuredSeconds: rates.length, intervals };
  };

const ROWS: readonly Row[] = [
  ["level", "steady", { round: course(100, 101, 99, 100, 102, 98, 100, 101, 99, 100) }, "pass", /neither drifted/],
  [
    "falling",
    "steady",
    { round: course(100, 98, 96, 94, 92, 90, 88, 86, 84, 82) },
    "warn",
    /fell by 20 %.*2 of 2 rounds.*longer warmup/,
  ],
  ["falling a little", "steady", { round: course(100, 99.5, 99, 98.5, 98, 97.5, 97, 96.5, 96, 95.5) }, "pass", /./],
  [
    "a fast start",
    "steady",
    { round: course(200, 101, 99, 100, 102, 98, 100, 101, 99, 100) },
    "warn",
    /first interval ran at 200 %/,
  ],
  ["too short", "steady", { round: course(200, 100, 100, 100, 100, 100, 100) }, "pass", REFUSED],
  ["enough", "samples", {}, "pass", /./],
  ["too few", "samples", { ios: 400 }, "warn", /^800 writes are too few/],
  [
    "too few of one direction",
    "samples",
    { settings: { operation: "mixed", readPercent: 70 }, ios: 1000 },
    "warn",
    /^600 writes are too few/,
  ],
  ["one round", "spread", { rounds: 1 }, "pass", REFUSED],
  ["alike", "spread", {}, "pass", /./],
  [
    "far apart",
    "spread",
    { round: (round) => ({ total: { ...round.total, iops: 1000 + 500 * round.index } }) },
    "warn",
    /differ by 28 %.*more or longer rounds/,
  ],
];

testRows(ROWS);
