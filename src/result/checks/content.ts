// What the target was filled with, and what it stands on -> whether anything may have been compressed away.

import type { Check, ResultTarget } from "../result.ts";
import { cannotBeChecked, pass, touchesMedium, warn, type CaseEvidence } from "./case-evidence.ts";

/** Who compresses or merges equal blocks under this target; null: nobody that is known. */
function compressorOf({ fileSystem, mountOptions, device, mountPoint, allocation }: ResultTarget): string | null {
  const options = (mountOptions ?? "").split(",");
  const where = mountPoint === null ? "" : ` on ${mountPoint}`;
  const compresses = options.find(
    (option) => /^(compress(-force|_algorithm|ed)?|compression|compr)(=|$)/.test(option) && !/=(no|none)$/.test(option),
  );
  if (compresses !== undefined) return `${fileSystem ?? "the file system"}${where} (${compresses})`;
  // Compression and deduplication are properties of data sets there, not options of the mount.
  if (fileSystem === "zfs") return `zfs${where}, which may compress`;
  // A file or folder can be marked to be compressed by itself (chattr +c, the attribute on Windows).
  if (allocation !== null && allocation.compressedBytes > 0) return `${fileSystem ?? "the file system"}${where}`;
  if (device !== null && /^(zram|vdo)/.test(device.name)) return `the device ${device.name}`;
  return null;
}

export function checkContent(evidence: CaseEvidence): Check {
  const code = "content";
  if (!touchesMedium(evidence)) return cannotBeChecked(code, "this method does no I/O");
  const { target } = evidence;
  const compressor = compressorOf(target);
  const filledWith = target.kind === "file" && target.preallocate === "fill" ? target.fill : "none";
  const facts = { filledWith, compressor, timedWrites: "fresh" };
  if (filledWith === "zero" && compressor !== null) {
    return warn(
      code,
      `The file was filled with zeros, and ${compressor} compresses: what is read back hardly touches the device; use fill: random.`,
      facts,
    );
  }
  if (filledWith === "none" && compressor !== null) {
    return pass(code, `What the target holds is not known, and ${compressor} compresses.`, facts);
  }
  return pass(
    code,
    filledWith === "zero" ? "Nothing known compresses the zeros here." : "Timed writes carry fresh random data.",
    facts,
  );
}
