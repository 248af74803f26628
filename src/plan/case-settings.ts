// A point with its back end and target -> the settings of its case: everything that a point leaves open is decided.

import type { NativePoint } from "../rules/judge-points.ts";
import { DEFAULT_VALUES, type JobPoint } from "../job/job.ts";
import { BACKEND_TRAITS, type BackendName, defaultCaching } from "../shared/methods.ts";
import { type Operation, writes } from "../shared/operations.ts";
import { type Caching, type Completion, COMPLETIONS, type Flush } from "../shared/vocabulary.ts";
import type { CaseSettings, PlannedTarget } from "./plan.ts";

/** Buffered writes count only once they are on the device; unbuffered ones are there already. */
function defaultFlush(operation: Operation, caching: Caching): Flush {
  return writes(operation) && caching === "buffered" ? "end" : "never";
}

/** How `backend` learns of completions; null where there is only one way. */
function completionOf(backend: BackendName): Completion | null {
  return COMPLETIONS.find((completion) => backend === `completion-${completion}`) ?? null;
}

/** What the fields of a case would be, had the profile said nothing about them. */
export function usualSettings({ backend, operation, caching }: CaseSettings): JobPoint {
  return { ...DEFAULT_VALUES, caching: defaultCaching(backend), flush: defaultFlush(operation, caching) };
}

export function settingsOf({ point, backend }: NativePoint, target: PlannedTarget): CaseSettings {
  const caching = point.caching ?? defaultCaching(backend);
  return {
    ...point.values,
    nativeCall: BACKEND_TRAITS[backend].nativeCall,
    backend,
    caching,
    flush: point.flush ?? defaultFlush(point.operation, caching),
    completion: completionOf(backend),
    target: target.facts.resolvedPath,
    preallocate: target.preallocate,
    fill: target.fill,
  };
}
