// How the target's file is allocated -> whether its blocks are ones that a device really has to read and write.

import { counted, humanBytes } from "../../shared/units.ts";
import type { Check } from "../result.ts";
import {
  cannotBeChecked,
  fail,
  pass,
  readsOf,
  touchesMedium,
  warn,
  writesOf,
  type CaseEvidence,
} from "./case-evidence.ts";

const COPY_ON_WRITE = /^(btrfs|zfs|bcachefs)$/;

export function checkAllocation(evidence: CaseEvidence): Check {
  const code = "allocation";
  const { allocation, kind, fileSystem, mountOptions, preallocate, sizeBytes } = evidence.target;
  if (!touchesMedium(evidence)) return cannotBeChecked(code, "this method does no I/O");
  if (kind === "device") return pass(code, "A raw device has no extents: every block is there.", {});
  if (allocation === null || allocation.basis === null) {
    return cannotBeChecked(code, "the file system does not tell how the file is allocated");
  }
  const { holeBytes, unwrittenBytes, sharedBytes, compressedBytes, encryptedBytes, extents, basis } = allocation;
  const copyOnWrite =
    fileSystem !== null && COPY_ON_WRITE.test(fileSystem) && !(mountOptions ?? "").split(",").includes("nodatacow");
  const facts = { ...allocation, sizeBytes, copyOnWrite };
  const neverWritten = holeBytes + unwrittenBytes;
  if (neverWritten > 0) {
    // First writes are what the person wants to measure when nothing was to be written before.
    const asked = !readsOf(evidence) && (preallocate === "extend" || preallocate === "valid-data");
    return (asked ? warn : fail)(
      code,
      `${humanBytes(neverWritten)} of ${humanBytes(sizeBytes)} were never written (${humanBytes(unwrittenBytes)} allocated only, ${humanBytes(holeBytes)} holes, ${counted(extents, "extent")} by ${basis}): reads of them never reach the device and first writes cost more; write the file full first (preallocate: fill).`,
      facts,
    );
  }
  if (sharedBytes > 0 && writesOf(evidence)) {
    return warn(
      code,
      `${humanBytes(sharedBytes)} of the file are shared with other files (reflinks or snapshots): the first write to each block copies it; use a file of its own.`,
      facts,
    );
  }
  if (compressedBytes > 0) {
    return warn(
      code,
      `${humanBytes(compressedBytes)} of the file are stored compressed: less is transferred than asked for; fill it with random data, or turn compression off for it.`,
      facts,
    );
  }
  if (encryptedBytes > 0) {
    return warn(
      code,
      `${humanBytes(encryptedBytes)} of the file are encrypted by the file system: every transfer takes CPU time for that; use a folder that is not encrypted, unless that is what is to be measured.`,
      facts,
    );
  }
  if (basis.split(", ").includes("sparse")) {
    return warn(
      code,
      "The file is marked as sparse: what is written anew may lie anywhere, and ranges of zeros may be given back; copy it into an ordinary file.",
      facts,
    );
  }
  const note = copyOnWrite ? `; ${fileSystem} writes every block anew elsewhere` : "";
  return pass(code, `All of ${humanBytes(sizeBytes)} is written, in ${counted(extents, "extent")}${note}.`, facts);
}
