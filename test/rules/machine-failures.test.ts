// Points that this machine cannot carry out -> errors that name the reason and what to use instead.

import { describe, expect, it } from "vitest";
import { DiskbenchError, type Failure } from "../../src/shared/errors.ts";
import { BACKEND_NAMES, BACKEND_TRAITS, notCarriedOut } from "../../src/shared/methods.ts";
import { IO_OPERATIONS, type IoOperation } from "../../src/shared/operations.ts";
import {
  existing,
  failuresFor,
  GIBIBYTE,
  LINUX,
  MEBIBYTE,
  planForJob,
  type Surroundings,
  WINDOWS,
} from "../plan/fixture.ts";

const against = (job: object, surroundings: Surroundings = {}): readonly Failure[] =>
  failuresFor({ jobs: [{ name: "j", ...job }] }, surroundings);

const sector = (bytes: number, offsetAlignmentBytes: number | null = null) => ({
  directIo: { offsetAlignmentBytes, memoryAlignmentBytes: null, basis: "STATX_DIOALIGN" },
  device: {
    name: "zram0",
    model: null,
    serial: null,
    firmware: null,
    sizeBytes: GIBIBYTE,
    logicalSectorBytes: bytes,
    physicalSectorBytes: bytes,
    rotational: false,
    writeCache: null,
    polls: null,
  },
});

describe("methods that this system lacks", () => {
  it.each([
    ["WriteFile", LINUX, "writefile"],
    ["WriteFileEx", LINUX, "writefileex"],
    ["MapViewOfFile", LINUX, "mapped"],
    ["io_uring", WINDOWS, "writefile"],
    ["pwritev", WINDOWS, "gather"],
  ])("%s: named with its portable sibling", (method, machine, portable) => {
    const [failure] = against({ method }, { machine });
    expect(failure).toMatchObject({ code: "UNSUPPORTED", where: "jobs[0].method (j)" });
    expect(failure?.what).toContain(`${method} does not exist on ${machine.system}`);
    expect(failure?.next).toContain(`portable one is ${portable}. Methods here: writefile, `);
  });

  it("are told once per job, not once per point", () => {
    expect(against({ method: "WriteFile", blockSize: ["4KiB", "8KiB"], operation: ["read", "write"] })).toHaveLength(1);
  });

  it("that are forbidden now name the reason and the way out; others are untouched", () => {
    const machine = {
      ...LINUX,
      unavailable: { "io-uring": { reason: "a seccomp filter forbids it", instead: "method writefileex" } },
    };
    const [failure] = against({ queueDepth: 8 }, { machine });
    expect(failure?.what).toContain("a seccomp filter forbids it");
    expect(failure?.next).toBe("Use method writefileex instead");
    expect(planForJob({ queueDepth: 1 }, { machine }).cases).toHaveLength(1);
  });
});

describe("operations that a back end does not carry out", () => {
  const traits = BACKEND_TRAITS.pwrite;
  // Today every back end reads and writes, and no profile can ask for more.
  const limited = (operations: readonly IoOperation[], ask: () => void): void => {
    Object.assign(BACKEND_TRAITS, { pwrite: { ...traits, operations } });
    try {
      ask();
    } finally {
      Object.assign(BACKEND_TRAITS, { pwrite: traits });
    }
  };

  it("are refused before a run, with the methods that do", () => {
    limited(["read"], () => {
      const [failure, ...others] = against({ method: "pwrite", operation: ["write", "mixed"] }, { machine: LINUX });
      expect(failure).toMatchObject({
        code: "PROFILE_INVALID",
        what: "operation write with pwrite, which does not write",
      });
      expect(failure?.where).toContain("jobs[0].operation");
      expect(failure?.next).toMatch(/^Use one of .*\bio_uring\b/);
      expect(failure?.next).not.toMatch(/\bpwrite\b/);
      expect(others).toHaveLength(1);
    });
  });

  it("leave those alone that it does", () => {
    limited(["read"], () => expect(planForJob({ method: "pwrite", operation: "read" }).cases).toHaveLength(1));
  });

  it.each(BACKEND_NAMES)("%s reads and writes, and nothing else yet", (backend) => {
    expect(notCarriedOut(backend, IO_OPERATIONS)).toEqual(["trim", "flush", "open", "close"]);
  });
});

describe("blocks that do not fit the machine", () => {
  it("unbuffered ones must be whole sectors; the error says which", () => {
    const [failure] = against({ blockSize: ["512", "4KiB"] }, { facts: [sector(4096)] });
    expect(failure?.code).toBe("TARGET_UNUSABLE");
    expect(failure?.what).toContain("blocks of 512B are not multiples of 4KiB");
    expect(failure?.cause).toContain("sectors of 4KiB on zram0");
    expect(planForJob({ blockSize: 512, caching: "buffered" }, { facts: [sector(4096)] }).cases).toHaveLength(1);
  });

  it("what the file system states beats the sector", () => {
    expect(against({ blockSize: "2KiB" }, { facts: [sector(512, 4096)] })).toHaveLength(1);
    expect(planForJob({ blockSize: "2KiB" }, { facts: [sector(4096, 512)] }).cases).toHaveLength(1);
  });

  it("deep queues need blocks that keep their buffers aligned", () => {
    const facts = [{ directIo: { offsetAlignmentBytes: 512, memoryAlignmentBytes: 4096, basis: "STATX_DIOALIGN" } }];
    expect(planForJob({ blockSize: 512, queueDepth: 1 }, { facts }).cases).toHaveLength(1);
    expect(against({ blockSize: 512, queueDepth: 8 }, { facts })).toHaveLength(1);
  });

  it("are refused also where nothing is known about the device", () => {
    const unknown = {
      directIo: { offsetAlignmentBytes: null, memoryAlignmentBytes: null, basis: "unknown" },
      device: null,
    };
    expect(against({ blockSize: 1000 }, { facts: [unknown] })).toHaveLength(1);
    expect(planForJob({ blockSize: 512 }, { facts: [unknown] }).cases).toHaveLength(1);
  });

  it("gather needs whole pages of this machine", () => {
    const machine = { ...LINUX, pageSizeBytes: 65536 };
    const failures = against({ method: "gather", blockSize: ["4KiB", "64KiB"], queueDepth: [1, 8] }, { machine });
    expect(failures).toHaveLength(1);
    expect(failures[0]?.what).toContain("memory pages, here of 64KiB");
  });

  it("gather takes as many pages as Linux does per call", () => {
    const job = { method: "gather", blockSize: ["4MiB", "8MiB"], queueDepth: [1, 2] };
    const failures = against(job);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: "UNSUPPORTED", where: "jobs[0].blockSize (j)" });
    expect(failures[0]?.next).toContain("blocks of 4MiB at most");
    expect(planForJob({ method: "gather", blockSize: "8MiB" }, { machine: WINDOWS }).cases).toHaveLength(1);
  });

  it("must leave room for one per thread in a target whose size the machine decides", () => {
    const facts = [{ existing: existing(3 * MEBIBYTE) }];
    const [failure] = against({ blockSize: "1MiB", threads: 4, pattern: "sequential" }, { facts });
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE" });
    expect(against({ blockSize: "4MiB" }, { facts })[0]?.what).toContain("does not fit");
    expect(against({ blockSize: "4KiB" }, { facts: [{ existing: existing(0) }] })).toHaveLength(1);
  });

  it("must leave the machine memory to live", () => {
    const job = { blockSize: "1MiB", queueDepth: 1024, threads: 8 };
    expect(planForJob(job).cases).toHaveLength(1);
    const [failure] = against({ ...job, threads: 9 });
    expect(failure?.what).toContain("9.00 GiB of buffers");
  });
});

describe("unbuffered I/O that is not to be had", () => {
  const none = { directIo: { offsetAlignmentBytes: 0, memoryAlignmentBytes: 0, basis: "STATX_DIOALIGN" } };

  it("names the file system and caching buffered, once for all cases", () => {
    const failures = against(
      { operation: ["read", "write"], queueDepth: [1, 8] },
      { facts: [{ ...none, fileSystem: "9p" }] },
    );
    expect(failures).toHaveLength(1);
    expect(failures[0]?.what).toContain("9p does not support unbuffered I/O");
    expect(failures[0]?.next).toContain('"caching": "buffered"');
  });

  it("names data=journal where that is the reason", () => {
    const [failure] = against({}, { facts: [{ ...none, mountOptions: "rw,data=journal" }] });
    expect(failure?.cause).toContain("ext4 mounted with data=journal accepts O_DIRECT and buffers all the same");
  });

  it("does not concern buffered, mapped and unreal cases", () => {
    const facts = [none];
    expect(planForJob({ caching: "buffered" }, { facts }).cases).toHaveLength(1);
    expect(planForJob({ method: ["mapped", "simulated"] }, { facts }).cases).toHaveLength(2);
  });
});

it("a batch does not keep a sweep from beginning with one I/O at a time", () => {
  expect(planForJob({ method: "gather", queueDepth: [1, 8], batch: 4 }).cases).toHaveLength(2);
});

describe("ways of driving an io_uring", () => {
  const onDevice = (polls: boolean | null) => ({ facts: [{ device: { ...sector(512).device, polls } }] });

  it("polling is refused on a device without queues for it, which would only seem to be polled", () => {
    const [failure] = against({ queueDepth: 8, polling: true }, onDevice(false));
    expect(failure).toMatchObject({ code: "UNSUPPORTED", what: "zram0 has no queues that could be polled" });
    expect(failure?.where).toContain("jobs[0].polling (j)");
    expect(planForJob({ queueDepth: 8, polling: true }, onDevice(true)).cases).toHaveLength(1);
    expect(planForJob({ queueDepth: 8, polling: true }, onDevice(null)).cases).toHaveLength(1);
  });

  it("does not exist on Windows", () => {
    for (const field of ["polling", "submitThread"]) {
      const [failure] = against({ queueDepth: 8, [field]: true }, { machine: WINDOWS });
      expect(failure).toMatchObject({ code: "UNSUPPORTED", where: `jobs[0].${field} (j)` });
      expect(failure?.what).toContain("no io_uring on windows");
    }
  });
});

describe("all problems together", () => {
  it("refuses buffered gather on Windows only", () => {
    expect(against({ method: "gather", caching: "buffered" }, { machine: WINDOWS })[0]?.code).toBe("UNSUPPORTED");
    expect(planForJob({ method: "gather", caching: "buffered" }).cases).toHaveLength(1);
  });

  it("wait for no more events than Windows can wait for", () => {
    const job = { completion: "event", queueDepth: [64, 65] };
    const failures = against(job, { machine: WINDOWS });
    expect(failures.map(({ code, what }) => [code, what])).toEqual([
      ["UNSUPPORTED", expect.stringContaining("queue depth 65 with completion event")],
    ]);
    expect(planForJob(job).cases).toHaveLength(2);
  });

  it("are told at once; what the document alone decides comes before them, and makes it exit code 2", () => {
    const document = {
      targets: [{ path: "a", size: "60GiB" }, "b"],
      jobs: [
        { name: "x", method: ["mapped", "WriteFile"], operation: "write" },
        { name: "y", blockSize: 512, caching: "unbuffered" },
      ],
    };
    const facts = [{}, { ...sector(4096), existing: existing(GIBIBYTE), mountPoint: "/other" }];
    const codes = failuresFor(document, { facts }).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(["UNSUPPORTED", "TARGET_UNUSABLE", "NO_SPACE"]));
    const [first, ...others] = failuresFor({ ...document, defaults: { queueDepth: 8 } }, { facts });
    expect(new Set([first, ...others].map((failure) => failure?.code))).toEqual(new Set(["PROFILE_INVALID"]));
    expect(first && new DiskbenchError(first, ...others).exitCode).toBe(2);
  });
});
