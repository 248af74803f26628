// A case's point and settings -> its id: the same settings have the same id, on every machine and in every run.

import { idParts } from "../job/tell.ts";
import { usualSettings } from "./case-settings.ts";
import type { CaseSettings } from "./plan.ts";

/**
 * `rand-write/writefile/write/random/4KiB/q8/t1`, followed by what differs from its default; `targetLabel` is given
 * where there are several targets.
 */
export function caseId(job: string, settings: CaseSettings, targetLabel: string | null): string {
  const usual = usualSettings(settings);
  const parts = idParts(settings, (field) => settings[field] === usual[field]);
  return [job, ...parts, ...(targetLabel === null ? [] : [`target-${targetLabel}`])].join("/");
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
