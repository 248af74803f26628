// Method names -> what each one calls on each system: the one table of who can do what.

import { TRANSFERS, type IoOperation } from "./operations.ts";
import type { Caching, Completion, IoFlag, System } from "./vocabulary.ts";

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
  /** What it carries out as one I/O of a queue; a case that asks for anything else is refused before it runs. */
  readonly operations: readonly IoOperation[];
  /** What it can do for one I/O in addition. To have it for all of them a file is opened that way, on every system. */
  readonly flags: readonly IoFlag[];
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

/** Linux makes a single write durable (RWF_DSYNC, pwritev2(2)). Windows knows that of whole files only. */
const EACH_DURABLE: readonly IoFlag[] = ["dsync"];

const trait = (nativeCall: NativeCall, extra: Partial<BackendTraits> = {}): BackendTraits => ({
  nativeCall,
  operations: ["read", "write"],
  flags: [],
  queued: false,
  pageSegments: false,
  mapped: false,
  overlapped: false,
  ring: false,
  ...extra,
});

export const BACKEND_TRAITS: Readonly<Record<BackendName, BackendTraits>> = {
  pwrite: trait("pwrite", { flags: EACH_DURABLE }),
  "io-uring": trait("io_uring", { queued: true, ring: true, flags: EACH_DURABLE }),
  "io-uring-vectored": trait("io_uring", { queued: true, pageSegments: true, ring: true, flags: EACH_DURABLE }),
  libaio: trait("libaio", { queued: true, flags: EACH_DURABLE }),
  pwritev: trait("pwritev", { pageSegments: true, flags: EACH_DURABLE }),
  mmap: trait("mmap", { mapped: true }),
  "write-file": trait("WriteFile"),
  "completion-port": trait("WriteFile", { queued: true, overlapped: true }),
  "completion-event": trait("WriteFile", { queued: true, overlapped: true }),
  "completion-poll": trait("WriteFile", { queued: true, overlapped: true }),
  "write-file-ex": trait("WriteFileEx", { queued: true, overlapped: true }),
  "write-file-gather": trait("WriteFileGather", { queued: true, pageSegments: true, overlapped: true }),
  "mapped-view": trait("MapViewOfFile", { mapped: true }),
  null: trait("null", { operations: TRANSFERS, queued: true }),
  simulated: trait("simulated", { operations: TRANSFERS, queued: true }),
};

/** Whether `backend` does I/O at all; `null` and `simulated` leave their target alone. */
export function touchesTarget(backend: BackendName): boolean {
  const { nativeCall } = BACKEND_TRAITS[backend];
  return nativeCall !== "null" && nativeCall !== "simulated";
}

/** Those of `wanted` that `backend` does not carry out. */
export function notCarriedOut(backend: BackendName, wanted: readonly IoOperation[]): readonly IoOperation[] {
  return wanted.filter((operation) => !BACKEND_TRAITS[backend].operations.includes(operation));
}

/** What `backend` does when the profile says nothing about caching. */
export function defaultCaching(backend: BackendName): Caching {
  return BACKEND_TRAITS[backend].mapped ? "buffered" : "unbuffered";
}

/** What carries out a method: one I/O at a time, and several where that is another back end. */
type Carriers = readonly [BackendName, deep?: BackendName];

const CARRIERS: Readonly<Record<System, Readonly<Partial<Record<Method, Carriers>>>>> = {
  linux: {
    writefile: ["pwrite", "io-uring"],
    writefileex: ["libaio"],
    gather: ["pwritev", "io-uring-vectored"],
    mapped: ["mmap"],
    pwrite: ["pwrite"],
    io_uring: ["io-uring"],
    libaio: ["libaio"],
    pwritev: ["pwritev"],
    mmap: ["mmap"],
    null: ["null"],
    simulated: ["simulated"],
  },
  windows: {
    writefile: ["write-file", "completion-port"],
    writefileex: ["write-file-ex"],
    gather: ["write-file-gather"],
    mapped: ["mapped-view"],
    WriteFile: ["write-file", "completion-port"],
    WriteFileEx: ["write-file-ex"],
    WriteFileGather: ["write-file-gather"],
    MapViewOfFile: ["mapped-view"],
    null: ["null"],
    simulated: ["simulated"],
  },
};

/** Portable names first. */
export function methodsOf(system: System): readonly Method[] {
  return METHODS.filter((method) => method in CARRIERS[system]);
}

/**
 * The back end that carries out `method` on `system`; null when that system lacks the method. A way of completion that
 * is asked for makes `writefile` queue at depth 1 too. Whether the back end can go as deep as `queueDepth` is for the
 * caller to check (`BACKEND_TRAITS[...].queued`).
 */
export function backendFor(
  system: System,
  method: Method,
  queueDepth: number,
  completion: Completion | null,
): BackendName | null {
  const [shallow = null, deep = shallow] = CARRIERS[system][method] ?? [];
  if (queueDepth === 1 && completion === null) return shallow;
  return deep === "completion-port" ? `completion-${completion ?? "port"}` : deep;
}
