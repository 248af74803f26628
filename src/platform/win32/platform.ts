// Windows' parts put together into the Platform that the rest of the program works with.

import { cpus, freemem } from "node:os";
import type { BackendName } from "../../shared/methods.ts";
import { refuseNotCarriedOut } from "../carried-out.ts";
import { NullBackend } from "../null.ts";
import type { Backend, BackendOptions, Platform } from "../platform.ts";
import { parseSimulation, SimulatedBackend } from "../simulated.ts";
import { createClock } from "./clock.ts";
import { CompletionEventBackend } from "./completion-event.ts";
import { CompletionPollBackend } from "./completion-poll.ts";
import { CompletionPortBackend } from "./completion-port.ts";
import { systemError } from "./errors.ts";
import { createEvidence } from "./evidence.ts";
import { createFiles } from "./file.ts";
import { loadWin32, type Win32 } from "./kernel32.ts";
import { proveLastError } from "./last-error.ts";
import { MappedViewBackend } from "./mapped-view.ts";
import { createSharedMemory, memorySizes, openSharedMemory } from "./memory.ts";
import { createVolumes } from "./volume.ts";
import { WriteFileBackend } from "./write-file.ts";
import { WriteFileExBackend } from "./write-file-ex.ts";
import { WriteFileGatherBackend } from "./write-file-gather.ts";

type Open = (win32: Win32, options: BackendOptions) => Backend;

const BACKENDS: Readonly<Partial<Record<BackendName, Open>>> = {
  "write-file": (win32, options) => new WriteFileBackend(win32, options),
  "completion-port": (win32, options) => new CompletionPortBackend(win32, options),
  "completion-event": (win32, options) => new CompletionEventBackend(win32, options),
  "completion-poll": (win32, options) => new CompletionPollBackend(win32, options),
  "write-file-ex": (win32, options) => new WriteFileExBackend(win32, options),
  "write-file-gather": (win32, options) => new WriteFileGatherBackend(win32, options),
  "mapped-view": (win32, options) => new MappedViewBackend(win32, options),
  null: (_win32, options) => new NullBackend(options),
  simulated: (_win32, options) => new SimulatedBackend(options, parseSimulation(process.env["DISKBENCH_SIMULATION"])),
};

/** `win32` may be a scripted one, for tests. */
export function createPlatform(win32: Win32 = loadWin32()): Platform {
  const { kernel32 } = win32;
  proveLastError(kernel32);
  return {
    system: "windows",
    compatibilityLayer: win32.wineVersion === null ? null : `Wine ${win32.wineVersion}`,
    pageSizeBytes: memorySizes(kernel32).pageBytes,
    clock: createClock(win32),
    files: createFiles(win32),
    volumes: createVolumes(win32),
    evidence: createEvidence(win32),
    createSharedMemory: (sizeBytes) => createSharedMemory(win32, sizeBytes),
    openSharedMemory: (path, sizeBytes) => openSharedMemory(win32, path, sizeBytes),
    processTimes() {
      const { user, system } = process.cpuUsage();
      return { userSeconds: user / 1e6, systemSeconds: system / 1e6 };
    },
    machineTimes() {
      const times = cpus().map((cpu) => cpu.times);
      const sum = (of: (each: (typeof times)[number]) => number): number =>
        times.reduce((total, each) => total + of(each), 0) / 1000;
      return { userSeconds: sum(({ user }) => user), busySeconds: sum(({ user, sys, irq }) => user + sys + irq) };
    },
    // Windows sets no such limits to a process; job objects can, and their limits are not looked for.
    headroom: () => ({
      memory: { amount: freemem(), basis: "free physical memory" },
      addressSpace: null,
      mappings: null,
      descriptors: null,
      tasks: null,
      kernelAio: null,
    }),
    // Every Windows that node runs on has all of these calls.
    unavailability: () => null,
    // NUL takes writes, but its reads are at their end at once, and it can be neither mapped nor gathered to.
    openBackend(name, options) {
      const open = BACKENDS[name];
      if (open === undefined) throw new Error(`${name} is no back end of Windows`);
      refuseNotCarriedOut(name, options);
      return open(win32, options);
    },
    describeError: (call, code) => systemError(kernel32, call, code),
  };
}
