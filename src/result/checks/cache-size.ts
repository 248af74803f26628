// Size of the target beside the machine's memory -> whether the figures are a cache's.

import { humanBytes } from "../../shared/units.ts";
import type { Check } from "../result.ts";
import { cannotBeChecked, pass, readsOf, touchesMedium, traitsOf, warn, type CaseEvidence } from "./case-evidence.ts";

export function checkCacheSize(evidence: CaseEvidence): Check {
  const code = "cache-size";
  if (!touchesMedium(evidence)) return cannotBeChecked(code, "this method does no I/O");
  const { settings } = evidence.case;
  const { sizeBytes } = evidence.target;
  const { memoryBytes } = evidence.machine;
  const facts = { targetBytes: sizeBytes, memoryBytes, caching: settings.caching };
  if (traitsOf(evidence).mapped) {
    return pass(code, "A mapped file lives in memory by nature; first touches and flushes are reported apart.", facts);
  }
  if (settings.caching === "unbuffered") {
    return pass(
      code,
      "Unbuffered I/O passes by the machine's memory; how large the device's own cache is no system tells.",
      facts,
    );
  }
  if (sizeBytes >= memoryBytes) return pass(code, "The target is larger than the machine's memory.", facts);
  const fits = `The target of ${humanBytes(sizeBytes)} fits into the machine's memory of ${humanBytes(memoryBytes)}`;
  if (readsOf(evidence)) {
    return warn(
      code,
      `${fits}, so that buffered reads are soon answered from there; use caching: unbuffered, or a target larger than that.`,
      facts,
    );
  }
  if (settings.flush === "never") {
    return warn(code, `${fits} and is never flushed: the figure is that of the memory; use flush: end.`, facts);
  }
  return pass(code, `${fits}; the final flush is part of the figure.`, facts);
}
