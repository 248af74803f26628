// What the target stands on -> whether the figures are those of a disk, or of the machine's memory.

import type { Check } from "../result.ts";
import { cannotBeChecked, pass, touchesMedium, warn, type CaseEvidence } from "./case-evidence.ts";

export function checkMemory(evidence: CaseEvidence): Check {
  const code = "memory";
  if (!touchesMedium(evidence)) return cannotBeChecked(code, "this method does no I/O");
  const { memoryBasis } = evidence.target;
  const facts = { memoryBasis };
  if (memoryBasis === null) return pass(code, "Nothing says that the target is kept in memory.", facts);
  return warn(
    code,
    `The target is kept in memory (${memoryBasis}): the figures are those of memory and software, not of a disk; choose a target on a disk, or take them for what they are.`,
    facts,
  );
}
