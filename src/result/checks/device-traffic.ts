// A case's rounds -> what was issued beside what its devices counted; the ground of kernel-bytes and foreign-io.

import type { Round, Surroundings } from "../result.ts";
import { isWine, touchesMedium, traitsOf, type CaseEvidence } from "./case-evidence.ts";

export type DeviceRole = Surroundings["devices"][number]["role"];

/** File systems with several copies, or above a server, another file system or memory: devices count other bytes. */
const OWN_ACCOUNTING =
  /^(btrfs|zfs|bcachefs|overlay|aufs|tmpfs|ramfs|nfs4?|cifs|smb3|9p|virtiofs|ceph|glusterfs|lustre|afs|fuse.*|ecryptfs)$/;

/** Why the device need not have seen the case's bytes one to one; null: it must have. */
export function onlyInforms(evidence: CaseEvidence): string | null {
  const { settings } = evidence.case;
  const { fileSystem } = evidence.target;
  if (traitsOf(evidence).mapped) return "a mapped file is read and written through the page cache";
  if (settings.caching === "buffered") return "buffered I/O passes through the page cache";
  if (fileSystem !== null && OWN_ACCOUNTING.test(fileSystem)) return `${fileSystem} has an accounting of its own`;
  return null;
}

/** Why there is nothing to compare with; null: there is. */
export function notCounted(evidence: CaseEvidence): string | null {
  if (!touchesMedium(evidence)) return "this method does no I/O";
  const { rounds } = evidence.case;
  if (rounds.length > 0 && rounds.every((round) => deviceOf(round, "own") !== null)) return null;
  const { fileSystem, device } = evidence.target;
  if (isWine(evidence)) return "Wine does not count what reaches a disk";
  if (evidence.machine.system === "windows" && device !== null) {
    return `Windows keeps no counters for ${device.name}; \`diskperf -Y\`, run by an administrator, switches them on`;
  }
  return `no block device under ${fileSystem === null ? "the target" : `this ${fileSystem} file system`} counts what reaches it`;
}

export function deviceOf(round: Round, role: DeviceRole): Surroundings["devices"][number] | null {
  return round.surroundings?.devices.find((device) => device.role === role) ?? null;
}

/** Bytes that the tool handed to the system, warm-up and drain included. */
export function issuedBytes(round: Round): number {
  return round.total.bytes + round.outsideWindow.bytes;
}

/** Bytes that a device counted in the directions that the case used. */
export function countedBytes(round: Round, role: DeviceRole): number {
  const device = deviceOf(round, role);
  if (device === null) return 0;
  return (round.read === null ? 0 : device.readBytes) + (round.write === null ? 0 : device.writtenBytes);
}
