// Bytes issued beside bytes that the device counted -> whether a cache answered in the device's place.

import { ioOperationsOf, transferWords } from "../../shared/operations.ts";
import { humanBytes } from "../../shared/units.ts";
import type { Check } from "../result.ts";
import { countedBytes, deviceOf, issuedBytes, notCounted, onlyInforms } from "./device-traffic.ts";
import { cannotBeChecked, fail, pass, percent, sumOver, warn, type CaseEvidence } from "./case-evidence.ts";

/** Below this share a cache answered: sectors are counted exactly, and the rest is room for I/Os that failed. */
const REACHED = 0.98;
/** Below this share the figures are mostly the cache's. */
const MOSTLY_CACHE = 0.5;

interface Layers {
  readonly issued: number;
  readonly reached: number;
  readonly device: string;
  /** What lies below the device, and how much of the device's own traffic came through to it; null: nothing counts. */
  readonly below: { readonly device: string; readonly reached: number } | null;
}

function layersOf({ case: { rounds } }: CaseEvidence): Layers {
  const [first] = rounds;
  const below = first === undefined ? null : deviceOf(first, "below");
  return {
    issued: sumOver(rounds, issuedBytes),
    reached: sumOver(rounds, (round) => countedBytes(round, "own")),
    device: (first === undefined ? null : deviceOf(first, "own"))?.name ?? "the device",
    below: below && { device: below.name, reached: sumOver(rounds, (round) => countedBytes(round, "below")) },
  };
}

function cacheAnswered({ issued, reached, device }: Layers, evidence: CaseEvidence): string {
  const done = ioOperationsOf(evidence.case.settings.operation)
    .map((name) => transferWords(name).done)
    .join(" and ");
  return `Only ${percent(reached / issued)} of the ${humanBytes(issued)} that were ${done} reached ${device}: a cache answered the rest`;
}

export function checkKernelBytes(evidence: CaseEvidence): Check {
  const code = "kernel-bytes";
  const missing = notCounted(evidence);
  if (missing !== null) return cannotBeChecked(code, missing);
  const layers = layersOf(evidence);
  const { issued, reached, device, below } = layers;
  if (issued === 0) return cannotBeChecked(code, "nothing was transferred");
  const facts = {
    device,
    issuedBytes: issued,
    deviceBytes: reached,
    reachedShare: reached / issued,
    below: below && { device: below.device, deviceBytes: below.reached },
  };
  const why = onlyInforms(evidence);
  if (why !== null) {
    const what = reached < REACHED * issued ? cacheAnswered(layers, evidence) : `${device} saw all that was asked for`;
    return pass(code, `${what}; ${why}.`, { ...facts, onlyInforms: why });
  }
  if (reached < REACHED * issued) {
    const report = reached < MOSTLY_CACHE * issued ? fail : warn;
    const advice =
      "do not take this for the device's figure; use a target whose every block was written, and larger than any cache";
    return report(code, `${cacheAnswered(layers, evidence)}; ${advice}.`, facts);
  }
  if (below !== null && below.reached < REACHED * reached) {
    const share = percent(below.reached / reached);
    return warn(
      code,
      `All of it reached ${device}, but only ${share} came through to ${below.device}: a cache below ${device} answered the rest; measure on ${below.device} itself, or attach ${device} without that cache (losetup --direct-io=on).`,
      facts,
    );
  }
  return pass(code, `${device} counted ${percent(reached / issued)} of the bytes issued.`, facts);
}
