// Points -> cases: ids, back ends, settings that the profile left open.

import { expandPoints, pointId } from "../../src/job/points.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { possibleJobs } from "../profile/arbitrary.ts";
import { LINUX, planFor, planForJob, WINDOWS } from "./fixture.ts";

const idsOf = (job: object, machine = LINUX): readonly string[] =>
  planForJob(job, { machine }).cases.map(({ id }) => id);

const only = (job: object, machine = LINUX) => {
  const [first, ...others] = planForJob(job, { machine }).cases;
  if (first === undefined || others.length > 0) throw new Error("one case was expected");
  return first;
};

/** What the ids of cases on `targets` say about the target. */
const targetPartsOn = (targets: readonly string[]): readonly string[] => {
  const facts = targets.map((path) => ({ resolvedPath: path }));
  return planFor({ targets }, { facts }).cases.map(({ id }) => id.split("/").slice(7).join("/"));
};

describe("case ids", () => {
  it("say what a case is, and append what differs from its default", () => {
    expect(idsOf({ operation: "write", blockSize: "4KiB", queueDepth: 8 })).toEqual([
      "j/writefile/write/random/4KiB/q8/t1",
    ]);
    expect(idsOf({ operation: "mixed", readPercent: 70, pattern: "sequential", threads: 2 })).toEqual([
      "j/writefile/mixed70/sequential/64KiB/q1/t2",
    ]);
    expect(idsOf({ operation: "write", caching: "buffered", writeThrough: true, flush: "every 8" })).toEqual([
      "j/writefile/write/random/64KiB/q1/t1/buffered/write-through/flush-every-8",
    ]);
    expect(idsOf({ operation: "write", caching: "buffered", flush: ["end", "never", "each"] })).toEqual([
      "j/writefile/write/random/64KiB/q1/t1/buffered",
      "j/writefile/write/random/64KiB/q1/t1/buffered/flush-never",
      "j/writefile/write/random/64KiB/q1/t1/buffered/flush-each",
    ]);
  });

  it("say how an io_uring is driven when it is not as usual", () => {
    expect(idsOf({ queueDepth: 8, batch: 2, submitThread: true })).toEqual([
      "j/writefile/read/random/64KiB/q8/t1/batch-2/submit-thread",
    ]);
    const [target] = planForJob({}).targets;
    const facts = [{ device: target?.facts.device ? { ...target.facts.device, polls: true } : null }];
    const [polled] = planForJob({ method: "io_uring", polling: true }, { facts }).cases;
    expect(polled?.id).toBe("j/io_uring/read/random/64KiB/q1/t1/polling");
    expect(polled?.settings).toMatchObject({ batch: null, polling: true, submitThread: false });
  });

  it("do not mention what is a method's nature", () => {
    expect(idsOf({ method: "mapped", operation: "write", caching: "buffered" })).toEqual([
      "j/mapped/write/random/64KiB/q1/t1",
    ]);
  });

  it("name the target where there are several, also when files have equal names", () => {
    expect(targetPartsOn(["/mnt/a.dat", "/mnt/b.dat"])).toEqual(["target-a.dat", "target-b.dat"]);
    expect(targetPartsOn(["/mnt/1/x", "/mnt/2/x"])).toEqual(["target-0-x", "target-1-x"]);
    expect(targetPartsOn(["C:\\bench\\a b.dat", "/mnt/c"])).toEqual(["target-a_b.dat", "target-c"]);
  });

  it("tell the ways of completion apart on Windows", () => {
    expect(idsOf({ queueDepth: 8, completion: ["port", "event", "poll"] }, WINDOWS)).toEqual([
      "j/writefile/read/random/64KiB/q8/t1",
      "j/writefile/read/random/64KiB/q8/t1/completion-event",
      "j/writefile/read/random/64KiB/q8/t1/completion-poll",
    ]);
  });

  it("are unique, and different settings have different ids, whatever the job", () => {
    fc.assert(
      fc.property(possibleJobs, fc.constantFrom(LINUX, WINDOWS), (job, machine) => {
        const { cases } = planForJob(job, { machine });
        const settings = cases.map((one) => JSON.stringify(one.settings));
        expect(new Set(settings).size).toBe(cases.length);
        expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
      }),
    );
  });

  it("lose no point: every one of the profile is measured, alone or with its equals", () => {
    fc.assert(
      fc.property(possibleJobs, fc.constantFrom(LINUX, WINDOWS), (job, machine) => {
        const plan = planForJob(job, { machine });
        const ids = new Set(plan.cases.map(({ id }) => id));
        for (const point of expandPoints(plan.profile)) {
          expect([...ids].some((id) => id.startsWith(pointId(point)))).toBe(true);
        }
      }),
    );
  });
});

describe("case settings", () => {
  it.each([
    ["writefile", 1, {}, "pwrite", "pwrite"],
    ["writefile", 8, {}, "io-uring", "io_uring"],
    ["writefile", 1, { completion: "port" }, "io-uring", "io_uring"],
    ["writefileex", 1, {}, "libaio", "libaio"],
    ["gather", 1, {}, "pwritev", "pwritev"],
    ["gather", 8, {}, "io-uring-vectored", "io_uring"],
    ["mapped", 1, {}, "mmap", "mmap"],
    ["simulated", 32, {}, "simulated", "simulated"],
  ])("%s at depth %i on Linux, %j: %s", (method, queueDepth, more, backend, nativeCall) => {
    const one = only({ method, queueDepth, ...more });
    expect(one.settings.backend).toBe(backend);
    expect(one.settings).toMatchObject({ nativeCall, completion: null });
  });

  it.each([
    ["writefile", 1, {}, "write-file", null],
    ["writefile", 8, {}, "completion-port", "port"],
    ["writefile", 1, { completion: "event" }, "completion-event", "event"],
    ["WriteFile", 8, { completion: "poll" }, "completion-poll", "poll"],
    ["writefileex", 8, {}, "write-file-ex", null],
    ["gather", 1, {}, "write-file-gather", null],
  ])("%s at depth %i on Windows, %j: %s, completion %s", (method, queueDepth, more, backend, completion) => {
    const one = only({ method, queueDepth, ...more }, WINDOWS);
    expect([one.settings.backend, one.settings.completion]).toEqual([backend, completion]);
  });

  it.each([
    ["unbuffered writes", { operation: "write" }, "unbuffered", "never"],
    ["buffered writes", { operation: "write", caching: "buffered" }, "buffered", "end"],
    ["mapped writes", { method: "mapped", operation: "write" }, "buffered", "end"],
    ["buffered mixed", { operation: "mixed", caching: "buffered" }, "buffered", "end"],
    ["buffered reads", { operation: "read", caching: "buffered" }, "buffered", "never"],
  ])("%s are %s and flushed by default as they need it", (_, job, caching, flush) => {
    expect(only(job).settings).toMatchObject({ caching, flush });
  });

  it("gives reads of a sweep no flush, however the writes are flushed", () => {
    const { cases } = planForJob({ operation: ["read", "write"], flush: "each" });
    expect(cases.map(({ settings }) => settings.flush)).toEqual(["never", "each"]);
  });

  it("measures points that come to the same once, and says so", () => {
    const { cases, notes } = planForJob({ queueDepth: 8, blockSize: "4KiB", completion: ["port", "event", "poll"] });
    expect(cases.map(({ id }) => id)).toEqual(["j/writefile/read/random/4KiB/q8/t1"]);
    expect(notes.join("\n")).toContain("j/writefile/read/random/4KiB/q8/t1 (3 points)");
  });

  it("keeps equal cases of different jobs apart", () => {
    expect(planFor({ jobs: [{ name: "a" }, { name: "b" }] }).cases).toHaveLength(2);
  });
});
