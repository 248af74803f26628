// What is said of this computer.

import { cpus, hostname, release } from "node:os";
import { expect, test } from "vitest";
import { describeMachine, type MachinePlatform } from "../../src/machine/describe-machine.ts";
import type { BackendName } from "../../src/shared/methods.ts";

const HEADROOM = {
  memory: { amount: 1, basis: "MemAvailable" },
  addressSpace: null,
  mappings: null,
  descriptors: null,
  tasks: null,
  kernelAio: null,
};

function platformOf(system: MachinePlatform["system"], forbidden: readonly BackendName[]): MachinePlatform {
  return {
    system,
    pageSizeBytes: 16384,
    headroom: () => HEADROOM,
    clock: { name: "CLOCK_MONOTONIC", resolutionNs: 1, now: () => 0 },
    unavailability: (backend) => (forbidden.includes(backend) ? { reason: "forbidden", instead: "pwrite" } : null),
  };
}

test("the computer is described, with what it forbids", () => {
  expect(describeMachine(platformOf("linux", ["io-uring"]))).toMatchObject({
    system: "linux",
    operatingSystem: `Linux ${release()}`,
    hostname: hostname(),
    architecture: process.arch,
    cpuModel: cpus()[0]?.model.trim(),
    pageSizeBytes: 16384,
    nodeVersion: process.version,
    clock: { name: "CLOCK_MONOTONIC", resolutionNs: 1 },
    headroom: HEADROOM,
    unavailable: { "io-uring": { reason: "forbidden", instead: "pwrite" } },
  });
});

test("only what methods of the system can lead to is asked about", () => {
  expect(describeMachine(platformOf("windows", ["io-uring", "completion-poll", "write-file"])).unavailable).toEqual({
    "completion-poll": { reason: "forbidden", instead: "pwrite" },
    "write-file": { reason: "forbidden", instead: "pwrite" },
  });
});

test("the description can be written down and read again", () => {
  const machine = describeMachine(platformOf("linux", []));
  expect(JSON.parse(JSON.stringify(machine))).toEqual(machine);
  expect(machine.cpuCount).toBeGreaterThan(0);
  expect(machine.memoryBytes).toBeGreaterThan(2 ** 20);
});
