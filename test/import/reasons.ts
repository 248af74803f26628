// A difference between fio and an imported profile, and the import's notes -> the note that tells of it, or none.

import type { ImportNote, NoteCode } from "../../src/profile/import/import-notes.ts";
import type { Difference, DifferenceKind } from "./differences.ts";

/** A note that tells of a difference: its code, and the option that it has to be about. */
type Reason = readonly [code: NoteCode, option: RegExp];

const MIX: Reason = ["block-mix", /^(bs|blocksize|bssplit|bs_split)=/];
const RANGE: Reason = ["block-range", /^(bsrange|blocksize_range)=/];
const UNIT: Reason = ["block-unit", /^(bs|blocksize|bsrange|bssplit)=/];
const OFFSET: Reason = ["offset", /^(offset|offset_increment)=/];
const ZONES: Reason = ["zones", /^(zonemode|zonesize|zoneskip)=/];
const RUNS: Reason = ["runs", /^(rw|readwrite)=\w+:/];
const FILES: Reason = ["files", /^(filename=.*:|nrfiles=)/];
const OTHER_TARGET: Reason = ["other-target", /./];
const WHOLE: Reason = ["whole-target", /^no runtime, no size$/];
const TWO_OFFSETS: Reason = ["two-offsets", /^(rw|readwrite)=/];
const EXIT: Reason = ["exit-all", /^exitall/];
const ALIGNMENT: Reason = ["block-align", /^(ba|blockalign)=/];
const PARTLY: Reason = ["partly-random", /^percentage_random=/];
const DISTRIBUTION: Reason = ["distribution", /^random_distribution=/];
const BEYOND_END: Reason = ["beyond-end", /^random_distribution=/];

/** By difference, the notes that are about it. Any other note says nothing of it. */
const REASONS: Readonly<Record<DifferenceKind, readonly Reason[]>> = {
  // fio says nothing of a job that has done nothing.
  jobs: [BEYOND_END],
  operation: [],
  pattern: [],
  lengths: [MIX, RANGE, UNIT],
  amount: [
    MIX,
    RANGE,
    UNIT,
    WHOLE,
    FILES,
    ZONES,
    RUNS,
    OFFSET,
    EXIT,
    BEYOND_END,
    ["loops", /^loops=/],
    ["counted-passes", /^loops=/],
    ["whole-rounds", /^loops=/],
    ["coarse-map", /^(bs|blocksize|bsrange|bssplit)=/],
    ["joined", /^ioengine=vsync$/],
    ["percent", /^(size|filesize)=\d+%$/],
  ],
  share: [],
  offsets: [EXIT, OFFSET, ZONES, RUNS, FILES, TWO_OFFSETS, ["same-offset", /^numjobs=/], ["own-files", /^numjobs=/]],
  region: [EXIT, OFFSET, ZONES, FILES, OTHER_TARGET, RUNS, DISTRIBUTION],
  alignment: [ALIGNMENT],
  evenness: [EXIT, DISTRIBUTION, PARTLY, RUNS, OFFSET, ZONES, FILES, OTHER_TARGET],
  flags: [
    ["near-sync", /^sync(=|$)/],
    ["mapped-caching", /^(direct|buffered|sync)(=|$)/],
  ],
  flushes: [
    ["two-flushes", /^(fsync|fdatasync|end_fsync|fsync_on_close)=/],
    EXIT,
    ["queued-flush", /^(fsync|fdatasync)=/],
    ["mixed-flush", /^(fsync|fdatasync|end_fsync|fsync_on_close)(=|$)/],
    ["pass-flush", /^(end_fsync|fsync_on_close)(=|$)/],
    ["counted-passes", /^loops=/],
    BEYOND_END,
    FILES,
  ],
  threads: [EXIT, BEYOND_END, ["limit", /^numjobs=/]],
  depth: [["joined", /^ioengine=vsync$/]],
  files: [EXIT, FILES, ["own-files", /^numjobs=/]],
  "file-size": [EXIT, OFFSET, OTHER_TARGET, FILES, BEYOND_END],
  "file-name": [FILES],
  seconds: [BEYOND_END],
};

/** The note that names the option to which the difference is due. Null: nothing says so. */
export function reasonFor({ kind, job }: Difference, notes: readonly ImportNote[]): ImportNote | null {
  // A job with exitall ends the others.
  const about = notes.filter(
    ({ code, jobs }) => code === "exit-all" || job === "" || jobs.length === 0 || jobs.includes(job),
  );
  return (
    about.find(({ code, found }) => {
      const written = found.replace(/^--?/, "");
      return REASONS[kind].some(([which, option]) => which === code && option.test(written));
    }) ?? null
  );
}
