// A round's specification -> what its parts are opened with: the target, the back end, the loop.

import type { BackendOptions, OpenFile, Platform } from "../platform/platform.ts";
import { BACKEND_TRAITS } from "../shared/methods.ts";
import type { LoopOptions } from "./measured-loop.ts";
import { flushInterval, readsOf, writesOf, type RoundSpec } from "./round-spec.ts";

/** Opens the round's target; methods without a medium get a handle that is none. */
export function openTarget(platform: Platform, spec: RoundSpec): OpenFile {
  const { nativeCall, overlapped } = BACKEND_TRAITS[spec.backend];
  // These two have no medium; whatever the path says is not looked at.
  if (nativeCall === "null" || nativeCall === "simulated") return { handle: -1, path: spec.path };
  return platform.files.open(spec.path, {
    access: readsOf(spec)
      ? writesOf(spec)
        ? "read-write"
        : "read"
      : BACKEND_TRAITS[spec.backend].mapped
        ? "read-write"
        : "write",
    create: "never",
    caching: spec.caching,
    writeThrough: spec.writeThrough,
    overlapped,
    pattern: spec.pattern,
    exclusive: false,
  });
}

/** `seed` is what a simulated device grows from. */
export function backendOptions(
  platform: Platform,
  spec: RoundSpec,
  file: OpenFile,
  fileSizeBytes: number,
  seed: number,
): BackendOptions {
  return {
    file,
    fileSizeBytes,
    blockSizeBytes: spec.blockSizeBytes,
    queueDepth: spec.queueDepth,
    clock: platform.clock,
    reads: readsOf(spec),
    writes: writesOf(spec),
    seed,
    submitBatch: spec.submitBatch,
    siblings: spec.ranges.length,
  };
}

export function loopOptions(platform: Platform, spec: RoundSpec, fileSizeBytes: number): LoopOptions {
  const { mapped } = BACKEND_TRAITS[spec.backend];
  return {
    blockSizeBytes: spec.blockSizeBytes,
    queueDepth: spec.queueDepth,
    flushEvery: flushInterval(spec),
    stopOnError: spec.onError === "stop",
    touchUnitBytes: mapped ? Math.max(platform.pageSizeBytes, spec.blockSizeBytes) : null,
    fileSizeBytes,
  };
}
