// A profile document -> the Profile: checked as a whole, every default filled in.

import type { TargetSpec } from "../job/points.ts";
import { MOST_FAILURES, throwFailures } from "../shared/errors.ts";
import { nonEmpty } from "../shared/lists.ts";
import { contradictions } from "../rules/document-rules.ts";
import { automaticJobName, resolveJob } from "../job/job.ts";
import { DEFAULT_PROFILE, DEFAULT_TARGET } from "./defaults.ts";
import { type ProfileDocument, profileDocument, type TargetDocument } from "./document.ts";
import { resolveGates, resolveTolerances } from "./gates.ts";
import type { ResolvedProfile } from "./profile.ts";
import { shapeFailures } from "./shape-failures.ts";

function resolveTarget(target: string | TargetDocument): TargetSpec {
  if (typeof target === "string") return { ...DEFAULT_TARGET, path: target };
  const { size, ...rest } = target;
  return { ...DEFAULT_TARGET, ...rest, sizeBytes: size ?? DEFAULT_TARGET.sizeBytes };
}

/** `profiles/disk.json` -> `disk`; anything that would not do as a name -> `profile`. */
function nameFrom(where: string): string {
  const name = (where.split(/[/\\]/).at(-1) ?? "").replace(/\.json$/i, "");
  return /^[\w][\w. -]{0,63}$/.test(name) ? name : "profile";
}

function resolveFields(document: ProfileDocument, where: string): ResolvedProfile {
  const targets = document.targets ?? [document.target ?? DEFAULT_TARGET.path];
  const defaults = document.defaults ?? {};
  return {
    name: document.name ?? nameFrom(where),
    description: document.description ?? null,
    seed: document.seed ?? DEFAULT_PROFILE.seed,
    rounds: document.rounds ?? DEFAULT_PROFILE.rounds,
    targets: nonEmpty(targets.map(resolveTarget)),
    jobs: nonEmpty(document.jobs.map((job, index) => resolveJob(job, defaults, automaticJobName(index)))),
    gates: resolveGates(document.gates ?? []),
    tolerances: resolveTolerances(document.tolerances ?? []),
  };
}

/** Entries of a list that are looked at first. */
const FIRST_LOOK = 1000;

const isLong = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > FIRST_LOOK;

/** `document` with the beginnings of its lists only. */
function beginningOf(document: unknown): unknown {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return document;
  const entries = Object.entries(document);
  if (!entries.some(([, value]) => isLong(value))) return document;
  return Object.fromEntries(entries.map(([key, value]) => [key, isLong(value) ? value.slice(0, FIRST_LOOK) : value]));
}

/** What the schema makes of `document`. Where a beginning has more mistakes than are told, the rest is left alone. */
function parseShape(document: unknown): ReturnType<typeof profileDocument.safeParse> {
  const beginning = beginningOf(document);
  if (beginning !== document) {
    const parsed = profileDocument.safeParse(beginning);
    if (!parsed.success && parsed.error.issues.length > MOST_FAILURES) return parsed;
  }
  return profileDocument.safeParse(document);
}

/**
 * The profile that `document` (any JSON value) describes; `where` names it in errors and, by default, as profile.
 * Throws PROFILE_INVALID with every failure of the document, one each.
 */
export function resolveProfile(document: unknown, where: string): ResolvedProfile {
  const parsed = parseShape(document);
  throwFailures([
    ...(parsed.success ? [] : shapeFailures(parsed.error, document, where)),
    ...contradictions(document, where),
  ]);
  if (!parsed.success) throw parsed.error;
  return resolveFields(parsed.data, where);
}
