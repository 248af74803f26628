// A round's specification -> what its parts are opened with: the target, the back end, the loop.

import { sameIdentity } from "../platform/file-identity.ts";
import type { RingSettings } from "../job/job.ts";
import type { BackendOptions, OpenFile, Platform } from "../platform/platform.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { BACKEND_TRAITS, touchesTarget } from "../shared/methods.ts";
import { transfersOf } from "../shared/operations.ts";
import { ORDER_OF } from "../shared/vocabulary.ts";
import type { LoopOptions, LoopParts, MeasuredLoop } from "./loop/measured-loop.ts";
import { QueuedLoop } from "./loop/queued-loop.ts";
import { flushInterval, readsOf, writesOf, type MemberSpec } from "./round-spec.ts";
import { DepthOneLoop } from "./loop/depth-one-loop.ts";

/** How a file is opened on which code is only warmed up. */
export const THROUGH_CACHE = { caching: "buffered", writeThrough: false } as const;

/** Opens whatever stands at the path of `spec`; methods without a medium get a handle that is none. */
export function openAtPath(platform: Platform, spec: MemberSpec, links: "follow" | "refuse"): OpenFile {
  const { overlapped } = BACKEND_TRAITS[spec.backend];
  if (!touchesTarget(spec.backend)) return { handle: -1, path: spec.path };
  return platform.files.open(spec.path, {
    access: readsOf(spec)
      ? writesOf(spec)
        ? "read-write"
        : "read"
      : BACKEND_TRAITS[spec.backend].mapped
        ? "read-write"
        : "write",
    caching: spec.caching,
    writeThrough: spec.writeThrough,
    overlapped,
    accessOrder: ORDER_OF[spec.pattern],
    exclusive: false,
    links,
  });
}

/** Opens the round's target. Throws TARGET_CHANGED when it is not what stands there any more. */
export function openTarget(platform: Platform, spec: MemberSpec): OpenFile {
  const file = openAtPath(platform, spec, spec.identity === undefined ? "follow" : "refuse");
  if (file.handle < 0) return file;
  if (spec.identity === undefined || sameIdentity(platform.files.statusOf(file).identity, spec.identity)) return file;
  platform.files.close(file);
  throw new DiskbenchError({
    code: "TARGET_CHANGED",
    what: "Something else was put in the target's place; nothing was written to it",
    where: spec.path,
    cause: "Another program worked on the target",
    next: "Keep other programs away from the target and run again",
  });
}

/** How an io_uring of the round is driven. */
export const ringOf = ({ polling, submitThread }: MemberSpec): RingSettings => ({ polling, submitThread });

/** `seed` is what a simulated device grows from. */
export function backendOptions(
  platform: Platform,
  spec: MemberSpec,
  file: OpenFile,
  fileSizeBytes: number,
  seed: number,
): BackendOptions & Required<Pick<BackendOptions, "ring">> {
  return {
    files: [{ ...file, sizeBytes: fileSizeBytes }],
    slotSizeBytes: spec.blockSizeBytes,
    queueDepth: spec.queueDepth,
    clock: platform.clock,
    operations: transfersOf(spec),
    accessOrder: ORDER_OF[spec.pattern],
    seed,
    submitBatch: spec.batch,
    ring: ringOf(spec),
    siblings: spec.roundThreads,
  };
}

export function loopOptions(platform: Platform, spec: MemberSpec, fileSizeBytes: number): LoopOptions {
  const { mapped } = BACKEND_TRAITS[spec.backend];
  return {
    queueDepth: spec.queueDepth,
    flushEvery: flushInterval(spec),
    maxErrors: spec.onError === "stop" ? 0 : spec.maxErrors,
    touchUnitBytes: mapped ? Math.max(platform.pageSizeBytes, spec.blockSizeBytes) : null,
    fileSizeBytes,
  };
}

export function loopOfDepth(parts: LoopParts, options: LoopOptions): MeasuredLoop {
  return options.queueDepth === 1 ? new DepthOneLoop(parts, options) : new QueuedLoop(parts, options);
}
