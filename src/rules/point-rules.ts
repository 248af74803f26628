// A point, and what is known of machine and target -> what speaks against it: the one table of rules about points.

import type { NamedField } from "../job/fields.ts";
import { JOB_FIELD_LIST } from "../job/fields.ts";
import { DEFAULT_VALUES } from "../job/job.ts";
import { LIMITS } from "../job/limits.ts";
import type { Point } from "../job/points.ts";
import type { Machine, TargetFacts } from "../machine/machine.ts";
import { BACKEND_TRAITS, type BackendName, type BackendTraits, backendFor, type Method } from "../shared/methods.ts";
import { METHODS, methodsOf, touchesTarget } from "../shared/methods.ts";
import { formatSize, humanBytes } from "../shared/units.ts";
import { SYSTEMS } from "../shared/vocabulary.ts";
import type { Judged, JudgedHere, JudgedOnTarget, Objection } from "./judged.ts";

/** A rule that needs only the document is asked again on the machine, where one back end is left to judge by. */
type Rule =
  | { readonly needs: "document"; objection(judged: Judged): Objection | null }
  | { readonly needs: "machine"; objection(judged: JudgedHere): Objection | null }
  | { readonly needs: "target"; objection(judged: JudgedOnTarget): Objection | null };

/** The smallest memory page of any system; a machine with larger ones objects by itself. */
const SMALLEST_PAGE_BYTES = 4096;
/** IOV_MAX (limits.h, UIO_MAXIOV in the kernel): so many pages one call can gather on Linux. */
const MOST_SEGMENTS = 1024;
/** MAXIMUM_WAIT_OBJECTS of WaitForMultipleObjects. */
const MOST_EVENTS = 64;
/** Buffers must leave the machine memory to live; beyond this it would swap and measure that. */
const LARGEST_MEMORY_SHARE = 0.5;

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
  (point.caching ?? (BACKEND_TRAITS[backend].mapped ? "buffered" : "unbuffered")) === "unbuffered";

/** Why a point does not fit into a target of `sizeBytes`; null when it does. */
function sizeObjection({ blockSizeBytes, threads, pattern }: Point, sizeBytes: number): Objection | null {
  const needed = pattern === "sequential" ? threads : 1;
  if (Math.floor(sizeBytes / blockSizeBytes) >= needed) return null;
  const size = formatSize(sizeBytes);
  const block = `block of ${formatSize(blockSizeBytes)}`;
  return {
    field: "blockSize",
    what:
      needed === 1
        ? `a ${block} does not fit into a target of ${size}`
        : `${threads} threads that divide a target of ${size} between them get less than one ${block} each`,
    next: `Allowed: a target of at least ${formatSize(needed * blockSizeBytes)}, smaller blocks or fewer threads`,
  };
}

/** What offsets and lengths of unbuffered I/O must be multiples of, and on what that rests. */
function alignmentOf({ queueDepth }: Point, { directIo, device }: TargetFacts): readonly [number, string] {
  // Blocks stand one behind the other in memory, so that a deep queue has its buffers aligned only if blocks are.
  const memory = queueDepth > 1 ? (directIo.memoryAlignmentBytes ?? 0) : 0;
  const sector = device?.logicalSectorBytes ?? null;
  const stated = directIo.offsetAlignmentBytes ?? sector;
  if (stated === null) return [LIMITS.blockSizeBytes.minimum, "the smallest sector there is"];
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
const stated = (point: Point, needs: NamedField["needs"]): NamedField | undefined =>
  JOB_FIELD_LIST.find((field) => field.needs === needs && point[field.name] !== DEFAULT_VALUES[field.name]);

const RULES: readonly Rule[] = [
  {
    needs: "document",
    objection: (judged) => {
      const { point } = judged;
      if (point.queueDepth === 1 || !all(judged, ({ queued }) => !queued)) return null;
      return {
        field: "queueDepth",
        what: `queue depth ${point.queueDepth} with ${point.method}, which does one I/O at a time${onSystem(judged)}`,
        next: `Allowed: queueDepth 1 (threads may be more), or one of ${queuedMethods(point)}`,
      };
    },
  },
  {
    needs: "document",
    objection: (judged) => {
      const { point } = judged;
      const field = stated(point, "queue");
      if (field === undefined || point[field.name] === 1 || !all(judged, ({ queued }) => !queued)) return null;
      return {
        field: field.documentName,
        what: `${field.documentName} ${point[field.name]} with ${point.method}, which does one I/O at a time${onSystem(judged)}`,
        next: `Leave ${field.documentName} out, or use one of ${queuedMethods(point)}`,
      };
    },
  },
  {
    needs: "document",
    objection: (judged) => {
      const { method, queueDepth } = judged.point;
      const name = stated(judged.point, "ring")?.documentName;
      if (name === undefined || !all(judged, ({ ring }) => !ring)) return null;
      const depth = queueDepth === 1 ? " at queue depth 1" : "";
      const instead = judged.machine?.system === "windows" ? "" : ", or use method io_uring";
      return {
        field: name,
        what: `${name} with ${method}${depth}, which is no io_uring${onSystem(judged) || " anywhere"}`,
        next: `Leave ${name} out${instead}`,
      };
    },
  },
  {
    needs: "document",
    // blk_poll asks the device, and a buffered I/O is not at any.
    objection: ({ point }) =>
      point.polling && point.caching === "buffered"
        ? {
            field: "caching",
            what: "caching buffered with polling, which asks a device for completions",
            next: "Leave caching out, or leave polling out",
          }
        : null,
  },
  {
    needs: "document",
    objection: (judged) =>
      judged.point.caching === "unbuffered" && isMapped(judged)
        ? {
            field: "caching",
            what: `caching unbuffered with ${judged.point.method}: a mapped file is always in the page cache`,
            next: 'Leave caching out, or use "buffered"',
          }
        : null,
  },
  {
    needs: "document",
    objection: (judged) =>
      judged.point.writeThrough && isMapped(judged)
        ? {
            field: "writeThrough",
            what: `writeThrough with ${judged.point.method}: storing into memory writes nothing through`,
            next: 'Leave writeThrough out and use "flush": "each"',
          }
        : null,
  },
  {
    needs: "document",
    objection: (judged) => {
      const isGather = judged.backends.every((backend) => backend === "write-file-gather");
      if (judged.point.caching !== "buffered" || !isGather) return null;
      return {
        field: "caching",
        what: `caching buffered with ${judged.point.method}, which Windows allows on unbuffered files only`,
        next: 'Leave caching out, or use method "writefile"',
      };
    },
  },
  {
    needs: "document",
    objection: (judged) => {
      const { point, machine } = judged;
      const page = machine?.pageSizeBytes ?? SMALLEST_PAGE_BYTES;
      if (point.blockSizeBytes % page === 0 || !all(judged, ({ pageSegments }) => pageSegments)) return null;
      const here = machine === null ? "" : `, here of ${formatSize(page)}`;
      return {
        field: "blockSize",
        what: `${blocks(point)} with ${point.method}, which transfers whole memory pages${here}`,
        next: `Allowed: multiples of ${formatSize(page)}, or method writefile`,
      };
    },
  },
  {
    needs: "document",
    objection: (judged) => {
      const { point } = judged;
      const unit = LIMITS.blockSizeBytes.minimum;
      // Unbuffered blocks obey the device's sectors, which only the machine knows.
      if (point.blockSizeBytes % unit === 0 || (point.caching !== "buffered" && !isMapped(judged))) return null;
      return {
        field: "blockSize",
        what: `${blocks(point)} with buffered I/O`,
        next: `Allowed: multiples of ${formatSize(unit)}`,
      };
    },
  },
  {
    needs: "document",
    objection: ({ point: { completion, method } }) =>
      completion === null || method === "writefile" || method === "WriteFile"
        ? null
        : {
            field: "completion",
            what: `completion ${completion} with ${method}, which completes in a way of its own`,
            next: "Allowed: completion with methods writefile and WriteFile only; move them into a job of their own",
          },
  },
  {
    needs: "document",
    objection: ({ point }) => {
      const { queueDepth, blockSizeBytes } = point;
      const bytes = queueDepth * blockSizeBytes;
      const { maximum } = LIMITS.bufferBytesPerThread;
      if (bytes <= maximum) return null;
      return {
        field: "queueDepth",
        what: `queue depth ${queueDepth} with ${blocks(point)} takes ${formatSize(bytes)} of buffers per thread`,
        next: `Allowed: up to ${formatSize(maximum)}, that is queueDepth ${Math.floor(maximum / blockSizeBytes)} with these blocks`,
      };
    },
  },
  {
    needs: "document",
    objection: ({ point: { bytes, blockSizeBytes } }) =>
      bytes === null || bytes >= blockSizeBytes
        ? null
        : {
            field: "bytes",
            what: `bytes of ${formatSize(bytes)} is less than one block of ${formatSize(blockSizeBytes)}`,
            next: "Allowed: at least one block",
          },
  },
  {
    needs: "document",
    objection: ({ point: { target, operation } }) =>
      target.preallocate !== "valid-data" || operation === "write"
        ? null
        : {
            field: "operation",
            what: `operation ${operation} on ${target.path} with preallocate valid-data, whose contents nobody has written`,
            next: 'Allowed: operation write only, or "preallocate": "fill"',
          },
  },
  {
    needs: "document",
    objection: ({ point }) => (point.target.sizeBytes === null ? null : sizeObjection(point, point.target.sizeBytes)),
  },
  {
    needs: "machine",
    objection: ({ point, backend, machine }) => {
      const unavailable = machine.unavailable[backend];
      if (unavailable === undefined) return null;
      return {
        field: "method",
        what: `method ${point.method} (${backend}) cannot be used now: ${unavailable.reason}`,
        next: `Use ${unavailable.instead} instead`,
      };
    },
  },
  {
    needs: "machine",
    objection: ({ point, backend, machine }) => {
      const most = formatSize(MOST_SEGMENTS * machine.pageSizeBytes);
      const isGathered = machine.system === "linux" && BACKEND_TRAITS[backend].pageSegments;
      if (!isGathered || point.blockSizeBytes <= MOST_SEGMENTS * machine.pageSizeBytes) return null;
      return {
        field: "blockSize",
        what: `${blocks(point)} with ${point.method}, which transfers each memory page as a segment of its own`,
        cause: `Linux takes ${MOST_SEGMENTS} segments per call, here ${most}`,
        next: `Use blocks of ${most} at most, or method writefile`,
      };
    },
  },
  {
    needs: "machine",
    objection: ({ point: { queueDepth }, backend }) =>
      backend !== "completion-event" || queueDepth <= MOST_EVENTS
        ? null
        : {
            field: "queueDepth",
            what: `queue depth ${queueDepth} with completion event, where Windows waits for ${MOST_EVENTS} events at most`,
            next: 'Use "completion": "port", or more threads',
          },
  },
  {
    needs: "machine",
    objection: ({ point, machine }) => {
      const { threads, queueDepth, blockSizeBytes } = point;
      const bytes = threads * queueDepth * blockSizeBytes;
      if (bytes <= machine.memoryBytes * LARGEST_MEMORY_SHARE) return null;
      return {
        field: "queueDepth",
        what: `${threads} threads at queue depth ${queueDepth} with ${blocks(point)} take ${humanBytes(bytes)} of buffers, more than half of the ${humanBytes(machine.memoryBytes)} of memory here`,
        next: "Use fewer threads, a lower queue depth or smaller blocks",
      };
    },
  },
  {
    needs: "target",
    objection: (judged) => {
      const { facts } = judged.target;
      const offers = facts.directIo.offsetAlignmentBytes !== 0;
      if (offers || !isUnbuffered(judged) || !touchesTarget(judged.backend)) return null;
      return {
        field: null,
        what: `${facts.fileSystem ?? "this file system"} does not support unbuffered I/O here`,
        cause: whyNoDirectIo(facts),
        next: 'Use "caching": "buffered", or a target on another file system',
      };
    },
  },
  {
    needs: "target",
    objection: (judged) => {
      const { point, target } = judged;
      const [alignment, basis] = alignmentOf(point, target.facts);
      if (!isUnbuffered(judged) || alignment === 0 || point.blockSizeBytes % alignment === 0) return null;
      return {
        field: "blockSize",
        what: `unbuffered ${blocks(point)} are not multiples of ${formatSize(alignment)}`,
        cause: `Unbuffered I/O must keep to ${basis}`,
        next: `Use multiples of ${formatSize(alignment)}, or "caching": "buffered"`,
      };
    },
  },
  {
    needs: "target",
    // The kernel would take the flag, wait for the interrupt as ever, and keep a CPU busy meanwhile.
    objection: ({ point, backend, target: { facts } }) =>
      point.polling && BACKEND_TRAITS[backend].ring && facts.device?.polls === false
        ? {
            field: "polling",
            what: `${facts.device.name} has no queues that could be polled`,
            cause: "Its driver made none; the NVMe driver's parameter poll_queues is 0 by default",
            next: "Leave polling out, or load the driver with such queues (nvme.poll_queues=2) and look at /sys/block/*/queue/io_poll",
          }
        : null,
  },
  { needs: "target", objection: ({ point, target }) => sizeObjection(point, target.sizeBytes) },
];

const present = (objections: readonly (Objection | null)[]): readonly Objection[] =>
  objections.filter((objection) => objection !== null);

/** What the document alone has against `point`; empty for a point that some machine could carry out. */
export function documentObjections(point: Point): readonly Objection[] {
  const judged = { point, backends: backendsOf(point, point.method), machine: null };
  return present(RULES.map((rule) => (rule.needs === "document" ? rule.objection(judged) : null)));
}

/** What `machine` has against `point`, which the document allows. */
export function machineObjections(point: Point, backend: BackendName | null, machine: Machine): readonly Objection[] {
  if (backend === null) {
    const nearest = PORTABLE_METHOD[point.method];
    return [
      {
        field: "method",
        what: `method ${point.method} does not exist on ${machine.system}`,
        next: `${nearest === undefined ? "" : `The nearest portable one is ${nearest}. `}Methods here: ${methodsOf(machine.system).join(", ")}`,
      },
    ];
  }
  const judged = { point, backend, backends: [backend], machine };
  return present(RULES.map((rule) => (rule.needs === "target" ? null : rule.objection(judged))));
}

/** What the target has against `point`, which the machine allows. */
export function targetObjections(judged: JudgedOnTarget): readonly Objection[] {
  return present(RULES.map((rule) => (rule.needs === "target" ? rule.objection(judged) : null)));
}
