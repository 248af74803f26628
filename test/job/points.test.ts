// Profiles -> the points of their sweeps, in document order.

import { expandPoints, pointId } from "../../src/job/points.ts";
import { describe, expect, it } from "vitest";
import { resolveProfile } from "../../src/profile/resolve.ts";

const idsOf = (document: object): readonly string[] => expandPoints(resolveProfile(document, "p.json")).map(pointId);

describe("expandPoints", () => {
  it("multiplies the lists of a job, the later field faster", () => {
    expect(
      idsOf({
        jobs: [{ name: "j", method: ["writefile", "libaio"], queueDepth: [1, 8], blockSize: ["4KiB", "1000"] }],
      }),
    ).toEqual([
      "j/writefile/read/random/4KiB/q1/t1",
      "j/writefile/read/random/4KiB/q8/t1",
      "j/writefile/read/random/1000B/q1/t1",
      "j/writefile/read/random/1000B/q8/t1",
      "j/libaio/read/random/4KiB/q1/t1",
      "j/libaio/read/random/4KiB/q8/t1",
      "j/libaio/read/random/1000B/q1/t1",
      "j/libaio/read/random/1000B/q8/t1",
    ]);
  });

  it("multiplies readPercent only where the operation is mixed", () => {
    const job = { name: "j", operation: ["read", "mixed"], readPercent: [30, 70], blockSize: "4KiB" };
    expect(idsOf({ jobs: [job] })).toEqual([
      "j/writefile/read/random/4KiB/q1/t1",
      "j/writefile/mixed30/random/4KiB/q1/t1",
      "j/writefile/mixed70/random/4KiB/q1/t1",
    ]);
  });

  it("runs each job on each target", () => {
    const points = expandPoints(resolveProfile({ targets: ["a", "b"], jobs: [{}, {}] }, "p.json"));
    expect(points.map(({ job, target, targetIndex }) => [job, target.path, targetIndex])).toEqual([
      ["job1", "a", 0],
      ["job1", "b", 1],
      ["job2", "a", 0],
      ["job2", "b", 1],
    ]);
  });

  it("carries caching, flush and completion", () => {
    const job = {
      operation: "write",
      caching: ["buffered", "unbuffered"],
      flush: ["each", "end"],
      completion: ["port", "poll"],
    };
    const points = expandPoints(resolveProfile({ jobs: [job] }, "p.json"));
    expect(points).toHaveLength(8);
    expect(points[1]).toMatchObject({ caching: "buffered", flush: "each", completion: "poll" });
    expect(points[7]).toMatchObject({ caching: "unbuffered", flush: "end", completion: "poll" });
  });
});
