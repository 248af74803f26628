// Made-up /proc and control groups -> the tightest limit on each resource, with its name.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readHeadroom } from "../../../src/platform/linux/headroom.ts";
import { temporaryDirectory } from "../../support/places.ts";

const MEBIBYTE = 2 ** 20;

const PROC = {
  "proc/meminfo": "MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:    8000000 kB\n",
  "proc/loadavg": "0.1 0.2 0.3 2/345 6789\n",
  "proc/self/limits":
    "Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 4096                 files\nMax address space         unlimited            unlimited            bytes\n",
  "proc/sys/vm/max_map_count": "65530\n",
  "proc/sys/kernel/threads-max": "100000\n",
  "proc/sys/kernel/pid_max": "32768\n",
  "proc/sys/fs/aio-max-nr": "65536\n",
  "proc/sys/fs/aio-nr": "36\n",
};

function headroomOf(files: Readonly<Record<string, string>>): ReturnType<typeof readHeadroom> {
  const root = temporaryDirectory(onTestFinished);
  for (const [name, text] of Object.entries({ ...PROC, ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return readHeadroom({ procRoot: join(root, "proc"), groupRoot: join(root, "cgroup") });
}

describe("what is still to be had", () => {
  test("without control groups", () => {
    expect(headroomOf({ "proc/self/cgroup": "" })).toEqual({
      memory: { amount: 8_000_000 * 1024, basis: "MemAvailable of /proc/meminfo" },
      addressSpace: null,
      mappings: { amount: 65_530, basis: "sysctl vm.max_map_count" },
      descriptors: { amount: 1024, basis: "ulimit -n" },
      tasks: { amount: 32_768 - 345, basis: "sysctl kernel.pid_max" },
      kernelAio: { amount: 65_500, basis: "sysctl fs.aio-max-nr" },
    });
  });

  test("in a group of version 2, where page cache does not count and a parent may be tighter", () => {
    const { memory, tasks } = headroomOf({
      "proc/self/cgroup": "0::/a/b\n",
      "cgroup/a/memory.max": `${100 * MEBIBYTE}\n`,
      "cgroup/a/memory.current": `${90 * MEBIBYTE}\n`,
      "cgroup/a/memory.stat": `anon 1\ninactive_file ${30 * MEBIBYTE}\nactive_file ${20 * MEBIBYTE}\nslab_reclaimable 0\n`,
      "cgroup/a/b/memory.max": "max\n",
      "cgroup/a/b/memory.current": "1\n",
      "cgroup/a/b/pids.max": "100\n",
      "cgroup/a/b/pids.current": "40\n",
    });
    expect(memory).toMatchObject({ amount: 60 * MEBIBYTE, basis: expect.stringMatching(/control group .*\/a$/) });
    expect(tasks).toMatchObject({ amount: 60 });
  });

  test("in a container whose group is the root of what it sees", () => {
    const { memory } = headroomOf({
      "proc/self/cgroup": "0::/system.slice/docker-1.scope\n",
      "cgroup/memory.max": `${50 * MEBIBYTE}\n`,
      "cgroup/memory.current": "0\n",
    });
    expect(memory?.amount).toBe(50 * MEBIBYTE);
  });

  test("in a group of version 1", () => {
    const { memory } = headroomOf({
      "proc/self/cgroup": "4:memory:/a\n3:cpuset:/\n0::/\n",
      "cgroup/memory/a/memory.limit_in_bytes": `${100 * MEBIBYTE}\n`,
      "cgroup/memory/a/memory.usage_in_bytes": `${40 * MEBIBYTE}\n`,
      "cgroup/memory/a/memory.stat": `inactive_file 1\ntotal_inactive_file ${10 * MEBIBYTE}\ntotal_active_file 0\n`,
    });
    expect(memory?.amount).toBe(70 * MEBIBYTE);
  });

  const TASKS = {
    "proc/self/cgroup": "",
    "proc/self/limits":
      "Limit                     Soft Limit           Hard Limit           Units\nMax processes             100                  100                  processes\n",
    "proc/17/status": "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nThreads:\t40\n",
    "proc/18/status": "Name:\ty\nUid:\t1000\t0\t0\t0\nThreads:\t2\n",
    "proc/19/status": "Name:\tz\nUid:\t0\t0\t0\t0\nThreads:\t9\n",
  };
  const statusOf = (user: number, capabilities: string): string =>
    `Uid:\t${user}\t${user}\t${user}\t${user}\nCapEff:\t${capabilities}\n`;

  test.each([
    ["of a user counts the threads of all the user's processes", 1000, "0000000000000000", 58],
    ["of a user counts with capabilities that have nothing to do with it", 1000, "0000000000004000", 58],
    ["does not bind root", 0, "0000000000000000", 32_768 - 345],
    ["does not bind who may exceed resources", 1000, "0000000001000000", 32_768 - 345],
    ["does not bind who administers the system", 1000, "0000000000200000", 32_768 - 345],
  ])("ulimit -u %s", (_, user, capabilities, amount) => {
    expect(headroomOf({ ...TASKS, "proc/self/status": statusOf(user, capabilities) }).tasks?.amount).toBe(amount);
  });

  test("on this machine is something", () => {
    const { memory, mappings, descriptors } = readHeadroom();
    expect(memory?.amount).toBeGreaterThan(MEBIBYTE);
    expect(mappings?.amount).toBeGreaterThan(1000);
    expect(descriptors?.amount).toBeGreaterThan(10);
  });
});
