// Bytes that the device counted beyond our own -> whether somebody else used it meanwhile.

import { humanBytes } from "../../shared/units.ts";
import { writes } from "../../shared/operations.ts";
import type { Check, Round } from "../result.ts";
import { deviceOf, issuedBytes, notCounted, onlyInforms } from "./device-traffic.ts";
import { cannotBeChecked, pass, percent, warn, type CaseEvidence } from "./case-evidence.ts";

const SHARE = 0.02;
const BYTES_PER_SECOND = 1024 * 1024;

interface Foreign {
  readonly round: number;
  readonly device: string;
  readonly bytes: number;
  readonly share: number;
  readonly bytesPerSecond: number;
}

/** The whole disk counts: what others do to its other partitions takes from it all the same. */
function foreignIn(round: Round): Foreign | null {
  const device = deviceOf(round, "disk") ?? deviceOf(round, "own");
  const { surroundings } = round;
  if (device === null || surroundings === null) return null;
  const own = issuedBytes(round);
  const bytes = Math.max(0, device.readBytes + device.writtenBytes - own);
  return {
    round: round.index,
    device: device.name,
    bytes,
    share: own === 0 ? 1 : bytes / own,
    bytesPerSecond: surroundings.seconds === 0 ? 0 : bytes / surroundings.seconds,
  };
}

export function checkForeignIo(evidence: CaseEvidence): Check {
  const code = "foreign-io";
  const why = notCounted(evidence) ?? onlyInforms(evidence);
  if (why !== null) return cannotBeChecked(code, why);
  const { flush, writeThrough, operation } = evidence.case.settings;
  const flushes = writes(operation) && (writeThrough || flush === "each" || flush.startsWith("every"));
  if (flushes && evidence.target.kind !== "device") {
    return cannotBeChecked(code, "the file system's journal writes with every flush, and cannot be told from others");
  }
  const rounds = evidence.case.rounds.map(foreignIn).filter((foreign) => foreign !== null);
  const disturbed = rounds.filter(({ share, bytesPerSecond }) => share > SHARE && bytesPerSecond > BYTES_PER_SECOND);
  const worst = rounds.reduce((most, each) => (each.bytesPerSecond > most.bytesPerSecond ? each : most));
  const { device, bytesPerSecond, share } = worst;
  const facts = { device, rounds, disturbedRounds: disturbed.map(({ round }) => round) };
  if (disturbed.length === 0) return pass(code, `Nobody else used ${device} to speak of.`, facts);
  return warn(
    code,
    `Others transferred up to ${humanBytes(bytesPerSecond)}/s on ${device} meanwhile (${percent(share)} of our own bytes), in ${disturbed.length} of ${rounds.length} rounds; stop what else uses the device and run again.`,
    facts,
  );
}
