// What a plan takes beside what there is -> refused with the figures before anything is touched, or accepted.

import { describe, expect, test } from "vitest";
import type { Machine } from "../../src/machine/machine.ts";
import type { Failure } from "../../src/shared/errors.ts";
import { failuresFor, GIBIBYTE, LINUX, placeFor, planFor, planForJob } from "../plan/fixture.ts";

type Headroom = NonNullable<Machine["headroom"]>;

const ENOUGH: Headroom = {
  memory: { amount: 64 * GIBIBYTE, basis: "MemAvailable" },
  addressSpace: null,
  mappings: { amount: 65_530, basis: "sysctl vm.max_map_count" },
  descriptors: { amount: 20_000, basis: "ulimit -n" },
  tasks: { amount: 30_000, basis: "pids.max" },
  kernelAio: { amount: 65_536, basis: "sysctl fs.aio-max-nr" },
};

const machineWith = (headroom: Partial<Headroom>): Machine => ({
  ...LINUX,
  memoryBytes: 1024 * GIBIBYTE,
  headroom: { ...ENOUGH, ...headroom },
});

const against = (job: object, headroom: Partial<Headroom> = {}): readonly Failure[] =>
  failuresFor({ jobs: [{ name: "j", ...job }] }, { machine: machineWith(headroom) });

const accepts = (job: object, headroom: Partial<Headroom> = {}): boolean =>
  planForJob(job, { machine: machineWith(headroom) }).cases.length === 1;

describe("what threads take", () => {
  test("the documented maximum meets the mappings that Linux gives a process, and says so", () => {
    expect(against({ threads: 256, method: "pwrite" })).toEqual([
      {
        code: "UNSUPPORTED",
        where: "jobs[0].threads (j)",
        what: "256 threads at queue depth 1 with blocks of 64KiB need about 77,200 memory mappings; 65,530 are left here (sysctl vm.max_map_count)",
        cause: "Each thread is a JavaScript engine of its own, with its own heap, buffers and descriptors",
        next: "Use 217 threads at most, or raise the limit",
      },
    ]);
    expect(accepts({ threads: 217, method: "pwrite" })).toBe(true);
    expect(accepts({ threads: 256, method: "pwrite" }, { mappings: { amount: 80_000, basis: "raised" } })).toBe(true);
  });

  test("is what was measured of real runs, and at most half as much again", () => {
    // Mappings, MB resident and open files of the engine, on Linux 6.18 with Node 20.20.
    const measured = [
      { threads: 64, mappings: 18_473, memoryMb: 1182 + 79, descriptors: 853 },
      { threads: 256, mappings: 73_180, memoryMb: 4618 + 78, descriptors: 1702 },
    ];
    for (const { threads, mappings, memoryMb, descriptors } of measured) {
      const room = { mappings, memory: memoryMb * 1e6, descriptors };
      for (const [resource, amount] of Object.entries(room)) {
        const others = { mappings: null, descriptors: null };
        const job = { threads, method: "pwrite" };
        expect(against(job, { ...others, [resource]: { amount, basis: "measured" } }), resource).toHaveLength(1);
        expect(accepts(job, { ...others, [resource]: { amount: 1.5 * amount, basis: "measured" } })).toBe(true);
      }
    }
  });

  test.each([
    [
      "memory",
      { amount: GIBIBYTE, basis: "control group /x" },
      "GiB of memory; 1.00 GiB are left here (control group /x)",
    ],
    [
      "addressSpace",
      { amount: 20 * GIBIBYTE, basis: "ulimit -v" },
      "of address space; 20.0 GiB are left here (ulimit -v)",
    ],
    ["descriptors", { amount: 256, basis: "ulimit -n" }, "open files; 256 are left here (ulimit -n)"],
    ["tasks", { amount: 64, basis: "pids.max" }, "94 threads and processes; 64 are left here (pids.max)"],
  ] as const)("%s too small for 64 of them is named with its figures", (resource, room, words) => {
    const failures = against({ threads: 64 }, { [resource]: room });
    expect(failures).toHaveLength(1);
    expect(failures[0]?.what).toContain(words);
    const most = Number(/^Use (\d+) threads? at most/.exec(failures[0]?.next ?? "")?.[1]);
    expect(accepts({ threads: most }, { [resource]: room })).toBe(true);
    expect(against({ threads: most + 1 }, { [resource]: room })).toHaveLength(1);
  });
});

describe("what blocks and queues take", () => {
  const job = { method: "libaio", threads: 16, queueDepth: 1024, blockSize: "1MiB" };

  test("is there twice while a queue is warmed up", () => {
    expect(accepts(job)).toBe(true);
    const [failure] = against(job, { memory: { amount: 32 * GIBIBYTE, basis: "MemAvailable" } });
    expect(failure?.what).toContain("32.5 GiB of memory; 32.0 GiB are left here");
    expect(failure?.next).toBe("Use 15 threads at most, a lower queue depth, or raise the limit");
  });

  test("is there once more where flushes between writes are warmed up", () => {
    const headroom = { memory: { amount: 40 * GIBIBYTE, basis: "MemAvailable" } };
    expect(accepts({ ...job, operation: "write", flush: "end" }, headroom)).toBe(true);
    expect(against({ ...job, operation: "write", flush: "every 8" }, headroom)).toHaveLength(1);
  });

  test("counts against the requests of kernel AIO", () => {
    const [failure] = against({ method: "libaio", threads: 64, queueDepth: 1024, blockSize: "4KiB" });
    expect(failure?.what).toContain("131,072 kernel AIO requests; 65,536 are left here (sysctl fs.aio-max-nr)");
    expect(accepts({ method: "io_uring", threads: 64, queueDepth: 1024, blockSize: "4KiB" })).toBe(true);
  });
});

describe("a target in memory", () => {
  const profile = {
    target: { path: "x", size: "6GiB" },
    jobs: [{ name: "j", method: "pwrite", operation: "write" }],
  };
  const inMemory = placeFor("x", { fileSystem: "tmpfs", memoryBasis: "tmpfs", device: null });
  const machine = machineWith({ memory: { amount: 6 * GIBIBYTE, basis: "MemAvailable" } });

  test("takes as much of it as is filled", () => {
    expect(failuresFor(profile, { machine, facts: [inMemory] })).toEqual([
      expect.objectContaining({
        what: "1 thread at queue depth 1 with blocks of 64KiB and a target of 6GiB in memory needs about 6.30 GiB of memory; 6.00 GiB are left here (MemAvailable)",
        cause: "The target is kept in memory (tmpfs), beside the heap and buffers of each thread",
        next: "Use a smaller target, a target on a disk, smaller blocks, or raise the limit",
      }),
    ]);
  });

  test("takes nothing that is not filled, or is there already", () => {
    const sparse = { ...profile, target: { ...profile.target, preallocate: "none", fill: "none" } };
    expect(planFor(sparse, { machine, facts: [inMemory] }).cases).toHaveLength(1);
    expect(planFor(profile, { machine, facts: [placeFor("x")] }).cases).toHaveLength(1);
  });
});

test("offsets beyond 2 GiB make garbage, which takes room once there is enough of it", () => {
  const long = { threads: 128, method: "pwrite", duration: "10m" };
  const sized = (size: string, job: object) => ({ target: { path: "x", size }, jobs: [{ name: "j", ...job }] });
  const machine = machineWith({});
  const [failure] = failuresFor(sized("4GiB", long), { machine });
  expect(failure?.what).toContain("memory mappings");
  expect(planFor(sized("1GiB", long), { machine }).cases).toHaveLength(1);
  expect(planFor(sized("4GiB", { ...long, duration: "1s", warmup: 0 }), { machine }).cases).toHaveLength(1);
});
