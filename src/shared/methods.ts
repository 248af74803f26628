// Method names -> what each one calls on each system: the one table of who can do what.

import type { Caching, Completion, System } from "./vocabulary.ts";

export const PORTABLE_METHODS = ["writefile", "writefileex", "gather", "mapped"] as const;
export const LINUX_METHODS = ["pwrite", "io_uring", "libaio", "pwritev", "mmap"] as const;
export const WINDOWS_METHODS = ["WriteFile", "WriteFileEx", "WriteFileGather", "MapViewOfFile"] as const;
export const EVERYWHERE_METHODS = ["null", "simulated"] as const;
export const METHODS = [...PORTABLE_METHODS, ...LINUX_METHODS, ...WINDOWS_METHODS, ...EVERYWHERE_METHODS] as const;
export type Method = (typeof METHODS)[number];

/** The family of calls that a case really uses; reads belong to it too. */
export type NativeCall = (typeof LINUX_METHODS)[number] | (typeof WINDOWS_METHODS)[number] | "null" | "simulated";

/** One implementation in `platform/`. Several can belong to one family of calls. */
export const BACKEND_NAMES = [
  "pwrite",
  "io-uring",
  "io-uring-vectored",
  "libaio",
  "pwritev",
  "mmap",
  "write-file",
  "completion-port",
  "completion-event",
  "completion-poll",
  "write-file-ex",
  "write-file-gather",
  "mapped-view",
  "null",
  "simulated",
] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

export interface BackendTraits {
  readonly nativeCall: NativeCall;
  /** False: one I/O at a time, the call returns when it is done. */
  readonly queued: boolean;
  /** Blocks must be whole memory pages, because each page travels as a segment of its own. */
  readonly pageSegments: boolean;
  /** Works on a memory mapping and is therefore always buffered. */
  readonly mapped: boolean;
  /** Overlapped handles on Windows; meaningless elsewhere. */
  readonly overlapped: boolean;
  /** An io_uring, which can be polled and fed in ways of its own. */
  readonly ring: boolean;
}

const trait = (nativeCall: NativeCall, extra: Partial<BackendTraits> = {}): BackendTraits => ({
  nativeCall,
  queued: false,
  pageSegments: false,
  mapped: false,
  overlapped: false,
  ring: false,
  ...extra,
});

export const BACKEND_TRAITS: Readonly<Record<BackendName, BackendTraits>> = {
  pwrite: trait("pwrite"),
  "io-uring": trait("io_uring", { queued: true, ring: true }),
  "io-uring-vectored": trait("io_uring", { queued: true, pageSegments: true, ring: true }),
  libaio: trait("libaio", { queued: true }),
  pwritev: trait("pwritev", { pageSegments: true }),
  mmap: trait("mmap", { mapped: true }),
  "write-file": trait("WriteFile"),
  "completion-port": trait("WriteFile", { queued: true, overlapped: true }),
  "completion-event": trait("WriteFile", { queued: true, overlapped: true }),
  "completion-poll": trait("WriteFile", { queued: true, overlapped: true }),
  "write-file-ex": trait("WriteFileEx", { queued: true, overlapped: true }),
  "write-file-gather": trait("WriteFileGather", { queued: true, pageSegments: true, overlapped: true }),
  "mapped-view": trait("MapViewOfFile", { mapped: true }),
  null: trait("null", { queued: true }),
  simulated: trait("simulated", { queued: true }),
};

/** Whether `backend` does I/O at all; `null` and `simulated` leave their target alone. */
export function touchesTarget(backend: BackendName): boolean {
  const { nativeCall } = BACKEND_TRAITS[backend];
  return nativeCall !== "null" && nativeCall !== "simulated";
}

/** What `backend` does when the profile says nothing about caching. */
export function defaultCaching(backend: BackendName): Caching {
  return BACKEND_TRAITS[backend].mapped ? "buffered" : "unbuffered";
}

const METHODS_OF: Readonly<Record<System, readonly Method[]>> = {
  linux: [...PORTABLE_METHODS, ...LINUX_METHODS, ...EVERYWHERE_METHODS],
  windows: [...PORTABLE_METHODS, ...WINDOWS_METHODS, ...EVERYWHERE_METHODS],
};

/** The methods that `system` has, portable names first. */
export function methodsOf(system: System): readonly Method[] {
  return METHODS_OF[system];
}

function linuxBackend(method: Method, deep: boolean): BackendName | null {
  switch (method) {
    case "writefile":
      return deep ? "io-uring" : "pwrite";
    case "writefileex":
      return "libaio";
    case "gather":
      return deep ? "io-uring-vectored" : "pwritev";
    case "mapped":
      return "mmap";
    case "io_uring":
      return "io-uring";
    case "pwrite":
    case "libaio":
    case "pwritev":
    case "mmap":
    case "null":
    case "simulated":
      return method;
    default:
      return null;
  }
}

function windowsBackend(method: Method, deep: boolean, completion: Completion | null): BackendName | null {
  switch (method) {
    case "writefile":
    case "WriteFile":
      return deep ? `completion-${completion ?? "port"}` : "write-file";
    case "writefileex":
    case "WriteFileEx":
      return "write-file-ex";
    case "gather":
    case "WriteFileGather":
      return "write-file-gather";
    case "mapped":
    case "MapViewOfFile":
      return "mapped-view";
    case "null":
    case "simulated":
      return method;
    default:
      return null;
  }
}

/**
 * The back end that carries out `method` on `system`, or null when that system lacks the method.
 * `writefile` is synchronous at queue depth 1 unless a way of completion is asked for explicitly.
 * Whether the back end can go as deep as `queueDepth` is for the caller to check (`BACKEND_TRAITS[...].queued`).
 */
export function backendFor(
  system: System,
  method: Method,
  queueDepth: number,
  completion: Completion | null,
): BackendName | null {
  const deep = queueDepth > 1 || completion !== null;
  return system === "linux" ? linuxBackend(method, deep) : windowsBackend(method, deep, completion);
}
