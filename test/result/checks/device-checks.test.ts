// What a device counted -> what kernel-bytes and foreign-io say of it.

import type { Round } from "../../../src/result/result.ts";
import { REFUSED, device, surroundings, testRows, type Row } from "./fixture.ts";

const READS = { operation: "read" } as const;
const BUFFERED = { caching: "buffered", flush: "end" } as const;
const devices =
  (...list: readonly (readonly ["own" | "disk" | "below", number])[]) =>
  (round: Round): Partial<Round> => ({
    surroundings: surroundings(round, { devices: list.map(([role, factor]) => device(round, role, factor, role)) }),
  });

const ROWS: readonly Row[] = [
  ["all of it", "kernel-bytes", {}, "pass", /nvme0n1 counted 100 %/],
  ["a little less", "kernel-bytes", { round: devices(["own", 0.981]) }, "pass", /counted 98 %/],
  [
    "97 %",
    "kernel-bytes",
    { round: devices(["own", 0.97]) },
    "warn",
    /Only 97 % .* written reached own: a cache answered the rest/,
  ],
  [
    "nothing",
    "kernel-bytes",
    { round: devices(["own", 0]), settings: READS },
    "fail",
    /Only 0\.0 % .* read reached own/,
  ],
  ["more than all", "kernel-bytes", { round: devices(["own", 1.5]) }, "pass", /150 %/],
  [
    "a cache below",
    "kernel-bytes",
    { round: devices(["own", 1], ["below", 0.2]) },
    "warn",
    /only 20 % came through to below: a cache below own/,
  ],
  ["copies below", "kernel-bytes", { round: devices(["own", 1], ["below", 2]) }, "pass", /./],
  [
    "a buffered round",
    "kernel-bytes",
    { round: devices(["own", 0.1]), settings: BUFFERED },
    "pass",
    /cache answered the rest; buffered I\/O/,
  ],
  ["a mapped round", "kernel-bytes", { round: devices(["own", 0.1]), settings: { method: "mmap" } }, "pass", /mapped/],
  [
    "btrfs",
    "kernel-bytes",
    { round: devices(["own", 0.1]), target: { fileSystem: "btrfs" } },
    "pass",
    /btrfs has an accounting/,
  ],
  [
    "no device",
    "kernel-bytes",
    { round: devices(), target: { fileSystem: "tmpfs" } },
    "pass",
    /no block device under this tmpfs/,
  ],
  [
    "3 % and much of it",
    "foreign-io",
    { round: devices(["own", 1.03]), ios: 20_000 },
    "warn",
    /^Others transferred up to 1\.17 MiB\/s on own .*2 of 2 rounds/,
  ],
  ["3 % but little of it", "foreign-io", { round: devices(["own", 1.03]), ios: 2000 }, "pass", /./],
  ["1 % of much", "foreign-io", { round: devices(["own", 1.01]), ios: 200_000 }, "pass", /./],
  ["another partition", "foreign-io", { round: devices(["own", 1], ["disk", 3]) }, "warn", /on disk meanwhile/],
  [
    "flushes at every write",
    "foreign-io",
    { round: devices(["own", 2]), settings: { flush: "each" } },
    "pass",
    REFUSED,
  ],
  [
    "flushes at every write of a raw device, which has no journal",
    "foreign-io",
    { round: devices(["own", 2]), settings: { flush: "each" }, target: { kind: "device" } },
    "warn",
    /^Others transferred/,
  ],
  [
    "a disk that Windows does not count",
    "kernel-bytes",
    { round: devices(), machine: { system: "windows", operatingSystem: "Windows 10.0.26100" } },
    "pass",
    /^Cannot be checked: Windows keeps no counters for nvme0n1; `diskperf -Y`/,
  ],
  [
    "a network share of Windows",
    "kernel-bytes",
    {
      round: devices(),
      machine: { system: "windows", operatingSystem: "Windows 10.0.26100" },
      target: { device: null, fileSystem: "NTFS" },
    },
    "pass",
    /^Cannot be checked: no block device under this NTFS file system counts/,
  ],
  [
    "Wine",
    "foreign-io",
    { round: devices(), machine: { system: "windows", operatingSystem: "Windows 10.0.19045 (Wine 8.0)" } },
    "pass",
    /^Cannot be checked: Wine does not count what reaches a disk/,
  ],
];

testRows(ROWS);
