// Profile documents -> profiles with every default filled in, or all of their errors at once.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadDocument, loadProfile } from "../../src/profile/load.ts";
import { resolveProfile } from "../../src/profile/resolve.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";
import { failuresThrownBy } from "./thrown.ts";

const wrongFields = (job: object): readonly string[] =>
  failuresThrownBy(() => loadDocument({ jobs: [job] }, "p.json")).map(({ where }) => where ?? "");

describe("resolveProfile", () => {
  it("takes a key with nothing behind it for one that is not there", () => {
    expect(resolveProfile({ jobs: [{ threads: undefined }] }, "p.json")).toEqual(
      resolveProfile({ jobs: [{}] }, "p.json"),
    );
  });

  it("finds a mistake behind many entries that have none", () => {
    const jobs = [...Array.from({ length: 1500 }, () => ({})), { threads: 0 }];
    const failures = failuresThrownBy(() => loadDocument({ jobs }, "p.json"));
    expect(failures.map(({ where }) => where)).toEqual(["p.json: jobs[1500].threads"]);
  });

  it("fills in every default", () => {
    expect(resolveProfile({ jobs: [{}] }, "profiles/disk.json")).toEqual({
      name: "disk",
      description: null,
      seed: 1,
      rounds: 3,
      targets: [{ path: "diskbench.dat", sizeBytes: null, fill: "random", preallocate: "fill" }],
      jobs: [
        {
          name: "job1",
          method: ["writefile"],
          operation: ["read"],
          readPercent: [50],
          pattern: ["random"],
          blockSizeBytes: [65536],
          queueDepth: [1],
          threads: [1],
          caching: [null],
          writeThrough: false,
          flush: [null],
          completion: [null],
          batch: null,
          polling: false,
          submitThread: false,
          durationSeconds: 10,
          warmupSeconds: 2,
          ios: null,
          bytes: null,
          content: "fresh",
          onError: "stop",
          maxErrors: 1_000_000,
        },
      ],
      gates: [],
      tolerances: [],
    });
  });

  it("reads units, single values and lists alike", () => {
    const [job] = resolveProfile(
      {
        jobs: [
          {
            operation: ["write", "mixed"],
            readPercent: 70,
            blockSize: ["4K", "64KB", "1MiB", 512],
            queueDepth: [1, 8],
            duration: 1.5,
            warmup: 0,
            bytes: "1.5GiB",
            flush: ["never", "each", "every 8"],
          },
        ],
      },
      "p.json",
    ).jobs;
    expect(job).toMatchObject({
      readPercent: [70],
      blockSizeBytes: [4096, 65536, 1048576, 512],
      queueDepth: [1, 8],
      durationSeconds: 1.5,
      warmupSeconds: 0,
      bytes: 1.5 * 1024 ** 3,
      flush: ["never", "each", "every 8"],
    });
  });

  it("lets a job beat defaults, and defaults the built-in ones", () => {
    const { jobs } = resolveProfile(
      { defaults: { blockSize: "4KiB", duration: "1s" }, jobs: [{}, { name: "big", blockSize: "1MiB" }] },
      "p.json",
    );
    expect(jobs.map((job) => [job.name, job.blockSizeBytes, job.durationSeconds])).toEqual([
      ["job1", [4096], 1],
      ["big", [1048576], 1],
    ]);
  });

  it("takes a path as the short form of a target, also among several", () => {
    const { targets } = resolveProfile({ targets: ["/mnt/a", { path: "/mnt/b", size: "1GiB" }], jobs: [{}] }, "p.json");
    expect(targets.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ["/mnt/a", null],
      ["/mnt/b", 1024 ** 3],
    ]);
  });

  it.each<[string, unknown]>([
    ["method", "WriteFil"],
    ["method", "WRITEFILE"],
    ["method", []],
    ["operation", "trim"],
    ["pattern", "zipf"],
    ["blockSize", "4abc"],
    ["blockSize", -4096],
    ["blockSize", 4096.5],
    ["blockSize", "511"],
    ["blockSize", "2GiB"],
    ["blockSize", true],
    ["blockSize", null],
    ["queueDepth", "2s"],
    ["queueDepth", "8"],
    ["queueDepth", 0],
    ["queueDepth", 1.5],
    ["queueDepth", 4097],
    ["queueDepth", []],
    ["threads", 257],
    ["threads", {}],
    ["caching", "direct"],
    ["writeThrough", "yes"],
    ["flush", "every 0"],
    ["flush", "every  8"],
    ["flush", "always"],
    ["completion", "apc"],
    ["duration", 0],
    ["duration", "0s"],
    ["duration", "10 parsecs"],
    ["duration", -1],
    ["duration", "8d"],
    ["duration", 604801],
    ["warmup", "-1s"],
    ["ios", 0],
    ["ios", 1e300],
    ["bytes", "-1GiB"],
    ["content", "zero"],
    ["onError", "ignore"],
    ["name", ""],
    ["name", "a/b"],
    ["name", "bell\u0007"],
  ])("rejects %s %j, naming the place and what is allowed", (field, value) => {
    const job = { operation: "write", [field]: value };
    const failures = failuresThrownBy(() => loadDocument({ jobs: [job] }, "p.json"));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: "PROFILE_INVALID", where: `p.json: jobs[0].${field}` });
    expect(failures[0]?.what).toMatch(/^found .+; allowed: .+/);
  });

  it.each([
    [{ rounds: 0 }, "rounds"],
    [{ rounds: 1001 }, "rounds"],
    [{ seed: 2 ** 32 }, "seed"],
    [{ seed: 1.5 }, "seed"],
    [{ targets: [] }, "targets"],
    [{ target: { path: "" } }, "target.path"],
    [{ target: { path: "a\u0000b" } }, "target.path"],
    [{ target: { size: "1GiB" } }, "target.path"],
    [{ target: { path: "a", size: 0 } }, "target.size"],
    [{ target: 5 }, "target"],
    [{ jobs: [] }, "jobs"],
    [{ jobs: {} }, "jobs"],
    [{ defaults: { name: "x" } }, "defaults.name"],
  ])("rejects %j", (part, place) => {
    const failures = failuresThrownBy(() => resolveProfile({ jobs: [{}], ...part }, "p.json"));
    expect(failures.map(({ where }) => where)).toEqual([`p.json: ${place}`]);
  });

  it("points at the entry of a list that is wrong, and at repeated ones whatever their spelling", () => {
    expect(wrongFields({ queueDepth: [1, "8", 8] })).toEqual(["p.json: jobs[0].queueDepth[1]"]);
    expect(wrongFields({ blockSize: ["4KiB", "8KiB", 4096] })).toEqual(["p.json: jobs[0].blockSize[2]"]);
  });

  it("names the nearest known key for one that is unknown", () => {
    const failures = failuresThrownBy(() =>
      resolveProfile({ round: 3, target: { path: "a", sise: 1 }, jobs: [{ queuedepth: 8 }] }, "p.json"),
    );
    expect(failures.map(({ where, what }) => [where, what])).toEqual([
      ["p.json: target.sise", "unknown key; the nearest known one is size"],
      ["p.json: jobs[0].queuedepth", "unknown key; the nearest known one is queueDepth"],
      ["p.json: round", "unknown key; the nearest known one is rounds"],
    ]);
  });

  it("asks whether a word that is nearly right was meant", () => {
    const [failure] = failuresThrownBy(() => resolveProfile({ jobs: [{ method: ["writefile", "Gather"] }] }, "p.json"));
    expect(failure).toMatchObject({ where: "p.json: jobs[0].method[1]", next: 'Did you mean "gather"?' });
  });

  it("reports all errors of a document at once", () => {
    const failures = failuresThrownBy(() =>
      resolveProfile(
        {
          rounds: "three",
          target: "a",
          targets: ["b"],
          jobs: [
            { name: "x", blockSize: "4abc" },
            { name: "x", readPercent: 20 },
          ],
        },
        "p.json",
      ),
    );
    expect(failures.map(({ where }) => where)).toEqual([
      "p.json: rounds",
      "p.json: jobs[0].blockSize",
      "p.json: targets",
      "p.json: jobs[1].name",
      "p.json: jobs[1].readPercent",
    ]);
  });

  it.each([
    ["a target that is named twice", { targets: ["a", { path: "a" }], jobs: [{}] }, "targets[1]"],
    ["a fill that would write nothing", { target: { path: "a", fill: "none" }, jobs: [{}] }, "target.fill"],
    ["a job that takes another's automatic name", { jobs: [{ name: "job2" }, {}] }, "jobs[1].name"],
    ["a flush in a job that only reads", { jobs: [{ flush: "each" }] }, "jobs[0].flush"],
    ["readPercent without mixed", { jobs: [{ operation: ["read", "write"], readPercent: 5 }] }, "jobs[0].readPercent"],
  ])("rejects %s", (_, document, place) => {
    const failures = failuresThrownBy(() => resolveProfile(document, "p.json"));
    expect(failures.map(({ where }) => where)).toEqual([`p.json: ${place}`]);
  });

  it("does not hold against a job what defaults say for others", () => {
    const { jobs } = resolveProfile(
      {
        defaults: { readPercent: [10, 20], flush: "each" },
        jobs: [{ operation: "read" }, { name: "m", operation: "mixed" }],
      },
      "p.json",
    );
    expect(jobs.map(({ readPercent, flush }) => [readPercent, flush])).toEqual([
      [[50], [null]],
      [[10, 20], ["each"]],
    ]);
  });

  it("takes files as they are: fill none with preallocate none", () => {
    const { targets } = resolveProfile(
      { target: { path: "a", fill: "none", preallocate: "none" }, jobs: [{}] },
      "p.json",
    );
    expect(targets[0]).toMatchObject({ fill: "none", preallocate: "none" });
  });

  it("refuses sweeps that multiply beyond all bounds, quickly", () => {
    const many = Array.from({ length: 1000 }, (_, index) => index + 1);
    const job = { queueDepth: many, blockSize: many.map((n) => n * 512), readPercent: [1, 2, 3], operation: "mixed" };
    const failures = failuresThrownBy(() => loadDocument({ jobs: [job] }, "p.json"));
    expect(failures[0]?.what).toContain("3000000 cases in 3 rounds each are too many");
  });

  it("throws nothing but a DiskbenchError, whatever the document", () => {
    const key = fc.constantFrom(
      "jobs",
      "target",
      "targets",
      "defaults",
      "method",
      "blockSize",
      "path",
      "__proto__",
      "constructor",
    );
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        fc.constantFrom("4KiB", "10s", "writefile", "every 8", 8, -0),
        fc.array(tie("document"), { maxLength: 3 }),
        fc.dictionary(key, tie("document")),
      ),
    }));
    fc.assert(
      fc.property(document, (value) => {
        try {
          resolveProfile(value, "p.json");
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(DiskbenchError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("rejects keys that reach for prototypes and pollutes none", () => {
    const text =
      '{"jobs":[{"__proto__":{"rounds":9}}],"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}';
    const failures = failuresThrownBy(() => loadProfile(text, "p.json"));
    expect(failures.map(({ where }) => where)).toEqual([
      "p.json: jobs[0].__proto__",
      "p.json: __proto__",
      "p.json: constructor",
    ]);
    expect(Reflect.has({}, "polluted")).toBe(false);
  });
});
