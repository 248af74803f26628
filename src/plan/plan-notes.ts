// The cases of a plan -> what a person should know about their numbers before the run starts.

import { groupBy } from "../shared/lists.ts";
import type { Machine } from "../machine/machine.ts";
import { BACKEND_TRAITS, type Method, touchesTarget } from "../shared/methods.ts";
import { formatSize, humanBytes } from "../shared/units.ts";
import type { Case, PlannedTarget } from "./plan.ts";
import { reads, writes } from "../shared/operations.ts";

/** A case that several points of the profile come to on this system. */
export interface MergedCase {
  readonly id: string;
  readonly points: number;
}

export interface Outline {
  readonly machine: Machine;
  readonly targets: readonly PlannedTarget[];
  readonly cases: readonly Case[];
  readonly merged: readonly MergedCase[];
}

/** Sentences without their full stops; none where there is nothing to say. */
type Note = (outline: Outline) => readonly string[];

const mergedNote: Note = ({ merged }) => {
  if (merged.length === 0) return [];
  const list = merged.map(({ id, points }) => `${id} (${points} points)`).join(", ");
  return [`Points of the profile that come to the same on this system are measured once: ${list}`];
};

const unrealNote: Note = ({ cases }) => {
  const methods = new Set(
    cases.filter(({ settings }) => !touchesTarget(settings.backend)).map(({ settings }) => settings.method),
  );
  return [...methods].map((method) => `Method ${method} does no I/O: its numbers say nothing about any disk`);
};

const KEEPS_ONE_CALL: readonly Method[] = ["writefile", "WriteFile"];

/** What `one` and `other`, the synchronous and the queued part of a sweep, have to do with each other. */
function crossing(synchronous: Case, queued: Case): string {
  const { method, nativeCall, queueDepth } = synchronous.settings;
  const remedy = KEEPS_ONE_CALL.includes(method) ? '; "completion": "port" keeps the queued one from depth 1 on' : "";
  return `Job ${synchronous.job}: ${method} is synchronous (${nativeCall}) at queue depth ${queueDepth} and queued (${queued.settings.nativeCall}) deeper, so the curve over depth changes its call on the way${remedy}`;
}

const crossingNote: Note = ({ cases }) => {
  const sweeps = groupBy(cases, ({ job, settings }) => `${job}/${settings.method}`);
  return [...sweeps.values()].flatMap((sweep) => {
    const queued = sweep.find(({ settings }) => BACKEND_TRAITS[settings.backend].queued);
    const synchronous = sweep.find(({ settings }) => !BACKEND_TRAITS[settings.backend].queued);
    return queued === undefined || synchronous === undefined ? [] : [crossing(synchronous, queued)];
  });
};

const kernelAioNote: Note = ({ cases }) =>
  cases.some(({ settings: { backend, method } }) => backend === "libaio" && method === "writefileex")
    ? ["writefileex is kernel AIO (libaio) here, the nearest thing: Linux has no asynchronous procedure calls"]
    : [];

const isQueuedAndBuffered = ({ settings: { backend, caching } }: Case): boolean =>
  touchesTarget(backend) && BACKEND_TRAITS[backend].queued && caching === "buffered";

const queuedBufferedNote: Note = ({ machine, cases }) =>
  machine.system === "linux" && cases.some(isQueuedAndBuffered)
    ? [
        "Queued buffered I/O on Linux may be done before the submitting call returns: the queue depth reached may be lower",
      ]
    : [];

const cachedReadsNote: Note = ({ machine, targets, cases }) =>
  targets
    .filter(({ index, sizeBytes }) => {
      const isCached = ({ targetIndex, settings }: Case): boolean =>
        targetIndex === index && settings.caching === "buffered" && reads(settings.operation);
      return sizeBytes <= machine.memoryBytes && cases.some(isCached);
    })
    .map(
      ({ facts, sizeBytes }) =>
        `${facts.path} (${humanBytes(sizeBytes)}) fits into memory (${humanBytes(machine.memoryBytes)}): buffered and mapped reads may come from memory instead of the device`,
    );

const unwrittenSpaceNote: Note = ({ targets, cases }) =>
  targets
    .filter(({ index, kind, preallocate, facts }) => {
      const isUsed = cases.some(
        ({ settings, targetIndex }) => targetIndex === index && touchesTarget(settings.backend),
      );
      return isUsed && kind === "file" && preallocate !== "fill" && facts.existing === null;
    })
    .map(
      ({ facts, preallocate }) =>
        `${facts.path} is not filled first (preallocate ${preallocate}): writes to new space cost more than writes to a file in use`,
    );

const foreignFileNote: Note = ({ targets }) =>
  targets
    .filter(({ kind }) => kind === "existing-file")
    .map(({ facts, written }) => {
      const fate = written ? "its contents are overwritten" : "it is only read";
      const because = facts.objection === undefined ? "" : ` (it carries diskbench's mark, but ${facts.objection})`;
      return `${facts.resolvedPath} is not diskbench's own${because}: ${fate}, it is never resized or removed`;
    });

const deviceNote: Note = ({ targets }) =>
  targets
    .filter(({ kind }) => kind === "device")
    .map(({ facts, written }) =>
      written
        ? `${facts.resolvedPath} is a device: its contents are overwritten`
        : `${facts.resolvedPath} is a device, taken as it is: reads of blocks that were never written may not reach the medium`,
    );

/** Whole logical sectors are the rule; parts of physical ones make the device read before it writes. */
const physicalSectorNote: Note = ({ targets, cases }) =>
  targets.flatMap(({ index, facts }) => {
    const sector = facts.device?.physicalSectorBytes ?? 0;
    const isPart = ({ targetIndex, settings }: Case): boolean =>
      targetIndex === index &&
      touchesTarget(settings.backend) &&
      settings.caching === "unbuffered" &&
      writes(settings.operation) &&
      sector > 0 &&
      settings.blockSizeBytes % sector !== 0;
    const blocks = [...new Set(cases.filter(isPart).map(({ settings }) => formatSize(settings.blockSizeBytes)))];
    if (blocks.length === 0) return [];
    return [
      `Blocks of ${blocks.join(", ")} are no multiples of the physical sectors of ${facts.device?.name ?? facts.path} (${formatSize(sector)}): the device must read before it can write`,
    ];
  });

const NOTES: readonly Note[] = [
  foreignFileNote,
  deviceNote,
  unrealNote,
  mergedNote,
  crossingNote,
  kernelAioNote,
  queuedBufferedNote,
  cachedReadsNote,
  unwrittenSpaceNote,
  physicalSectorNote,
];

/** Everything worth knowing about `outline`, the gravest first. */
export function planNotes(outline: Outline): readonly string[] {
  return NOTES.flatMap((note) => note(outline));
}
