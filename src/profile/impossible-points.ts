// Points of a profile -> failures of those that no machine could carry out; decided by the document alone.

import type { Failure } from "../shared/errors.ts";
import { BACKEND_TRAITS, type BackendTraits, backendFor, type Method, METHODS } from "../shared/methods.ts";
import { formatSize } from "../shared/units.ts";
import { SYSTEMS } from "../shared/vocabulary.ts";
import { LIMITS } from "../job/limits.ts";
import { withoutRepeats } from "./lists.ts";
import { pointId } from "./points.ts";
import type { Point } from "./profile.ts";

/** Why a point cannot be, and what is allowed instead. */
export interface Objection {
  /** The field of the job, or of the target, that is to be changed. */
  readonly field: string;
  readonly what: string;
  readonly next: string;
}

type Rule = (point: Point) => Objection | null;

/** The smallest memory page of any system; a machine with larger ones objects when the plan is built. */
const SMALLEST_PAGE_BYTES = 4096;

/** Whether every system that has this point's method carries it out with a back end of this `trait`. */
function everywhere(point: Point, trait: (traits: BackendTraits) => boolean): boolean {
  const backends = SYSTEMS.map((system) => backendFor(system, point.method, point.queueDepth, point.completion));
  return backends.every((backend) => backend === null || trait(BACKEND_TRAITS[backend]));
}

const isMapped = (point: Point): boolean => everywhere(point, (traits) => traits.mapped);

const queuedMethods = (point: Point): readonly Method[] =>
  METHODS.filter((method) => !everywhere({ ...point, method, completion: null }, (traits) => !traits.queued));

const queueDepthRule: Rule = (point) => {
  if (point.queueDepth === 1 || !everywhere(point, (traits) => !traits.queued)) return null;
  return {
    field: "queueDepth",
    what: `queue depth ${point.queueDepth} with ${point.method}, which does one I/O at a time`,
    next: `Allowed: queueDepth 1 (threads may be more), or one of ${queuedMethods(point).join(", ")}`,
  };
};

const mappedCachingRule: Rule = (point) => {
  if (point.caching !== "unbuffered" || !isMapped(point)) return null;
  return {
    field: "caching",
    what: `caching unbuffered with ${point.method}: a mapped file is always in the page cache`,
    next: 'Leave caching out, or use "buffered"',
  };
};

const mappedWriteThroughRule: Rule = (point) => {
  if (!point.writeThrough || !isMapped(point)) return null;
  return {
    field: "writeThrough",
    what: `writeThrough with ${point.method}: storing into memory writes nothing through`,
    next: 'Leave writeThrough out and use "flush": "each"',
  };
};

const pageSegmentRule: Rule = (point) => {
  const isWhole = point.blockSizeBytes % SMALLEST_PAGE_BYTES === 0;
  if (isWhole || !everywhere(point, (traits) => traits.pageSegments)) return null;
  return {
    field: "blockSize",
    what: `blocks of ${formatSize(point.blockSizeBytes)} with ${point.method}, which transfers whole memory pages`,
    next: `Allowed: multiples of ${formatSize(SMALLEST_PAGE_BYTES)}, or method writefile`,
  };
};

const blockUnitRule: Rule = (point) => {
  const { blockSizeBytes, caching } = point;
  const isBuffered = caching === "buffered" || isMapped(point);
  if (!isBuffered || blockSizeBytes % LIMITS.blockSizeBytes.minimum === 0) return null;
  // Unbuffered blocks obey the device's sectors, which only the machine knows.
  return {
    field: "blockSize",
    what: `blocks of ${formatSize(blockSizeBytes)} with buffered I/O`,
    next: `Allowed: multiples of ${formatSize(LIMITS.blockSizeBytes.minimum)}`,
  };
};

const gatherCachingRule: Rule = (point) => {
  if (point.method !== "WriteFileGather" || point.caching !== "buffered") return null;
  return {
    field: "caching",
    what: "caching buffered with WriteFileGather, which Windows allows on unbuffered files only",
    next: 'Leave caching out, or use "unbuffered"',
  };
};

const completionRule: Rule = (point) => {
  if (point.completion === null || point.method === "writefile" || point.method === "WriteFile") return null;
  return {
    field: "completion",
    what: `completion ${point.completion} with ${point.method}, which completes in a way of its own`,
    next: "Allowed: completion with methods writefile and WriteFile only; move them into a job of their own",
  };
};

const batchRule: Rule = (point) => {
  const { batch } = point;
  if (batch === null || batch === 1 || !everywhere(point, (traits) => !traits.queued)) return null;
  return {
    field: "batch",
    what: `batch ${batch} with ${point.method}, which does one I/O at a time`,
    next: `Leave batch out, or use one of ${queuedMethods(point).join(", ")}`,
  };
};

/** Ways of driving an io_uring, for methods that are one on some system. */
const ringRule: Rule = (point) => {
  const field = point.polling ? "polling" : point.submitThread ? "submitThread" : null;
  if (field === null || !everywhere(point, (traits) => !traits.ring)) return null;
  const shallow = point.queueDepth === 1 ? " (at queue depth 1 use method io_uring)" : "";
  return {
    field,
    what: `${field} with ${point.method}${point.queueDepth === 1 ? " at queue depth 1" : ""}, which is no io_uring anywhere`,
    next: `Leave ${field} out, or use method io_uring or writefile${shallow}`,
  };
};

/** blk_poll asks the device, and a buffered I/O is not at any. */
const pollingCachingRule: Rule = (point) => {
  if (!point.polling || point.caching !== "buffered") return null;
  return {
    field: "caching",
    what: "caching buffered with polling, which asks a device for completions",
    next: "Leave caching out, or leave polling out",
  };
};

const bufferRule: Rule = ({ queueDepth, blockSizeBytes }) => {
  const bytes = queueDepth * blockSizeBytes;
  const { maximum } = LIMITS.bufferBytesPerThread;
  if (bytes <= maximum) return null;
  return {
    field: "queueDepth",
    what: `queue depth ${queueDepth} with blocks of ${formatSize(blockSizeBytes)} takes ${formatSize(bytes)} of buffers per thread`,
    next: `Allowed: up to ${formatSize(maximum)}, that is queueDepth ${Math.floor(maximum / blockSizeBytes)} with these blocks`,
  };
};

const bytesRule: Rule = ({ bytes, blockSizeBytes }) => {
  if (bytes === null || bytes >= blockSizeBytes) return null;
  return {
    field: "bytes",
    what: `bytes of ${formatSize(bytes)} is less than one block of ${formatSize(blockSizeBytes)}`,
    next: "Allowed: at least one block",
  };
};

const validDataRule: Rule = ({ target, operation }) => {
  if (target.preallocate !== "valid-data" || operation === "write") return null;
  return {
    field: "operation",
    what: `operation ${operation} on ${target.path} with preallocate valid-data, whose contents nobody has written`,
    next: 'Allowed: operation write only, or "preallocate": "fill"',
  };
};

/** Why `point` does not fit into a target of `sizeBytes`; null when it does. */
export function sizeObjection(point: Point, sizeBytes: number): Objection | null {
  const { blockSizeBytes, threads, pattern } = point;
  const blocks = Math.floor(sizeBytes / blockSizeBytes);
  const needed = pattern === "sequential" ? threads : 1;
  if (blocks >= needed) return null;
  return {
    field: "blockSize",
    what:
      needed === 1
        ? `a block of ${formatSize(blockSizeBytes)} does not fit into a target of ${formatSize(sizeBytes)}`
        : `${threads} threads that divide a target of ${formatSize(sizeBytes)} between them get less than one block of ${formatSize(blockSizeBytes)} each`,
    next: `Allowed: a target of at least ${formatSize(needed * blockSizeBytes)}, smaller blocks or fewer threads`,
  };
}

const sizeRule: Rule = (point) =>
  point.target.sizeBytes === null ? null : sizeObjection(point, point.target.sizeBytes);

const RULES: readonly Rule[] = [
  queueDepthRule,
  mappedCachingRule,
  mappedWriteThroughRule,
  pageSegmentRule,
  blockUnitRule,
  gatherCachingRule,
  completionRule,
  batchRule,
  ringRule,
  pollingCachingRule,
  bufferRule,
  bytesRule,
  validDataRule,
  sizeRule,
];

/** `jobs[0].queueDepth: rand/mmap/write/random/4KiB/q8/t1` */
function wherePoint(point: Point, field: string): string {
  return `jobs[${point.jobIndex}].${field}: ${pointId(point)}`;
}

/** What the document alone has against `point`; empty for a point that some machine could carry out. */
export function objectionsTo(point: Point): readonly Objection[] {
  return RULES.map((rule) => rule(point)).filter((objection) => objection !== null);
}

/** One PROFILE_INVALID for each thing that is impossible about each of `points`. */
export function impossiblePoints(points: readonly Point[]): readonly Failure[] {
  const failures = points.flatMap((point) =>
    objectionsTo(point).map(({ field, what, next }): Failure => ({
      code: "PROFILE_INVALID",
      where: wherePoint(point, field),
      what,
      next,
    })),
  );
  return withoutRepeats(failures);
}
