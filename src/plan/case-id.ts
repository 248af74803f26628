// A case's point and settings -> its id: the same settings have the same id, on every machine and in every run.

import { pointId } from "../profile/points.ts";
import { defaultCaching, defaultFlush } from "./case-settings.ts";
import type { NativePoint } from "./native-points.ts";
import type { CaseSettings } from "./plan.ts";

/**
 * `rand-write/writefile/write/random/4KiB/q8/t1`, followed by what differs from its default; `targetLabel` is given
 * where there are several targets.
 */
export function caseId({ point, backend }: NativePoint, settings: CaseSettings, targetLabel: string | null): string {
  const { operation, caching, writeThrough, flush, completion, batch, polling, submitThread } = settings;
  const differing = [
    caching === defaultCaching(backend) ? null : caching,
    writeThrough ? "write-through" : null,
    flush === defaultFlush(operation, caching) ? null : `flush-${flush.replace(" ", "-")}`,
    completion === null || completion === "port" ? null : `completion-${completion}`,
    batch === null ? null : `batch-${batch}`,
    polling ? "polling" : null,
    submitThread ? "submit-thread" : null,
    targetLabel === null ? null : `target-${targetLabel}`,
  ];
  return [pointId(point), ...differing.filter((part) => part !== null)].join("/");
}

/** The last part of a path, without anything that could be taken for a part of the id. */
const fileName = (path: string): string => (path.split(/[/\\]/).at(-1) ?? path).replaceAll(/[^\p{L}\p{N}._-]+/gu, "_");

/** A short name for each of `paths`, unique among them; null for a single one, which needs none. */
export function targetLabels(paths: readonly string[]): readonly (string | null)[] {
  if (paths.length < 2) return paths.map(() => null);
  const names = paths.map(fileName);
  const areDistinct = new Set(names).size === names.length;
  return areDistinct ? names : names.map((name, index) => `${index}-${name}`);
}
