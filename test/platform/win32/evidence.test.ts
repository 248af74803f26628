// Counters of a scripted Windows, laid out as in the SDK's headers -> what a result is checked against.

import { describe, expect, test } from "vitest";
import type { Kernel32 } from "../../../src/platform/win32/kernel32.ts";
import { createEvidence } from "../../../src/platform/win32/evidence.ts";
import { ScriptedFiles, structure, wide, type Answer, type Thing } from "./scripted-files.ts";

const PERFORMANCE = 0x70020;
const EXTENTS = 0x560000;
const ERROR_INVALID_FUNCTION = 1;
const SECOND = 10_000_000n;
/** 2026-01-01 as a FILETIME, which exceeds 2^53. */
const QUERIED = 134116992000000000n;

interface Counts {
  readonly read: bigint;
  readonly written: bigint;
  readonly readTime?: bigint;
  readonly writeTime?: bigint;
  readonly idle?: bigint;
  readonly queried?: bigint;
}

/** DISK_PERFORMANCE, field by field. */
function performance({ read, written, readTime = 0n, writeTime = 0n, idle = 0n, queried = QUERIED }: Counts): Buffer {
  return structure(
    88,
    [0, read], // LARGE_INTEGER BytesRead
    [8, written], // LARGE_INTEGER BytesWritten
    [16, readTime], // LARGE_INTEGER ReadTime
    [24, writeTime], // LARGE_INTEGER WriteTime
    [32, idle], // LARGE_INTEGER IdleTime
    [40, 11], // DWORD ReadCount
    [44, 12], // DWORD WriteCount
    [48, 3], // DWORD QueueDepth
    [52, 0], // DWORD SplitCount
    [56, queried], // LARGE_INTEGER QueryTime
    [64, 0], // DWORD StorageDeviceNumber, then WCHAR StorageManagerName[8]
  );
}

const counting = (counts: Answer): Thing => ({ control: { [PERFORMANCE]: counts } });

/** A volume on those disks: VOLUME_DISK_EXTENTS with one DISK_EXTENT each. */
function volume(disks: readonly number[], counts: Answer): Thing {
  const extents = disks.map((number) => structure(24, [0, number]));
  return {
    control: { [EXTENTS]: Buffer.concat([structure(8, [0, disks.length]), ...extents]), [PERFORMANCE]: counts },
  };
}

const VOLUME = "\\\\?\\Volume{c}";
const DISK = "\\\\.\\PhysicalDrive";
const FILE = "C:\\data\\test.dat";
const OURS = performance({ read: 4096n, written: 8192n });

const traffic = (things: Readonly<Record<string, Thing>>, path = FILE) =>
  createEvidence(new ScriptedFiles(things)).deviceTraffic(path);

describe("device traffic", () => {
  test("is what the volume counted, and the disk below it", () => {
    const things = {
      [VOLUME]: volume([2], OURS),
      [`${DISK}2`]: counting(
        performance({
          read: 1_000_000n,
          written: 3_000_000n,
          readTime: 2n * SECOND,
          writeTime: 5n * SECOND,
          idle: QUERIED - 4n * SECOND,
        }),
      ),
    };
    expect(traffic(things)).toMatchObject([
      { name: "C:", role: "own", readBytes: 4096, writtenBytes: 8192 },
      {
        name: "PhysicalDrive2",
        role: "disk",
        readBytes: 1_000_000,
        writtenBytes: 3_000_000,
        busySeconds: 4,
        queueSeconds: 7,
      },
    ]);
  });

  test("beyond 2^53 bytes keeps its size, and its growth to within a sector", () => {
    const before = 2n ** 53n + 12_345n * 4096n;
    const at = (read: bigint): number =>
      traffic({ [VOLUME]: volume([], performance({ read, written: 0n })) })[0]?.readBytes ?? 0;
    expect(at(before)).toBeGreaterThan(2 ** 53);
    expect(at(before + 2n ** 30n) - at(before)).toBe(2 ** 30);
  });

  test("tells the time in which there was something to do by what the clock gained on idling", () => {
    const busyAt = (queried: bigint, idle: bigint): number =>
      traffic({ [VOLUME]: volume([], performance({ read: 0n, written: 0n, idle, queried })) })[0]?.busySeconds ?? 0;
    // Ten seconds pass, three of them idle.
    const grown = busyAt(QUERIED + 10n * SECOND, 103n * SECOND) - busyAt(QUERIED, 100n * SECOND);
    expect(grown).toBeCloseTo(7, 4);
  });

  test("is asked for without any rights, so that neither users nor locked volumes stand in the way", () => {
    const locked = { ...volume([2], OURS), refusesRights: 5 };
    const win32 = new ScriptedFiles({ [VOLUME]: locked, [`${DISK}2`]: { ...counting(OURS), refusesRights: 5 } });
    expect(
      createEvidence(win32)
        .deviceTraffic(FILE)
        .map(({ role }) => role),
    ).toEqual(["own", "disk"]);
    expect(win32.opened.map(({ access }) => access).filter((access) => access !== 0)).toEqual([]);
    expect(win32.openHandles).toEqual([]);
  });

  test("of a volume without counters is that of its only disk", () => {
    const things = { [VOLUME]: volume([2], -ERROR_INVALID_FUNCTION), [`${DISK}2`]: counting(OURS) };
    expect(traffic(things)).toMatchObject([{ name: "PhysicalDrive2", role: "own", readBytes: 4096 }]);
  });

  test("of a volume on several disks is the volume's, and theirs together below it", () => {
    const disks = { [`${DISK}1`]: counting(OURS), [`${DISK}2`]: counting(OURS) };
    expect(traffic({ [VOLUME]: volume([1, 2], OURS), ...disks })).toMatchObject([
      { name: "C:", role: "own", writtenBytes: 8192 },
      { name: "PhysicalDrive1 + PhysicalDrive2", role: "below", writtenBytes: 16384 },
    ]);
    // Copies and parities cannot be told apart from what was asked for.
    expect(traffic({ [VOLUME]: volume([1, 2], -ERROR_INVALID_FUNCTION), ...disks })).toEqual([]);
    // A disk that does not count leaves the sum without meaning.
    const half = { [VOLUME]: volume([1, 2], OURS), [`${DISK}1`]: counting(OURS), [`${DISK}2`]: counting(-1) };
    expect(traffic(half).map(({ role }) => role)).toEqual(["own"]);
  });

  test("of a raw disk is its own, and so is that of a raw volume, whose I/O goes to the disk", () => {
    const things = { [`${DISK}2`]: counting(OURS), "\\\\.\\X:": volume([2], performance({ read: 0n, written: 0n })) };
    expect(traffic(things, `${DISK}2`)).toMatchObject([{ name: "PhysicalDrive2", role: "own", writtenBytes: 8192 }]);
    expect(traffic(things, "\\\\.\\X:")).toMatchObject([{ name: "PhysicalDrive2", role: "own", writtenBytes: 8192 }]);
  });

  test("of a raw volume without disks below it is the volume's", () => {
    expect(traffic({ "\\\\.\\X:": volume([], OURS) }, "\\\\.\\X:")).toMatchObject([{ name: "X:", role: "own" }]);
  });

  test.each([
    [
      "switched off",
      { [VOLUME]: volume([2], -ERROR_INVALID_FUNCTION), [`${DISK}2`]: counting(-ERROR_INVALID_FUNCTION) },
    ],
    ["unknown to the driver", { [VOLUME]: volume([2], -50), [`${DISK}2`]: counting(-50) }],
    ["told in part only", { [VOLUME]: volume([], OURS.subarray(0, 64)) }],
    ["behind a door", { [VOLUME]: { refuses: 5 } }],
    ["not there, as on a network share", {}],
  ])("is none where the counters are %s", (_, things) => {
    expect(traffic(things)).toEqual([]);
  });
});

/** A machine with these answers about power. */
function machine(
  answers: {
    readonly status?: readonly number[];
    readonly processors?: readonly (readonly [number: number, maximum: number, limit: number])[];
    readonly plan?: string;
    readonly counterHertz?: bigint;
  },
  wineVersion: string | null = null,
) {
  const { status, processors, plan, counterHertz = 10_000_000n } = answers;
  const overrides: Partial<Kernel32> = {
    GetSystemPowerStatus(buffer) {
      buffer?.set(Buffer.from(status ?? []));
      return status === undefined ? 0 : 1;
    },
    CallNtPowerInformation(level, _input, _inputSize, output, outputSize) {
      if (level !== 11 || processors === undefined) return 0xc0000002 | 0;
      if (outputSize < processors.length * 24) return 0xc0000023 | 0;
      // PROCESSOR_POWER_INFORMATION: Number, MaxMhz, CurrentMhz, MhzLimit, MaxIdleState, CurrentIdleState.
      const entries = processors.map(([number, maximum, limit]) =>
        structure(24, [0, number], [4, maximum], [8, 800], [12, limit], [16, 2], [20, 1]),
      );
      output?.set(Buffer.concat(entries));
      return 0;
    },
    RegGetValueW(_root, _key, value, _flags, _type, data, size) {
      if (plan === undefined || value !== "ActivePowerScheme") return 2;
      wide(data, `${plan}\0`);
      size?.set(structure(4, [0, plan.length * 2 + 4]));
      return 0;
    },
    QueryPerformanceFrequency(buffer) {
      buffer?.set(structure(8, [0, counterHertz]));
      return 1;
    },
  };
  const win32 = new ScriptedFiles({}, overrides);
  win32.wineVersion = wineVersion;
  return createEvidence(win32);
}

const BALANCED = "381b4222-f694-41f0-9685-ff5bb260df2e";
const POWER_SAVER = "A1841308-3541-4FAB-BC81-F71556F20B4A";

describe("the power state", () => {
  // ACLineStatus, BatteryFlag, BatteryLifePercent, SystemStatusFlag.
  test.each([
    ["on the mains", [1, 128, 255, 0], false],
    ["on battery", [0, 1, 80, 0], true],
    ["untold", [255, 255, 255, 0], null],
  ])("%s", (_, status, onBattery) => {
    expect(machine({ status }).powerState().onBattery).toBe(onBattery);
  });

  test("is unknown where the system does not answer", () => {
    expect(machine({}).powerState()).toEqual({ onBattery: null, frequencies: [], throttleEvents: null });
  });

  test("holds what each CPU may run at, and the most that it has", () => {
    const { frequencies } = machine({
      processors: [
        [0, 3600, 3600],
        [1, 3600, 1800],
      ],
      plan: BALANCED,
    }).powerState();
    expect(frequencies).toEqual([
      {
        name: "cpu0",
        driver: null,
        governor: "Balanced",
        energyPreference: null,
        allowedHertz: 3.6e9,
        maximumHertz: 3.6e9,
      },
      {
        name: "cpu1",
        driver: null,
        governor: "Balanced",
        energyPreference: null,
        allowedHertz: 1.8e9,
        maximumHertz: 3.6e9,
      },
    ]);
  });

  test("prefers to save energy under that plan, and while the battery saver is on", () => {
    const processors = [[0, 3600, 3600]] as const;
    const preference = (answers: Parameters<typeof machine>[0]): string | null | undefined =>
      machine({ processors, ...answers }).powerState().frequencies[0]?.energyPreference;
    expect(preference({ plan: POWER_SAVER })).toBe("power");
    expect(preference({ plan: BALANCED, status: [0, 1, 15, 1] })).toBe("power");
    expect(preference({ plan: BALANCED, status: [1, 128, 255, 0] })).toBeNull();
  });

  test("of a group of 64 CPUs is complete", () => {
    const processors = Array.from({ length: 64 }, (_, number) => [number, 2000, 2000] as const);
    expect(
      machine({ processors })
        .powerState()
        .frequencies.map(({ name }) => name),
    ).toEqual(processors.map(([number]) => `cpu${number}`));
  });

  test("under Wine has no frequencies, which are invented there", () => {
    expect(machine({ processors: [[0, 1000, 1000]], status: [1, 128, 255, 0] }, "8.0").powerState()).toEqual({
      onBattery: false,
      frequencies: [],
      throttleEvents: null,
    });
  });
});

describe("the clock's source", () => {
  test.each([
    [10_000_000n, null, null],
    [3_579_545n, null, "ACPI power management timer"],
    [14_318_180n, null, "HPET"],
    [3_579_545n, "8.0", null],
  ])("at %d Hz, Wine %s: %s", (counterHertz, wineVersion, source) => {
    expect(machine({ counterHertz }, wineVersion).clockSource()).toBe(source);
  });
});

test("stolen time and waits for a CPU are counted by nobody", () => {
  expect(machine({}).stolenSeconds()).toBeNull();
  expect(machine({}).schedulingDelay()).toBeNull();
});
