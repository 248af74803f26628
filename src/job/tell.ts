// The values of a job's fields -> the texts that tell cases apart: the parts of their ids.

import { type JobField, JOB_FIELD_LIST } from "./fields.ts";
import type { JobPoint } from "./job.ts";

/** Whether nobody need be told that `field` has this value. */
export type IsUsual = (field: JobField) => boolean;

/** `writefile`, `mixed70`, `random`, `4KiB`, `q8`, `t1`, then what is not usual. */
export function idParts(point: JobPoint, isUsual: IsUsual): readonly string[] {
  const parts: string[] = [];
  for (const { name, inId } of JOB_FIELD_LIST) {
    const value = point[name];
    if (inId === null || value === null) continue;
    if (inId.always !== true && (value === inId.usual || isUsual(name))) continue;
    const text = inId.text(value);
    if (inId.joined === true) parts.push(`${parts.pop() ?? ""}${text}`);
    else parts.push(text);
  }
  return parts;
}
