// How a ring is to be driven -> the ring, or why the kernel will not have it and what to do then.

import { DiskbenchError } from "../../shared/errors.ts";
import { systemError } from "./errors.ts";
import { Ring, type RingMode } from "./io-uring-ring.ts";

const EPERM = 1;
const ENOMEM = 12;

/** At least `queueDepth` entries. Throws UNSUPPORTED. */
export function openRing(queueDepth: number, mode: RingMode): Ring {
  const ring = Ring.open(queueDepth, mode);
  if (typeof ring !== "number") return ring;
  const { defers: _, ...ways } = mode;
  const asked = Object.entries(ways).flatMap(([name, isAsked]) => (isAsked ? [name] : []));
  if (asked.length > 0 && -ring !== ENOMEM) {
    throw new DiskbenchError({
      code: "UNSUPPORTED",
      what: `io_uring cannot be set up with ${asked.join(" and ")}`,
      system: systemError("io_uring_setup", -ring),
      ...(-ring === EPERM ? { cause: "Kernels before 5.13 want the capability CAP_SYS_NICE for a submit thread" } : {}),
      next: `Leave ${asked.join(" and ")} out`,
    });
  }
  throw new DiskbenchError({
    code: "UNSUPPORTED",
    what: `io_uring cannot be set up with ${queueDepth} entries`,
    system: systemError("io_uring_setup", -ring),
    ...(-ring === ENOMEM
      ? { cause: "The rings count against RLIMIT_MEMLOCK, before Linux 5.12 and of late again" }
      : {}),
    next: "Raise `ulimit -l`, lower queueDepth or threads, or use method writefileex (kernel AIO)",
  });
}
