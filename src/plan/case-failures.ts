// Points with back end and target -> why this machine cannot carry them out: alignment, pages, memory, room.

import type { Machine } from "../machine/machine.ts";
import { sizeObjection } from "../profile/impossible-points.ts";
import { LIMITS } from "../job/limits.ts";
import type { Failure } from "../shared/errors.ts";
import { BACKEND_TRAITS, touchesTarget } from "../shared/methods.ts";
import { formatSize, humanBytes } from "../shared/units.ts";
import { defaultCaching } from "./case-settings.ts";
import { type NativePoint, whereJob } from "./native-points.ts";
import { needFailures } from "./needs.ts";
import type { PlannedTarget } from "./plan.ts";

type Rule = (native: NativePoint, target: PlannedTarget, machine: Machine) => Failure | null;

const isUnbuffered = ({ point, backend }: NativePoint): boolean =>
  (point.caching ?? defaultCaching(backend)) === "unbuffered";

/** ext3 and ext4 with data=journal take O_DIRECT and buffer all the same; statx then reports no alignment. */
function whyNoDirectIo({ fileSystem, mountOptions }: PlannedTarget["facts"]): string {
  const name = fileSystem ?? "this file system";
  return /(?:^|,)data=journal(?:,|$)/.test(mountOptions ?? "")
    ? `${name} mounted with data=journal accepts O_DIRECT and buffers all the same`
    : `${name} does not offer it`;
}

const directIoRule: Rule = (native, { facts }) => {
  if (!isUnbuffered(native) || !touchesTarget(native.backend) || facts.directIo.offsetAlignmentBytes !== 0) return null;
  return {
    code: "TARGET_UNUSABLE",
    where: facts.resolvedPath,
    what: `unbuffered I/O is not to be had on ${facts.fileSystem ?? "this file system"} here`,
    cause: whyNoDirectIo(facts),
    next: 'Use "caching": "buffered", or a target on another file system',
  };
};

/** What offsets and lengths of unbuffered I/O must be multiples of, and on what that rests. */
function alignmentOf({ point }: NativePoint, { directIo, device }: PlannedTarget["facts"]): readonly [number, string] {
  // Blocks stand one behind the other in memory, so that a deep queue has its buffers aligned only if blocks are.
  const memory = point.queueDepth > 1 ? (directIo.memoryAlignmentBytes ?? 0) : 0;
  const sector = device?.logicalSectorBytes ?? null;
  const stated = directIo.offsetAlignmentBytes ?? sector;
  if (stated === null) return [LIMITS.blockSizeBytes.minimum, "the smallest sector there is"];
  const basis =
    sector === null ? directIo.basis : `sectors of ${formatSize(sector)}${device === null ? "" : ` on ${device.name}`}`;
  return [Math.max(stated, memory), basis];
}

const alignmentRule: Rule = (native, { facts }) => {
  const { blockSizeBytes } = native.point;
  const [alignment, basis] = alignmentOf(native, facts);
  if (!isUnbuffered(native) || alignment === 0 || blockSizeBytes % alignment === 0) return null;
  return {
    code: "TARGET_UNUSABLE",
    where: `${facts.resolvedPath}: ${whereJob(native.point, "blockSize")}`,
    what: `unbuffered blocks of ${formatSize(blockSizeBytes)} are not multiples of ${formatSize(alignment)}`,
    cause: `Unbuffered I/O must keep to ${basis}`,
    next: `Use multiples of ${formatSize(alignment)}, or "caching": "buffered"`,
  };
};

const pageRule: Rule = ({ point, backend }, _target, machine) => {
  const isWhole = point.blockSizeBytes % machine.pageSizeBytes === 0;
  if (isWhole || !BACKEND_TRAITS[backend].pageSegments) return null;
  return {
    code: "UNSUPPORTED",
    where: whereJob(point, "blockSize"),
    what: `blocks of ${formatSize(point.blockSizeBytes)} with ${point.method}, which transfers whole memory pages, here of ${formatSize(machine.pageSizeBytes)}`,
    next: `Use multiples of ${formatSize(machine.pageSizeBytes)}, or method writefile`,
  };
};

/** IOV_MAX (limits.h, UIO_MAXIOV in the kernel): so many pages one call can gather on Linux. */
const MOST_SEGMENTS = 1024;

const segmentsRule: Rule = ({ point, backend }, _target, machine) => {
  const mostBytes = MOST_SEGMENTS * machine.pageSizeBytes;
  const isGathered = machine.system === "linux" && BACKEND_TRAITS[backend].pageSegments;
  if (!isGathered || point.blockSizeBytes <= mostBytes) return null;
  return {
    code: "UNSUPPORTED",
    where: whereJob(point, "blockSize"),
    what: `blocks of ${formatSize(point.blockSizeBytes)} with ${point.method}, which transfers each memory page as a segment of its own`,
    cause: `Linux takes ${MOST_SEGMENTS} segments per call, here ${formatSize(mostBytes)}`,
    next: `Use blocks of ${formatSize(mostBytes)} at most, or method writefile`,
  };
};

const gatherCachingRule: Rule = (native, _target, machine) => {
  const isGather = native.backend === "write-file-gather";
  if (machine.system !== "windows" || !isGather || isUnbuffered(native)) return null;
  return {
    code: "UNSUPPORTED",
    where: whereJob(native.point, "caching"),
    what: `caching buffered with ${native.point.method}, which Windows allows on unbuffered files only`,
    next: 'Leave caching out, or use method "writefile"',
  };
};

/** Buffers must leave the machine room to live; beyond this it would swap and measure that. */
const LARGEST_MEMORY_SHARE = 0.5;

const memoryRule: Rule = ({ point }, _target, machine) => {
  const bytes = point.threads * point.queueDepth * point.blockSizeBytes;
  if (bytes <= machine.memoryBytes * LARGEST_MEMORY_SHARE) return null;
  return {
    code: "UNSUPPORTED",
    where: whereJob(point, "queueDepth"),
    what: `${point.threads} threads at queue depth ${point.queueDepth} with blocks of ${formatSize(point.blockSizeBytes)} take ${humanBytes(bytes)} of buffers, more than half of the ${humanBytes(machine.memoryBytes)} of memory here`,
    next: "Use fewer threads, a lower queue depth or smaller blocks",
  };
};

const roomRule: Rule = ({ point }, { facts, sizeBytes }) => {
  const objection = sizeObjection(point, sizeBytes);
  if (objection === null) return null;
  const { field, what, next } = objection;
  return { code: "TARGET_UNUSABLE", where: `${facts.resolvedPath}: ${whereJob(point, field)}`, what, next };
};

/** MAXIMUM_WAIT_OBJECTS of WaitForMultipleObjects. */
const LARGEST_EVENT_DEPTH = 64;

const eventRule: Rule = ({ point, backend }) => {
  if (backend !== "completion-event" || point.queueDepth <= LARGEST_EVENT_DEPTH) return null;
  return {
    code: "UNSUPPORTED",
    where: whereJob(point, "queueDepth"),
    what: `queue depth ${point.queueDepth} with completion event, where Windows waits for ${LARGEST_EVENT_DEPTH} events at most`,
    next: 'Use "completion": "port", or more threads',
  };
};

/** The kernel would take the flag, wait for the interrupt as ever, and keep a CPU busy meanwhile. */
const pollingRule: Rule = ({ point, backend }, { facts }) => {
  if (!point.polling || !BACKEND_TRAITS[backend].ring || facts.device?.polls !== false) return null;
  return {
    code: "UNSUPPORTED",
    where: `${facts.resolvedPath}: ${whereJob(point, "polling")}`,
    what: `${facts.device.name} has no queues that could be polled`,
    cause: "Its driver made none; the NVMe driver's parameter poll_queues is 0 by default",
    next: "Leave polling out, or load the driver with such queues (nvme.poll_queues=2) and look at /sys/block/*/queue/io_poll",
  };
};

const RULES: readonly Rule[] = [
  directIoRule,
  alignmentRule,
  pageRule,
  segmentsRule,
  gatherCachingRule,
  eventRule,
  pollingRule,
  memoryRule,
  roomRule,
];

/** Everything that `machine` and `target` have against one point. */
export function caseFailures(native: NativePoint, target: PlannedTarget, machine: Machine): readonly Failure[] {
  const failures = RULES.map((rule) => rule(native, target, machine)).filter((failure) => failure !== null);
  return [...failures, ...needFailures(native, target, machine)];
}
