// The profile document as a person writes it -> its zod schema, in which a job's fields are those of the table of fields.

import { z } from "zod";
import { defaultText, JOB_FIELD_LIST, type NamedField } from "../job/fields.ts";
import type { StatedJob } from "../job/job.ts";
import type { Kind, Value } from "../job/kinds.ts";
import { LIMITS } from "../job/limits.ts";
import { FILLS, PREALLOCATES } from "../shared/vocabulary.ts";
import { duration, flag, flush, name, oneOrMore, path, plainText, size, wholeNumber, word } from "./fields.ts";
import { gateFields, gatesDocument, toleranceFields, tolerancesDocument } from "./gates.ts";

/** One value of a kind. */
function valueSchema(kind: Kind): z.ZodType<Value> {
  switch (kind.type) {
    case "word":
      return word(kind.words);
    case "count":
      return wholeNumber(kind.limits);
    case "bytes":
      return size(kind.limits);
    case "seconds":
      return duration(kind.limits);
    case "flush":
      return flush();
    default:
      return flag();
  }
}

/** "Bytes per I/O, such as 4KiB. Default: 64KiB. A list sweeps." */
const describeField = (field: NamedField): string =>
  `${field.description} Default: ${defaultText(field)}.${field.sweeps ? " A list sweeps." : ""}`;

/**
 * What a job says about itself and what `defaults` may say for all jobs, in the order of the table. Optional, not
 * exactly so: the latter makes up the failures of undefined for each key that is not there, in each of many jobs.
 */
const jobFields: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  JOB_FIELD_LIST.map((field) => {
    const value = valueSchema(field.kind);
    const schema = field.sweeps ? oneOrMore(value) : value;
    return [field.documentName, schema.describe(describeField(field)).optional()];
  }),
);

/** `{ blockSize: ... }` as it stands in documents -> `{ blockSizeBytes: ... }`. */
function byFieldName(schema: z.ZodObject): z.ZodType<StatedJob> {
  const names = new Map(JOB_FIELD_LIST.map((field) => [field.documentName, field.name]));
  return schema.transform((values) =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [names.get(key) ?? key, value]),
    ),
  );
}

const targetFields = {
  path: path().describe(
    "File, directory in which a file is made, or block device. Relative paths are relative to the current directory.",
  ),
  size: size(LIMITS.targetSizeBytes)
    .describe("How much of it is used. Default: all of what is there, 1GiB for a file that diskbench makes.")
    .exactOptional(),
  fill: word(FILLS)
    .describe("What the file is filled with before anything is measured. Default: random.")
    .exactOptional(),
  preallocate: word(PREALLOCATES)
    .describe(
      "How the file gets its space: fill writes it completely; extend only sets its size; valid-data (Windows) declares it written; none takes it as it is. Default: fill.",
    )
    .exactOptional(),
};

const targetError = "a path, or an object with path, size, fill, preallocate";
const targetDocument = z.strictObject(targetFields, { error: targetError });
const target = z.union([path(), targetDocument], { error: targetError });

const defaultsDocument = z.strictObject(jobFields, { error: "an object with fields of a job" });
const jobDocument = z.strictObject(
  {
    name: name().describe("Begins the ids of the job's cases. Default: job1, job2, ... by position.").exactOptional(),
    ...jobFields,
  },
  { error: "a job: an object in braces" },
);

const targetsError = "a list of at least one target";
const jobsError = "a list of at least one job";

export const profileDocument = z.strictObject(
  {
    $schema: plainText().describe("Where an editor finds the schema of this document.").exactOptional(),
    name: name()
      .describe("Name of the profile, part of the result's file name. Default: the file's name.")
      .exactOptional(),
    description: plainText().describe("What the profile is for.").exactOptional(),
    seed: wholeNumber(LIMITS.seed)
      .describe("What offsets, contents and the order of cases grow from: the same seed gives the same. Default: 1.")
      .exactOptional(),
    rounds: wholeNumber(LIMITS.rounds).describe("Timed runs of each case. Default: 3.").exactOptional(),
    target: target
      .describe("The file, directory or device that is exercised; excludes targets. Default: diskbench.dat.")
      .exactOptional(),
    targets: z
      .array(target, { error: targetsError })
      .min(1, { error: targetsError })
      .describe("Several targets; every job runs on each of them. Excludes target.")
      .exactOptional(),
    defaults: byFieldName(defaultsDocument)
      .describe("What holds for every job that does not say otherwise.")
      .exactOptional(),
    jobs: z
      .array(byFieldName(jobDocument), { error: jobsError })
      .min(1, { error: jobsError })
      .describe("What is measured. The lists within a job multiply into cases."),
    gates: gatesDocument
      .describe("Limits on figures of the summary; a run that breaks one ends with exit code 1.")
      .exactOptional(),
    tolerances: tolerancesDocument
      .describe("How much worse than this run a later one may be for compare, by metric and case. Default: 5%.")
      .exactOptional(),
  },
  { error: "a profile: an object in braces with at least jobs" },
);

export type ProfileDocument = z.output<typeof profileDocument>;
export type TargetDocument = z.output<typeof targetDocument>;

const keysOf = (schema: z.ZodObject): readonly string[] => Object.keys(schema.shape);

/** The keys that an object may have, by the key in the profile below which it stands; "" is the profile itself. */
export const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  "": keysOf(profileDocument),
  target: keysOf(targetDocument),
  targets: keysOf(targetDocument),
  defaults: keysOf(defaultsDocument),
  jobs: keysOf(jobDocument),
  gates: keysOf(gateFields),
  tolerances: keysOf(toleranceFields),
};
