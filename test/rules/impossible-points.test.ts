// Points that no machine could carry out -> one failure each, with what is allowed.

import { expandPoints } from "../../src/job/points.ts";
import { impossiblePoints } from "../../src/rules/judge-points.ts";
import { describe, expect, it } from "vitest";
import { resolveProfile } from "../../src/profile/resolve.ts";
import type { Failure } from "../../src/shared/errors.ts";

const against = (job: object, target: string | object = "a"): readonly Failure[] =>
  impossiblePoints(expandPoints(resolveProfile({ target, jobs: [job] }, "p.json")));

describe("impossiblePoints", () => {
  it.each<[string, object, string | object, string]>([
    ["a queue on pwrite", { method: "pwrite", queueDepth: 8 }, "a", "queueDepth"],
    ["a queue on pwritev", { method: "pwritev", queueDepth: 2 }, "a", "queueDepth"],
    ["a queue on mmap", { method: "mmap", queueDepth: 8 }, "a", "queueDepth"],
    ["a queue on mapped", { method: "mapped", queueDepth: 8 }, "a", "queueDepth"],
    ["a queue on MapViewOfFile", { method: "MapViewOfFile", queueDepth: 8 }, "a", "queueDepth"],
    ["an unbuffered mapping", { method: "mapped", caching: "unbuffered" }, "a", "caching"],
    ["a mapping that writes through", { method: "mapped", writeThrough: true }, "a", "writeThrough"],
    ["gather with half a page", { method: "gather", blockSize: "2KiB" }, "a", "blockSize"],
    ["WriteFileGather with a page and a half", { method: "WriteFileGather", blockSize: "6KiB" }, "a", "blockSize"],
    ["WriteFileGather through the cache", { method: "WriteFileGather", caching: "buffered" }, "a", "caching"],
    ["buffered blocks of 1000 bytes", { blockSize: 1000, caching: "buffered" }, "a", "blockSize"],
    ["a completion with writefileex", { method: "writefileex", completion: "port" }, "a", "completion"],
    ["batches of what does one I/O at a time", { method: "pwrite", batch: 4 }, "a", "batch"],
    ["polling of what is no io_uring", { method: "libaio", queueDepth: 8, polling: true }, "a", "polling"],
    ["polling of writefile at depth 1, which is pwrite", { polling: true }, "a", "polling"],
    ["a submit thread for a mapping", { method: "mapped", submitThread: true }, "a", "submitThread"],
    ["polling through the cache", { queueDepth: 8, caching: "buffered", polling: true }, "a", "caching"],
    ["buffers of 4 GiB", { blockSize: "1MiB", queueDepth: 4096 }, "a", "queueDepth"],
    ["bytes below a block", { blockSize: "1MiB", bytes: "64KiB" }, "a", "bytes"],
    ["a block beyond the target", { blockSize: "2MiB" }, { path: "a", size: "1MiB" }, "blockSize"],
    [
      "threads that share less than a block each",
      { blockSize: "1MiB", threads: 4, pattern: "sequential" },
      { path: "a", size: "3MiB" },
      "blockSize",
    ],
    [
      "reads of data that is only declared valid",
      { operation: "mixed" },
      { path: "a", preallocate: "valid-data" },
      "operation",
    ],
  ])("rejects %s", (_, job, target, field) => {
    const failures = against(job, target);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.code).toBe("PROFILE_INVALID");
    expect(failures[0]?.where).toMatch(new RegExp(`^jobs\\[0\\]\\.${field}: job1/`));
    expect(failures[0]?.next).toBeTruthy();
  });

  it.each<[string, object, string | object]>([
    ["writefile at depth 8", { method: "writefile", queueDepth: 8 }, "a"],
    ["gather at depth 8", { method: "gather", queueDepth: 8 }, "a"],
    [
      "batches, polling and a submit thread deeper",
      { queueDepth: 8, batch: 4, polling: true, submitThread: true },
      "a",
    ],
    ["polling of io_uring at depth 1", { method: "io_uring", polling: true }, "a"],
    ["a completion at depth 1", { completion: "port" }, "a"],
    ["a mapping that says buffered", { method: "mapped", caching: "buffered" }, "a"],
    ["unbuffered blocks that only the sector can judge", { blockSize: 1000 }, "a"],
    ["random threads that share one block", { blockSize: "1MiB", threads: 4 }, { path: "a", size: "1MiB" }],
    ["writes to data that is only declared valid", { operation: "write" }, { path: "a", preallocate: "valid-data" }],
    ["everything on null and simulated", { method: ["null", "simulated"], queueDepth: [1, 32], threads: 4 }, "a"],
  ])("allows %s", (_, job, target) => {
    expect(against(job, target)).toEqual([]);
  });

  it("names each impossible point of a sweep and only those", () => {
    const failures = against({ method: ["mapped", "writefile"], queueDepth: [1, 8, 32] });
    expect(failures.map(({ where }) => where)).toEqual([
      "jobs[0].queueDepth: job1/mapped/read/random/64KiB/q8/t1",
      "jobs[0].queueDepth: job1/mapped/read/random/64KiB/q32/t1",
    ]);
    expect(failures[0]?.next).toContain("writefileex");
  });
});
