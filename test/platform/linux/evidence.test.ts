// Trees that look like the kernel's -> device traffic, power and time as checks need them.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { createEvidence } from "../../../src/platform/linux/evidence.ts";
import { temporaryDirectory } from "../../support/places.ts";
import type { Undo } from "../../support/undo.ts";
import type { KernelRoots } from "../../../src/platform/linux/block-device.ts";
import { fakeKernel, type FakeKernel } from "./fake-kernel.ts";

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A kernel with more files: from /sys or /proc, by path. */
function kernelWith(undo: Undo, kernel: FakeKernel, files: Readonly<Record<string, string>>): KernelRoots {
  const roots = fakeKernel(undo, kernel);
  for (const [path, text] of Object.entries(files)) {
    write(path.replace(/^\/sys/, roots.sysRoot).replace(/^\/proc/, roots.procRoot), text);
  }
  return roots;
}

/** reads, merged, sectors read, ms, writes, merged, sectors written, ms, in flight, ms busy, ms weighted. */
const line = (number: string, name: string, read: number, written: number): string =>
  `   ${number.replace(":", "       ")} ${name} 5 0 ${read} 1 6 0 ${written} 1 0 250 4000 0 0 0 0 0 0`;

describe("device traffic", () => {
  const DISKSTATS = [
    line("8:0", "sda", 100, 200),
    line("8:1", "sda1", 10, 20),
    line("8:16", "sdb", 1, 2),
    line("8:32", "sdc", 3, 4),
    line("9:0", "md0", 7, 8),
    "",
  ].join("\n");

  test("of a partition: its own, and its disk's", ({ onTestFinished }) => {
    const devices = { sda: { number: "8:0", sectors: 1000, partitions: { 1: { number: "8:1", sectors: 100 } } } };
    const roots = kernelWith(onTestFinished, { devices }, { "/proc/diskstats": DISKSTATS });
    const times = { busySeconds: 0.25, queueSeconds: 4 };
    expect(createEvidence(roots).deviceTraffic("/dev/sda1")).toEqual([
      { name: "sda1", role: "own", readBytes: 5120, writtenBytes: 10_240, ...times },
      { name: "sda", role: "disk", readBytes: 51_200, writtenBytes: 102_400, ...times },
    ]);
  });

  test("of an array: its own, and its members' together", ({ onTestFinished }) => {
    const devices = {
      md0: { number: "9:0", sectors: 1000, attributes: { "slaves/sdb": "", "slaves/sdc": "" } },
      sdb: { number: "8:16", sectors: 1000 },
      sdc: { number: "8:32", sectors: 1000 },
    };
    const roots = kernelWith(onTestFinished, { devices }, { "/proc/diskstats": DISKSTATS });
    expect(createEvidence(roots).deviceTraffic("/dev/md0")).toMatchObject([
      { name: "md0", role: "own", readBytes: 7 * 512 },
      { name: "sdb + sdc", role: "below", readBytes: 4 * 512, writtenBytes: 6 * 512 },
    ]);
  });

  test("of what does not count: nothing", ({ onTestFinished }) => {
    const devices = { sdz: { number: "8:99", sectors: 1000 } };
    const evidence = createEvidence(kernelWith(onTestFinished, { devices }, { "/proc/diskstats": DISKSTATS }));
    expect(evidence.deviceTraffic("/dev/sdz")).toEqual([]);
    expect(evidence.deviceTraffic("/nowhere/at/all")).toEqual([]);
    expect(createEvidence().deviceTraffic(temporaryDirectory(onTestFinished, { onTmpfs: true }))).toEqual([]);
  });
});

describe("power", () => {
  const SUPPLY = "/sys/class/power_supply";
  const battery = (status: string): Record<string, string> => ({
    [`${SUPPLY}/BAT0/type`]: "Battery\n",
    [`${SUPPLY}/BAT0/status`]: `${status}\n`,
  });
  const mains = (online: string): Record<string, string> => ({
    [`${SUPPLY}/AC/type`]: "Mains\n",
    [`${SUPPLY}/AC/online`]: `${online}\n`,
  });
  const mouse = {
    [`${SUPPLY}/hid/type`]: "Battery\n",
    [`${SUPPLY}/hid/scope`]: "Device\n",
    [`${SUPPLY}/hid/status`]: "Discharging\n",
  };

  test.each<readonly [string, Readonly<Record<string, string>>, boolean | null]>([
    ["a laptop on mains", { ...mains("1"), ...battery("Not charging") }, false],
    ["a laptop on its battery", { ...mains("0"), ...battery("Discharging") }, true],
    ["a laptop that tells of no mains", battery("Discharging"), true],
    ["a desktop with a wireless mouse", mouse, null],
    ["a server", {}, null],
  ])("%s", (_, files, onBattery) => {
    const undone: (() => void)[] = [];
    const roots = kernelWith((action) => undone.push(action), { devices: {} }, files);
    expect(createEvidence(roots).powerState().onBattery).toBe(onBattery);
    for (const action of undone) action();
  });

  test("frequencies by policy, and throttling counted over all CPUs", ({ onTestFinished }) => {
    const cpu = "/sys/devices/system/cpu";
    const roots = kernelWith(
      onTestFinished,
      { devices: {} },
      {
        [`${cpu}/cpufreq/policy0/scaling_driver`]: "amd-pstate-epp\n",
        [`${cpu}/cpufreq/policy0/scaling_governor`]: "powersave\n",
        [`${cpu}/cpufreq/policy0/energy_performance_preference`]: "power\n",
        [`${cpu}/cpufreq/policy0/scaling_max_freq`]: "2000000\n",
        [`${cpu}/cpufreq/policy0/cpuinfo_max_freq`]: "4000000\n",
        [`${cpu}/cpu0/thermal_throttle/core_throttle_count`]: "2\n",
        [`${cpu}/cpu1/thermal_throttle/core_throttle_count`]: "3\n",
        [`${cpu}/cpu1/thermal_throttle/package_throttle_count`]: "10\n",
      },
    );
    expect(createEvidence(roots).powerState()).toEqual({
      onBattery: null,
      throttleEvents: 15,
      frequencies: [
        {
          name: "policy0",
          driver: "amd-pstate-epp",
          governor: "powersave",
          energyPreference: "power",
          allowedHertz: 2e9,
          maximumHertz: 4e9,
        },
      ],
    });
  });
});

describe("time", () => {
  test("stolen is the eighth figure of the first line, in hundredths of a second", ({ onTestFinished }) => {
    const roots = kernelWith(onTestFinished, { devices: {} }, { "/proc/stat": "cpu  1 2 3 4 5 6 7 250 0 0\ncpu0 1\n" });
    expect(createEvidence(roots).stolenSeconds()).toBe(2.5);
  });

  test("waited for a CPU only grows, and there is none where the kernel does not count it", ({ onTestFinished }) => {
    const delay = createEvidence().schedulingDelay();
    const before = delay?.read();
    for (const end = performance.now() + 20; performance.now() < end;);
    const after = delay?.read();
    expect(after?.seconds).toBeGreaterThanOrEqual(before?.seconds ?? Infinity);
    expect(after?.count).toBeGreaterThanOrEqual(before?.count ?? Infinity);
    delay?.close();
    expect(createEvidence(fakeKernel(onTestFinished, { devices: {} })).schedulingDelay()).toBeNull();
  });
});
