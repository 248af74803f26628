// Profiles made wrong on purpose, one thing each -> the comparison with fio finds that thing.

import { beforeAll, expect, test } from "vitest";
import { describeWith } from "../support/requirements.ts";
import { type Undo, undoAfterAll } from "../support/undo.ts";
import type { Combination } from "./combination.ts";
import { importOf, told } from "./compare.ts";
import { type Difference, type DifferenceKind, differencesOf } from "./differences.ts";
import { fioLoads } from "./fio-loads.ts";
import type { Loads } from "./load.ts";
import { ownLoads } from "./own-loads.ts";
import { reasonFor } from "./reasons.ts";

const PATIENCE_MS = 180_000;

const jobFile = (...lines: readonly string[]): Combination => ({
  file: ["[one]", "filename=disk.dat", "size=256k", "bs=1k", ...lines].join("\n"),
  words: [],
  fileNames: ["disk.dat"],
  isTimed: false,
});

// Enough I/Os to tell 95 % from 90.
const SHARE = jobFile("rw=randrw", "rwmixread=90", "direct=1", "size=1m");
const RANDOM = jobFile("rw=randrw", "rwmixread=90", "direct=1", "sync=dsync", "ioengine=libaio", "iodepth=4");
const SEQUENTIAL = jobFile("rw=write", "ioengine=psync", "fdatasync=16");

type Job = Readonly<Record<string, unknown>>;

/** What a wrong import would say of the job, and what then differs. */
const WRONG: readonly (readonly [DifferenceKind, Job, Combination])[] = [
  ["share", { readPercent: 95 }, SHARE],
  ["operation", { operation: "read", readPercent: undefined }, RANDOM],
  ["pattern", { pattern: "sequential" }, RANDOM],
  ["lengths", { blockSize: "2KiB" }, RANDOM],
  ["lengths", { blockSize: "512B" }, RANDOM],
  ["amount", { bytes: "255KiB" }, RANDOM],
  ["flags", { caching: "buffered" }, RANDOM],
  ["flags", { writeThrough: false }, RANDOM],
  ["depth", { queueDepth: 8 }, RANDOM],
  ["threads", { threads: 2 }, RANDOM],
  ["flushes", { flush: "every 8" }, RANDOM],
  ["offsets", { pattern: "random" }, SEQUENTIAL],
  ["amount", { bytes: "128KiB" }, SEQUENTIAL],
  ["flags", { writeThrough: true }, SEQUENTIAL],
  ["flushes", { flush: "every 32" }, SEQUENTIAL],
];

/** What fio does, and what the profile does with each change of its job, in one run. */
async function runs(undo: Undo, combination: Combination): Promise<{ readonly fio: Loads; readonly own: Loads }> {
  const { document } = importOf(combination);
  const [right = {}] = document.jobs;
  const wrong = WRONG.filter(([, , each]) => each === combination).map(([, change]) => ({ ...right, ...change }));
  const jobs = [right, ...wrong].map((job, index) => ({ ...job, name: String(index) }));
  const fio = await fioLoads(undo, combination);
  return { fio, own: await ownLoads(undo, { ...document, jobs }, fio.fileSizeBytes) };
}

const NOTHING: Loads = { loads: [], fileSizeBytes: 0, fileNames: [] };

describeWith(["root", "fio", "strace", "nbdkit", "nbdfuse", "/dev/fuse"], "a comparison with fio", () => {
  const undo = undoAfterAll();
  const seen = new Map<Combination, { readonly fio: Loads; readonly own: Loads }>();

  /** In what the job at `index` of `runs` differs. */
  const differences = (combination: Combination, index: number): readonly Difference[] => {
    const { fio, own } = seen.get(combination) ?? { fio: NOTHING, own: NOTHING };
    const loads = own.loads.slice(index, index + 1).map((load) => ({ ...load, name: "one" }));
    return differencesOf(fio, { ...own, loads }, false);
  };

  beforeAll(async () => {
    for (const combination of [SHARE, RANDOM, SEQUENTIAL]) seen.set(combination, await runs(undo, combination));
  }, PATIENCE_MS);

  test.each([SHARE, RANDOM, SEQUENTIAL])("finds nothing in what is right", (combination) => {
    expect(differences(combination, 0).map(told)).toEqual([]);
  });

  test.each(WRONG)("finds a wrong %s where a job has %o", (kind, change, combination) => {
    const index = WRONG.filter(([, , each]) => each === combination).findIndex(([, other]) => other === change);
    const found = differences(combination, index + 1);
    expect(found.map((each) => each.kind)).toContain(kind);
    const { notes } = importOf(combination);
    expect(found.filter((each) => each.kind === kind && reasonFor(each, notes) !== null)).toEqual([]);
  });

  test("finds another alignment", async () => {
    const fio = await fioLoads(undo, jobFile("rw=randread", "direct=1", "ba=512"));
    const own = await ownLoads(undo, importOf(jobFile("rw=randread", "direct=1")).document, fio.fileSizeBytes);
    expect(differencesOf(fio, own, false).map(({ kind }) => kind)).toEqual(["alignment"]);
  });

  test.each(["1MiB", "256KiB"])("finds a target of %s beside one of 512 KiB", async (size) => {
    const combination = jobFile("rw=randread", "direct=1", "size=512k");
    const { document } = importOf(combination);
    const fio = await fioLoads(undo, combination);
    const own = await ownLoads(undo, { ...document, target: { path: "disk.dat", size } }, 2 ** 20);
    const kinds = differencesOf(fio, own, false).map(({ kind }) => kind);
    expect(kinds).toContain("file-size");
    expect(kinds).toContain("region");
  });

  test("takes a note for a reason only if it is about that option and that job", () => {
    const difference = { kind: "alignment", job: "one", fio: "4096", own: "8192" } as const;
    const note = { code: "block-align", found: "ba=4k", jobs: ["one"], instead: null } as const;
    expect(reasonFor(difference, [note])).toBe(note);
    expect(reasonFor(difference, [{ ...note, jobs: ["two"] }])).toBe(null);
    expect(reasonFor(difference, [{ ...note, code: "block-mix" }])).toBe(null);
    expect(reasonFor(difference, [{ ...note, found: "bs=4k" }])).toBe(null);
    expect(reasonFor({ ...difference, kind: "lengths" }, [note])).toBe(null);
  });
});
