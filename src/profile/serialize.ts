// A Profile -> the complete document that resolves to it again: every default written out, in canonical spelling.

import { formatDuration, formatSize } from "../shared/units.ts";
import { serializeGates, serializeTolerances } from "./gates.ts";
import type { Job, Profile, TargetSpec } from "./profile.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Without the fields that say nothing: null, undefined, and lists of a single null. */
function stated(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** A sweep's list; one value stands for itself. */
function oneOrMore<Value>(values: readonly Value[]): Value | readonly Value[] | undefined {
  return values.length === 1 ? values[0] : values;
}

const sizeText = (bytes: number | null): string | null => (bytes === null ? null : formatSize(bytes));

function serializeTarget(target: TargetSpec): Fields {
  return stated({
    path: target.path,
    size: sizeText(target.sizeBytes),
    fill: target.fill,
    preallocate: target.preallocate,
  });
}

function serializeJob(job: Job): Fields {
  const mixes = job.operation.includes("mixed");
  return stated({
    name: job.name,
    method: oneOrMore(job.method),
    operation: oneOrMore(job.operation),
    readPercent: mixes ? oneOrMore(job.readPercent) : null,
    pattern: oneOrMore(job.pattern),
    blockSize: oneOrMore(job.blockSizeBytes.map(formatSize)),
    queueDepth: oneOrMore(job.queueDepth),
    threads: oneOrMore(job.threads),
    caching: oneOrMore(job.caching),
    writeThrough: job.writeThrough,
    flush: oneOrMore(job.flush),
    completion: oneOrMore(job.completion),
    batch: job.batch,
    polling: job.polling ? true : null,
    submitThread: job.submitThread ? true : null,
    duration: formatDuration(job.durationSeconds),
    warmup: formatDuration(job.warmupSeconds),
    ios: job.ios,
    bytes: sizeText(job.bytes),
    content: job.content,
    onError: job.onError,
    maxErrors: job.onError === "continue" ? job.maxErrors : null,
  });
}

/** A JSON document for which `resolveProfile` gives back an equal profile. Sizes and durations are texts. */
export function serializeProfile(profile: Profile): object {
  const targets = profile.targets.map(serializeTarget);
  return stated({
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
