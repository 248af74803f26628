// Target specs and what stands in their places -> what is done to them, or why not.

import { describe, expect, it } from "vitest";
import { existing, failuresFor, GIBIBYTE, MEBIBYTE, planFor, type Surroundings, WINDOWS } from "./fixture.ts";

const WRITE = { jobs: [{ name: "j", operation: "write" }] };
const READ = { jobs: [{ name: "j", operation: "read" }] };
const DEVICE = existing(4 * GIBIBYTE, { kind: "block-device", kindText: "a block device" });

const targetOf = (document: object, surroundings: Surroundings = {}) => planFor(document, surroundings).targets[0];
const codesFor = (document: object, surroundings: Surroundings = {}) =>
  failuresFor(document, surroundings).map(({ code }) => code);

describe("planned targets", () => {
  it("make a file of 1 GiB and fill it when nothing is said and nothing is there", () => {
    expect(targetOf(WRITE)).toMatchObject({
      kind: "file",
      sizeBytes: GIBIBYTE,
      fill: "random",
      preallocate: "fill",
      fillBytes: GIBIBYTE,
      written: true,
    });
  });

  it("fill a file of diskbench's own also when it is only read", () => {
    expect(targetOf(READ)).toMatchObject({ written: false, fillBytes: GIBIBYTE });
  });

  it("give diskbench's own file the size that is asked for, whatever it has", () => {
    const own = { existing: existing(MEBIBYTE), ours: true };
    expect(targetOf(WRITE, { facts: [own] })).toMatchObject({ kind: "file", sizeBytes: GIBIBYTE });
  });

  it("use a whole device or a part of it, never filling it", () => {
    const facts = [{ existing: DEVICE }];
    expect(targetOf(WRITE, { facts })).toMatchObject({ kind: "device", sizeBytes: 4 * GIBIBYTE, fillBytes: 0 });
    expect(targetOf({ ...WRITE, target: { path: "a", size: "1GiB" } }, { facts })).toMatchObject({
      sizeBytes: GIBIBYTE,
      preallocate: "none",
      fill: "none",
    });
  });

  it("read somebody else's file as it is, without being forced to", () => {
    expect(targetOf(READ, { facts: [{ existing: existing(3 * MEBIBYTE) }] })).toMatchObject({
      kind: "existing-file",
      sizeBytes: 3 * MEBIBYTE,
      written: false,
      fillBytes: 0,
      preallocate: "none",
    });
  });

  it("fill and overwrite somebody else's file within its size, when forced", () => {
    const surroundings = { facts: [{ existing: existing(3 * MEBIBYTE) }], options: { force: true } };
    expect(targetOf(WRITE, surroundings)).toMatchObject({ kind: "existing-file", fillBytes: 3 * MEBIBYTE });
    const asItIs = { ...WRITE, target: { path: "a", preallocate: "none", fill: "none" } };
    expect(targetOf(asItIs, surroundings)).toMatchObject({ fillBytes: 0, preallocate: "none", fill: "none" });
  });

  it("leave a target alone that only null and simulated are pointed at", () => {
    const document = { jobs: [{ name: "j", method: ["null", "simulated"], operation: "write" }] };
    expect(targetOf(document, { facts: [{ freeBytes: 0 }] })).toMatchObject({
      fillBytes: 0,
      preallocate: "none",
      written: false,
    });
    expect(targetOf(document, { facts: [{ existing: existing(MEBIBYTE, { sizeBytes: GIBIBYTE }) }] })?.written).toBe(
      false,
    );
  });

  it("do not write the fill that preallocate does not ask for", () => {
    expect(targetOf({ ...WRITE, target: { path: "a", preallocate: "extend" } })).toMatchObject({
      preallocate: "extend",
      fill: "none",
      fillBytes: 0,
    });
  });
});

describe("targets that cannot be used", () => {
  it("somebody else's file is not overwritten without --force", () => {
    const failures = failuresFor(WRITE, { facts: [{ existing: existing(GIBIBYTE) }] });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: "TARGET_UNUSABLE", where: "/mnt/disk/diskbench.dat" });
    expect(failures[0]?.next).toContain("--force");
  });

  it("other kinds are refused by name", () => {
    const socket = existing(0, { kind: "other", kindText: "a socket" });
    const failures = failuresFor({ ...READ, target: { path: "a", size: "1MiB" } }, { facts: [{ existing: socket }] });
    expect(failures.map(({ what }) => what)).toContain("this is a socket");
  });

  it.each([
    ["a device", DEVICE, false],
    ["somebody else's file", existing(4 * GIBIBYTE), false],
  ])("%s is not larger than it is", (_, status, ours) => {
    const document = { ...READ, target: { path: "a", size: "5GiB" } };
    const failures = failuresFor(document, { facts: [{ existing: status, ours }] });
    expect(failures.map(({ code, what }) => [code, what])).toEqual([
      ["TARGET_UNUSABLE", expect.stringContaining("5GiB")],
    ]);
    expect(failures[0]?.what).toContain("4GiB");
  });

  it.each(["extend", "none"])("reads with preallocate %s need a file that has contents", (preallocate) => {
    const document = { ...READ, target: { path: "a", size: "1MiB", preallocate } };
    expect(failuresFor(document)[0]?.what).toContain("nothing to read");
    const facts = [{ existing: existing(MEBIBYTE), ours: true }];
    expect(targetOf(document, { facts })).toMatchObject({ sizeBytes: MEBIBYTE, fillBytes: 0 });
    expect(targetOf({ ...document, ...WRITE })).toMatchObject({ preallocate });
  });

  it("valid-data exists on Windows only", () => {
    const document = { ...WRITE, target: { path: "a", preallocate: "valid-data" } };
    expect(codesFor(document)).toEqual(["UNSUPPORTED"]);
    expect(targetOf(document, { machine: WINDOWS })).toMatchObject({ preallocate: "valid-data", fillBytes: 0 });
  });

  it("two targets must be two files", () => {
    const document = { ...READ, targets: ["a", "b"] };
    expect(codesFor(document, { facts: [{ resolvedPath: "/x" }, { resolvedPath: "/x" }] })).toEqual([
      "TARGET_UNUSABLE",
    ]);
    const linked = [{ existing: existing(MEBIBYTE) }, { existing: existing(MEBIBYTE) }];
    expect(failuresFor(document, { facts: linked })[0]?.what).toBe("the targets a and b are the same file");
  });
});

/** A file system of 100 GiB with so much free. */
const place = (freeGibibytes: number, more: object = {}) => ({
  freeBytes: freeGibibytes * GIBIBYTE,
  totalBytes: 100 * GIBIBYTE,
  ...more,
});

const sized = (size: string) => ({ ...WRITE, target: { path: "a", size } });

describe("free space", () => {
  it("keeps the last 5 % free, naming --allow-full where that would help", () => {
    expect(planFor(sized("10GiB"), { facts: [place(15)] }).cases).toHaveLength(1);
    const [failure] = failuresFor(sized("10GiB"), { facts: [place(14)] });
    expect(failure?.code).toBe("NO_SPACE");
    expect(failure?.what).toContain("last 5 %");
    expect(failure?.next).toContain("--allow-full");
    expect(planFor(sized("10GiB"), { facts: [place(14)], options: { allowFull: true } }).cases).toHaveLength(1);
    expect(failuresFor(sized("10GiB"), { facts: [place(9)] })[0]?.next).not.toContain("--allow-full");
    expect(codesFor(sized("10GiB"), { facts: [place(9)], options: { allowFull: true } })).toEqual(["NO_SPACE"]);
  });

  it("counts what diskbench's own file holds already", () => {
    const own = { existing: existing(8 * GIBIBYTE), ours: true };
    expect(planFor(sized("10GiB"), { facts: [place(8, own)] }).cases).toHaveLength(1);
    const sparse = { existing: existing(8 * GIBIBYTE, { allocatedBytes: 0 }), ours: true };
    expect(codesFor(sized("10GiB"), { facts: [place(8, sparse)] })).toEqual(["NO_SPACE"]);
  });

  it("is shared by targets on one file system and only by those", () => {
    const document = {
      ...WRITE,
      targets: [
        { path: "a", size: "6GiB" },
        { path: "b", size: "6GiB" },
      ],
    };
    expect(codesFor(document, { facts: [place(15), place(15)] })).toEqual(["NO_SPACE"]);
    const apart = [place(15), place(15, { mountPoint: "/mnt/other" })];
    expect(planFor(document, { facts: apart }).targets).toHaveLength(2);
  });

  it("does not matter for devices, for other people's files, and where it is unknown", () => {
    const none = { freeBytes: 0 };
    expect(planFor(WRITE, { facts: [{ ...none, existing: DEVICE }] }).cases).toHaveLength(1);
    expect(planFor(READ, { facts: [{ ...none, existing: existing(GIBIBYTE) }] }).cases).toHaveLength(1);
    expect(planFor(sized("10GiB"), { facts: [{ freeBytes: null }] }).cases).toHaveLength(1);
  });
});
