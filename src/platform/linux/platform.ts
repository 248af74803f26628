// Linux's parts put together into the Platform that the rest of the program works with.

import type { BackendName } from "../../shared/methods.ts";
import { BACKEND_TRAITS } from "../../shared/methods.ts";
import { refuseNotCarriedOut } from "../carried-out.ts";
import { NullBackend } from "../null.ts";
import type { Backend, BackendOptions, Platform, Unavailability } from "../platform.ts";
import { parseSimulation, SimulatedBackend } from "../simulated.ts";
import { createVolumes } from "./block-device.ts";
import { createClock } from "./clock.ts";
import { errorName, systemError } from "./errors.ts";
import { createEvidence } from "./evidence.ts";
import { createFiles } from "./file.ts";
import { readHeadroom } from "./headroom.ts";
import { ringTrouble } from "./io-uring-ring.ts";
import { IoUringBackend } from "./io-uring.ts";
import { kernelAioTrouble, LibaioBackend } from "./libaio.ts";
import { lingeringThreads } from "./lingering-threads.ts";
import { createSharedMemory, openSharedMemory, pageSizeBytes } from "./memory.ts";
import { MmapBackend } from "./mmap.ts";
import { PwriteBackend } from "./pwrite.ts";
import { PwritevBackend } from "./pwritev.ts";
import { isStopped } from "./process-state.ts";
import { machineTimes, processTimes } from "./process-times.ts";

const EPERM = 1;
const ENOMEM = 12;
const ENOSYS = 38;

function ringUnavailability(): Unavailability | null {
  const code = ringTrouble();
  if (code === 0) return null;
  const instead = "method writefileex (kernel AIO) at any depth, or writefile at queueDepth 1";
  if (code === EPERM) {
    return {
      reason:
        "io_uring is forbidden here (EPERM), by the sysctl kernel.io_uring_disabled or a container's seccomp filter",
      instead,
    };
  }
  if (code === ENOSYS) {
    return { reason: "this kernel has no io_uring, or a container's seccomp filter hides it (ENOSYS)", instead };
  }
  if (code === ENOMEM) {
    const reason = "io_uring's rings count against RLIMIT_MEMLOCK here, which leaves no room for them (ENOMEM)";
    return { reason, instead: `a higher limit (\`ulimit -l\`), or ${instead},` };
  }
  return { reason: `io_uring cannot be used here (${errorName(code)}); it needs Linux 5.6 or later`, instead };
}

function aioUnavailability(): Unavailability | null {
  const code = kernelAioTrouble();
  if (code === 0) return null;
  return {
    reason: `kernel AIO cannot be used here (io_setup: ${errorName(code)})`,
    instead: "method writefile (io_uring)",
  };
}

function unavailability(backend: BackendName): Unavailability | null {
  switch (BACKEND_TRAITS[backend].nativeCall) {
    case "io_uring":
      return ringUnavailability();
    case "libaio":
      return aioUnavailability();
    default:
      return null;
  }
}

const BACKENDS: Readonly<Partial<Record<BackendName, (options: BackendOptions) => Backend>>> = {
  pwrite: (options) => new PwriteBackend(options),
  pwritev: (options) => new PwritevBackend(options),
  mmap: (options) => new MmapBackend(options),
  libaio: (options) => new LibaioBackend(options),
  "io-uring": (options) => new IoUringBackend(options, false),
  "io-uring-vectored": (options) => new IoUringBackend(options, true),
  null: (options) => new NullBackend(options),
  simulated: (options) => new SimulatedBackend(options, parseSimulation(process.env["DISKBENCH_SIMULATION"])),
};

export function createPlatform(): Platform {
  return {
    system: "linux",
    pageSizeBytes,
    clock: createClock(),
    files: createFiles(),
    volumes: createVolumes(),
    evidence: createEvidence(),
    createSharedMemory,
    openSharedMemory,
    processTimes,
    lingeringThreads,
    isStopped,
    headroom: readHeadroom,
    machineTimes,
    unavailability,
    // Takes every write, gives zeros to every read, and a shared mapping of it is plain memory (zero(4)).
    openBackend(name, options) {
      const open = BACKENDS[name];
      if (open === undefined) throw new Error(`${name} is no back end of Linux`);
      refuseNotCarriedOut(name, options);
      return open(options);
    },
    describeError: systemError,
  };
}
