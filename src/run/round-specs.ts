// A planned round, or a target to fill -> the specification that the engine carries out; pure.

import { DEFAULT_VALUES } from "../job/job.ts";
import { greatestCommonDivisor } from "../shared/greatest-common-divisor.ts";
import type { LoneMember } from "../engine/round-spec.ts";
import type { FileIdentity } from "../platform/platform.ts";
import type { CaseMember, Plan } from "../plan/plan.ts";
import { BACKEND_TRAITS } from "../shared/methods.ts";

const INTERVAL_SECONDS = 1;
const FILL_BLOCK_BYTES = 1024 * 1024;
const FILL_QUEUE_DEPTH = 4;
/** Unbuffered I/O in multiples of this is aligned on every device. */
const LARGEST_SECTOR_BYTES = 4096;

/** Round `roundIndex` of a member of a case of `plan`, on the file at `path`. */
export function memberOf(
  plan: Plan,
  member: CaseMember,
  roundIndex: number,
  path: string,
  fileSizeBytes: number,
): LoneMember {
  const { settings } = member;
  return {
    ...settings,
    caseId: member.id,
    roundIndex,
    seed: plan.seed,
    path,
    fileSizeBytes,
    ranges: member.ranges,
    blockContent: "stamped",
    intervalSeconds: INTERVAL_SECONDS,
    jitWarmup: true,
  };
}

/** `member`, carried out only where its path still leads to the file of this identity; null: wherever it leads. */
export function expecting(member: LoneMember, identity: FileIdentity | null): LoneMember {
  return identity === null ? member : { ...member, identity };
}

export interface FillRequest {
  readonly path: string;
  readonly sizeBytes: number;
  readonly content: "random" | "zero";
  /** Unbuffered where the target allows it, so that nothing is left to be written back afterwards. */
  readonly caching: "unbuffered" | "buffered";
}

/** Writes every byte once: large blocks first, the rest in smaller ones, less than a sector through the cache. */
export function fillMembers(request: FillRequest, backend: LoneMember["backend"], seed: number): readonly LoneMember[] {
  const part = (name: string, fromBytes: number, toBytes: number, caching: FillRequest["caching"]): LoneMember[] => {
    if (fromBytes === toBytes) return [];
    // The largest block that divides both the place and the length of the part.
    const blockSizeBytes = greatestCommonDivisor(FILL_BLOCK_BYTES, greatestCommonDivisor(fromBytes, toBytes));
    const blockCount = (toBytes - fromBytes) / blockSizeBytes;
    const firstBlock = fromBytes / blockSizeBytes;
    return [
      {
        ...DEFAULT_VALUES,
        caseId: `fill ${name} of ${request.path}`,
        roundIndex: 0,
        seed,
        backend,
        path: request.path,
        fileSizeBytes: request.sizeBytes,
        operation: "write",
        readPercent: null,
        pattern: "sequential",
        blockSizeBytes,
        queueDepth: BACKEND_TRAITS[backend].queued ? Math.min(FILL_QUEUE_DEPTH, blockCount) : 1,
        ranges: [{ thread: 0, firstBlock, blockCount, ios: blockCount }],
        caching,
        flush: "never",
        blockContent: request.content,
        warmupSeconds: 0,
        durationSeconds: null,
        intervalSeconds: INTERVAL_SECONDS,
        jitWarmup: false,
      },
    ];
  };
  const { sizeBytes, caching } = request;
  const wholeBlocksBytes = sizeBytes - (sizeBytes % FILL_BLOCK_BYTES);
  const wholeSectorsBytes = sizeBytes - (sizeBytes % LARGEST_SECTOR_BYTES);
  const parts = [
    ...part("body", 0, wholeBlocksBytes, caching),
    ...part("end", wholeBlocksBytes, wholeSectorsBytes, caching),
    ...part("last bytes", wholeSectorsBytes, sizeBytes, "buffered"),
  ];
  // The engine flushes all of it with the last part: it may wait for a device that hangs, the command must not.
  return parts.map((spec, index) => (index === parts.length - 1 ? { ...spec, flush: "end" } : spec));
}
