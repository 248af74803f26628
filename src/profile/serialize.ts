// A Profile -> the complete document that resolves to it again: every default written out, in canonical spelling.

import type { TargetSpec } from "../job/points.ts";
import { JOB_FIELD_LIST } from "../job/fields.ts";
import { applies, type Job, writeJob } from "../job/job.ts";
import { formatSize } from "../shared/units.ts";
import { type Fields, withoutNulls } from "../shared/without-nulls.ts";
import { serializeGates, serializeTolerances } from "./gates.ts";
import type { ResolvedProfile } from "./profile.ts";

const sizeText = (bytes: number | null): string | null => (bytes === null ? null : formatSize(bytes));

function serializeTarget(target: TargetSpec): Fields {
  return withoutNulls({
    path: target.path,
    size: sizeText(target.sizeBytes),
    fill: target.fill,
    preallocate: target.preallocate,
  });
}

function serializeJob(job: Job): Fields {
  const meant = JOB_FIELD_LIST.filter((field) => applies(field, job)).map(({ name }) => [name, job[name]]);
  return writeJob({ name: job.name, ...Object.fromEntries(meant) });
}

/** A JSON document for which `resolveProfile` gives back an equal profile. Sizes and durations are texts. */
export function serializeProfile(profile: ResolvedProfile): object {
  const targets = profile.targets.map(serializeTarget);
  return withoutNulls({
    name: profile.name,
    description: profile.description,
    seed: profile.seed,
    rounds: profile.rounds,
    ...(targets.length === 1 ? { target: targets[0] } : { targets }),
    jobs: profile.jobs.map(serializeJob),
    gates: serializeGates(profile.gates),
    tolerances: serializeTolerances(profile.tolerances),
  });
}
