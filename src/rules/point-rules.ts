// A point, and what is known of machine and target -> what speaks against it: the one table of rules about points.

import { JOB_FIELD_LIST, type NamedField } from "../job/fields.ts";
import { DEFAULT_VALUES } from "../job/job.ts";
import { LIMITS } from "../job/limits.ts";
import type { Point } from "../job/points.ts";
import type { Machine, TargetFacts } from "../machine/machine.ts";
import {
  BACKEND_TRAITS,
  type BackendName,
  type BackendTraits,
  backendFor,
  defaultCaching,
  type Method,
  METHODS,
  methodsOf,
  notCarriedOut,
  touchesTarget,
} from "../shared/methods.ts";
import { formatSize, humanBytes } from "../shared/units.ts";
import { ioOperationsOf } from "../shared/operations.ts";
import { ORDER_OF, SYSTEMS } from "../shared/vocabulary.ts";
import type { Judged, JudgedHere, JudgedOnTarget, Objection } from "./judged.ts";

/** What the document alone has against `point`; empty for a point that some machine could carry out. */
export function documentObjections(point: Point): readonly Objection[] {
  return judge(DOCUMENT_RULES, { point, backends: backendsOf(point, point.method), machine: null });
}

/** What `machine` has against `point`, which the document allows. */
export function machineObjections(point: Point, backend: BackendName | null, machine: Machine): readonly Objection[] {
  if (backend !== null) {
    const judged = { point, backend, backends: [backend], machine };
    return [...judge(DOCUMENT_RULES, judged), ...judge(MACHINE_RULES, judged)];
  }
  const nearest = PORTABLE_METHOD[point.method];
  const advice = nearest === undefined ? "" : `The nearest portable one is ${nearest}. `;
  const methods = `Methods here: ${methodsOf(machine.system).join(", ")}`;
  return [against("method", `method ${point.method} does not exist on ${machine.system}`, advice + methods)];
}

/** What the target has against `point`, which the machine allows. */
export function targetObjections(judged: JudgedOnTarget): readonly Objection[] {
  return judge(TARGET_RULES, judged);
}

function judge<Knowledge>(rules: readonly Rule<Knowledge>[], judged: Knowledge): readonly Objection[] {
  return rules.map((rule) => rule(judged)).filter((objection) => objection !== null && objection !== false);
}

type Rule<Knowledge> = (judged: Knowledge) => Objection | false | null;

const SMALLEST_BLOCK_BYTES = LIMITS.blockSizeBytes.minimum;
/** The smallest memory page of any system; a machine with larger ones objects by itself. */
const SMALLEST_PAGE_BYTES = 4096;
/** IOV_MAX (limits.h, UIO_MAXIOV in the kernel): so many pages one call can gather on Linux. */
const MOST_SEGMENTS = 1024;
/** MAXIMUM_WAIT_OBJECTS of WaitForMultipleObjects. */
const MOST_EVENTS = 64;
/** Buffers must leave the machine memory to live; beyond this it would swap and measure that. */
const LARGEST_MEMORY_SHARE = 0.5;

/** The document is enough for these. They are asked again on the machine, where one back end is left to judge by. */
const DOCUMENT_RULES: readonly Rule<Judged>[] = [
  (judged) => {
    const { queueDepth, method } = judged.point;
    if (queueDepth === 1 || !all(judged, ({ queued }) => !queued)) return null;
    return against(
      "queueDepth",
      `queue depth ${queueDepth} with ${method}, which does one I/O at a time${onSystem(judged)}`,
      `Allowed: queueDepth 1 (threads may be more), or one of ${queuedMethods(judged.point)}`,
    );
  },

  (judged) => {
    const { operation, method } = judged.point;
    const wanted = ioOperationsOf(operation);
    const missing = judged.backends.map((backend) => notCarriedOut(backend, wanted));
    const [first] = missing;
    if (first === undefined || missing.some((operations) => operations.length === 0)) return null;
    const others = METHODS.filter((other) =>
      backendsOf(judged.point, other).some((backend) => notCarriedOut(backend, wanted).length === 0),
    );
    return against(
      "operation",
      `operation ${operation} with ${method}, which does not ${first.join(" or ")}${onSystem(judged)}`,
      others.length === 0 ? "Use another operation" : `Use one of ${others.join(", ")}`,
    );
  },

  (judged) => {
    const { point } = judged;
    const field = statedField(point, "queue");
    // A sweep may begin with a depth at which this system does one I/O at a time.
    if (judged.machine !== null || field === undefined || point[field.name] === 1) return null;
    if (!all(judged, ({ queued }) => !queued)) return null;
    const { documentName: name } = field;
    return against(
      name,
      `${name} ${point[field.name]} with ${point.method}, which does one I/O at a time`,
      `Leave ${name} out, or use one of ${queuedMethods(point)}`,
    );
  },

  (judged) => {
    const { method, queueDepth } = judged.point;
    const name = statedField(judged.point, "ring")?.documentName;
    if (name === undefined || !all(judged, ({ ring }) => !ring)) return null;
    const depth = queueDepth === 1 ? " at queue depth 1" : "";
    return against(
      name,
      `${name} with ${method}${depth}, which is no io_uring${onSystem(judged) || " anywhere"}`,
      `Leave ${name} out${judged.machine?.system === "windows" ? "" : ", or use method io_uring"}`,
    );
  },

  // blk_poll asks the device, and a buffered I/O is not at any.
  ({ point }) =>
    point.polling &&
    point.caching === "buffered" &&
    against(
      "caching",
      "caching buffered with polling, which asks a device for completions",
      "Leave caching out, or leave polling out",
    ),

  (judged) =>
    judged.point.caching === "unbuffered" &&
    isMapped(judged) &&
    against(
      "caching",
      `caching unbuffered with ${judged.point.method}: a mapped file is always in the page cache`,
      'Leave caching out, or use "buffered"',
    ),

  (judged) =>
    judged.point.writeThrough &&
    isMapped(judged) &&
    against(
      "writeThrough",
      `writeThrough with ${judged.point.method}: storing into memory writes nothing through`,
      'Leave writeThrough out and use "flush": "each"',
    ),

  ({ point, backends }) =>
    point.caching === "buffered" &&
    backends.every((backend) => backend === "write-file-gather") &&
    against(
      "caching",
      `caching buffered with ${point.method}, which Windows allows on unbuffered files only`,
      'Leave caching out, or use method "writefile"',
    ),

  (judged) => {
    const { point, machine } = judged;
    const pageBytes = machine?.pageSizeBytes ?? SMALLEST_PAGE_BYTES;
    if (point.blockSizeBytes % pageBytes === 0 || !all(judged, ({ pageSegments }) => pageSegments)) return null;
    const page = formatSize(pageBytes);
    return against(
      "blockSize",
      `${blocks(point)} with ${point.method}, which transfers whole memory pages${machine === null ? "" : `, here of ${page}`}`,
      `Allowed: multiples of ${page}, or method writefile`,
    );
  },

  // Unbuffered blocks obey the device's sectors, which only the machine knows.
  (judged) =>
    judged.point.blockSizeBytes % SMALLEST_BLOCK_BYTES !== 0 &&
    (judged.point.caching === "buffered" || isMapped(judged)) &&
    against(
      "blockSize",
      `${blocks(judged.point)} with buffered I/O`,
      `Allowed: multiples of ${formatSize(SMALLEST_BLOCK_BYTES)}`,
    ),

  ({ point: { completion, method } }) =>
    completion !== null &&
    method !== "writefile" &&
    method !== "WriteFile" &&
    against(
      "completion",
      `completion ${completion} with ${method}, which completes in a way of its own`,
      "Allowed: completion with methods writefile and WriteFile only; move them into a job of their own",
    ),

  ({ point }) => {
    const { queueDepth, blockSizeBytes } = point;
    const { maximum } = LIMITS.bufferBytesPerThread;
    if (queueDepth * blockSizeBytes <= maximum) return null;
    return against(
      "queueDepth",
      `queue depth ${queueDepth} with ${blocks(point)} takes ${formatSize(queueDepth * blockSizeBytes)} of buffers per thread`,
      `Allowed: up to ${formatSize(maximum)}, that is queueDepth ${Math.floor(maximum / blockSizeBytes)} with these blocks`,
    );
  },

  ({ point: { bytes, blockSizeBytes } }) =>
    bytes !== null &&
    bytes < blockSizeBytes &&
    against(
      "bytes",
      `bytes of ${formatSize(bytes)} is less than one block of ${formatSize(blockSizeBytes)}`,
      "Allowed: at least one block",
    ),

  ({ point: { target, operation } }) =>
    target.preallocate === "valid-data" &&
    operation !== "write" &&
    against(
      "operation",
      `operation ${operation} on ${target.path} with preallocate valid-data, whose contents nobody has written`,
      'Allowed: operation write only, or "preallocate": "fill"',
    ),

  ({ point }) => point.target.sizeBytes !== null && sizeObjection(point, point.target.sizeBytes),
];

/** These need the machine. */
const MACHINE_RULES: readonly Rule<JudgedHere>[] = [
  ({ point, backend, machine }) => {
    const unavailable = machine.unavailable[backend];
    if (unavailable === undefined) return null;
    return against(
      "method",
      `method ${point.method} (${backend}) cannot be used now: ${unavailable.reason}`,
      `Use ${unavailable.instead} instead`,
    );
  },

  ({ point, backend, machine }) => {
    const mostBytes = MOST_SEGMENTS * machine.pageSizeBytes;
    const isGathered = machine.system === "linux" && BACKEND_TRAITS[backend].pageSegments;
    if (!isGathered || point.blockSizeBytes <= mostBytes) return null;
    return against(
      "blockSize",
      `${blocks(point)} with ${point.method}, which transfers each memory page as a segment of its own`,
      `Use blocks of ${formatSize(mostBytes)} at most, or method writefile`,
      `Linux takes ${MOST_SEGMENTS} segments per call, here ${formatSize(mostBytes)}`,
    );
  },

  ({ point: { queueDepth }, backend }) =>
    backend === "completion-event" &&
    queueDepth > MOST_EVENTS &&
    against(
      "queueDepth",
      `queue depth ${queueDepth} with completion event, where Windows waits for ${MOST_EVENTS} events at most`,
      'Use "completion": "port", or more threads',
    ),

  ({ point, machine }) => {
    const { threads, queueDepth, blockSizeBytes } = point;
    const bytes = threads * queueDepth * blockSizeBytes;
    if (bytes <= machine.memoryBytes * LARGEST_MEMORY_SHARE) return null;
    const memory = `more than half of the ${humanBytes(machine.memoryBytes)} of memory here`;
    return against(
      "queueDepth",
      `${threads} threads at queue depth ${queueDepth} with ${blocks(point)} take ${humanBytes(bytes)} of buffers, ${memory}`,
      "Use fewer threads, a lower queue depth or smaller blocks",
    );
  },
];

/** These need the target. */
const TARGET_RULES: readonly Rule<JudgedOnTarget>[] = [
  (judged) => {
    const { facts } = judged.target;
    const offers = facts.directIo.offsetAlignmentBytes !== 0;
    if (offers || !isUnbuffered(judged) || !touchesTarget(judged.backend)) return null;
    return against(
      null,
      `${facts.fileSystem ?? "this file system"} does not support unbuffered I/O here`,
      'Use "caching": "buffered", or a target on another file system',
      whyNoDirectIo(facts),
    );
  },

  (judged) => {
    const { point, target } = judged;
    const [alignment, basis] = alignmentOf(point, target.facts);
    if (!isUnbuffered(judged) || alignment === 0 || point.blockSizeBytes % alignment === 0) return null;
    return against(
      "blockSize",
      `unbuffered ${blocks(point)} are not multiples of ${formatSize(alignment)}`,
      `Use multiples of ${formatSize(alignment)}, or "caching": "buffered"`,
      `Unbuffered I/O must keep to ${basis}`,
    );
  },

  // The kernel would take the flag, wait for the interrupt as ever, and keep a CPU busy meanwhile.
  ({ point, backend, target: { facts } }) =>
    point.polling &&
    BACKEND_TRAITS[backend].ring &&
    facts.device?.polls === false && {
      ...against(
        "polling",
        `${facts.device.name} has no queues that could be polled`,
        "Leave polling out, or load the driver with such queues (nvme.poll_queues=2) and look at /sys/block/*/queue/io_poll",
        "Its driver made none; the NVMe driver's parameter poll_queues is 0 by default",
      ),
      code: "UNSUPPORTED",
    },

  ({ point, target }) => sizeObjection(point, target.sizeBytes),
];

/** What to say against a point, and what to do instead. */
const against = (field: string | null, what: string, next: string, cause?: string): Objection => ({
  field,
  what,
  ...(cause === undefined ? {} : { cause }),
  next,
});

const all = ({ backends }: Judged, has: (traits: BackendTraits) => boolean): boolean =>
  backends.every((backend) => has(BACKEND_TRAITS[backend]));

const isMapped = (judged: Judged): boolean => all(judged, ({ mapped }) => mapped);

/** " on linux"; nothing as long as no machine is known. */
const onSystem = ({ machine }: { readonly machine: Machine | null }): string =>
  machine === null ? "" : ` on ${machine.system}`;

const blocks = ({ blockSizeBytes }: Point): string => `blocks of ${formatSize(blockSizeBytes)}`;

/** What each system that has `method` carries it out with. */
function backendsOf({ queueDepth, completion }: Point, method: Method): readonly BackendName[] {
  const onEach = SYSTEMS.map((system) => backendFor(system, method, queueDepth, completion));
  return onEach.filter((backend) => backend !== null);
}

const queuedMethods = (point: Point): string =>
  METHODS.filter((method) =>
    backendsOf({ ...point, completion: null }, method).some((name) => BACKEND_TRAITS[name].queued),
  ).join(", ");

const isUnbuffered = ({ point, backend }: JudgedHere): boolean =>
  (point.caching ?? defaultCaching(backend)) === "unbuffered";

/** Why a point does not fit into a target of `sizeBytes`; null when it does. */
function sizeObjection({ blockSizeBytes, threads, pattern }: Point, sizeBytes: number): Objection | null {
  const needed = ORDER_OF[pattern] === "sequential" ? threads : 1;
  if (Math.floor(sizeBytes / blockSizeBytes) >= needed) return null;
  const size = formatSize(sizeBytes);
  const block = `block of ${formatSize(blockSizeBytes)}`;
  return against(
    "blockSize",
    needed === 1
      ? `a ${block} does not fit into a target of ${size}`
      : `${threads} threads that divide a target of ${size} between them get less than one ${block} each`,
    `Allowed: a target of at least ${formatSize(needed * blockSizeBytes)}, smaller blocks or fewer threads`,
  );
}

/** What offsets and lengths of unbuffered I/O must be multiples of, and on what that rests. */
function alignmentOf({ queueDepth }: Point, { directIo, device }: TargetFacts): readonly [number, string] {
  // Blocks stand one behind the other in memory, so that a deep queue has its buffers aligned only if blocks are.
  const memory = queueDepth > 1 ? (directIo.memoryAlignmentBytes ?? 0) : 0;
  const sector = device?.logicalSectorBytes ?? null;
  const stated = directIo.offsetAlignmentBytes ?? sector;
  if (stated === null) return [SMALLEST_BLOCK_BYTES, "the smallest sector there is"];
  const basis =
    sector === null ? directIo.basis : `sectors of ${formatSize(sector)}${device === null ? "" : ` on ${device.name}`}`;
  return [Math.max(stated, memory), basis];
}

/** ext3 and ext4 with data=journal take O_DIRECT and buffer all the same; statx then reports no alignment. */
function whyNoDirectIo({ fileSystem, mountOptions }: TargetFacts): string {
  const name = fileSystem ?? "this file system";
  return /(?:^|,)data=journal(?:,|$)/.test(mountOptions ?? "")
    ? `${name} mounted with data=journal accepts O_DIRECT and buffers all the same`
    : `${name} does not offer it`;
}

/** The portable method that comes nearest to a call of one system. */
const PORTABLE_METHOD: Readonly<Partial<Record<Method, Method>>> = {
  pwrite: "writefile",
  io_uring: "writefile",
  libaio: "writefileex",
  pwritev: "gather",
  mmap: "mapped",
  WriteFile: "writefile",
  WriteFileEx: "writefileex",
  WriteFileGather: "gather",
  MapViewOfFile: "mapped",
};

/** Fields that are of use with some back ends only, where they say anything. */
const statedField = (point: Point, needs: NamedField["needs"]): NamedField | undefined =>
  JOB_FIELD_LIST.find((field) => field.needs === needs && point[field.name] !== DEFAULT_VALUES[field.name]);
