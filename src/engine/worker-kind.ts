// A round's specification -> what kind of machine code its loop becomes, so that a worker of the same kind can run it; pure.

import { flushInterval, type MemberSpec } from "./round-spec.ts";
import { compilesWhole } from "./jit/loop-warmup.ts";
import { LARGEST_SMALL_OFFSET } from "../rules/needs.ts";
import { BACKEND_TRAITS } from "../shared/methods.ts";
import { transfersOf } from "../shared/operations.ts";
import { FEW_BLOCKS } from "../workload/seeds.ts";
import { ringOf } from "./thread-options.ts";

/**
 * Beyond `LARGEST_SMALL_OFFSET` offsets are other numbers to the compiler; beyond this a mapped file may be mapped in
 * several pieces. More than `FEW_BLOCKS` take two random numbers each.
 */
const SMALL_MAPPED_BYTES = 2 ** 28;

const smallFileBytes = ({ backend }: MemberSpec): number =>
  BACKEND_TRAITS[backend].mapped ? SMALL_MAPPED_BYTES : LARGEST_SMALL_OFFSET;

/**
 * Rounds of one kind take the same ways through the same classes: what was compiled for one of them is what a new worker
 * would compile for the other. Ways that a round has never taken are left out of compiled code, which is thrown away when
 * they are taken after all; classes and ways beyond those that it takes would make it slower.
 */
export function workerKind(spec: MemberSpec): string {
  const { backend, queueDepth, pattern, fileSizeBytes, blockSizeBytes, blockContent } = spec;
  return [
    backend,
    queueDepth === 1 ? "one" : "queued",
    transfersOf(spec).join("+"),
    pattern,
    blockContent,
    flushInterval(spec) > 0 ? "flushes" : "",
    fileSizeBytes > smallFileBytes(spec) ? `file of ${fileSizeBytes}` : "small file",
    fileSizeBytes / blockSizeBytes > FEW_BLOCKS ? "many blocks" : "few blocks",
    JSON.stringify(ringOf(spec)),
    spec.jitWarmup ? "warm" : "cold",
    compilesWhole(spec) ? "" : "many threads",
  ].join("/");
}

/** What differs between two rounds of one kind, beside which round it is: by this a worker sees that the case is another. */
export function workerCase(spec: MemberSpec): string {
  const { queueDepth, readPercent, fileSizeBytes, blockSizeBytes, batch, onError, maxErrors } = spec;
  return JSON.stringify([queueDepth, readPercent, fileSizeBytes, blockSizeBytes, batch, onError, maxErrors]);
}
