// The whole result document, version 1, as a zod schema. Its types are in result.ts, which costs no zod at run time.

import { z } from "zod";
import { JOB_FIELD_LIST } from "../job/fields.ts";
import { isNullable, type JobSettings } from "../job/job.ts";
import type { Kind, Value } from "../job/kinds.ts";
import { machineSchema } from "../machine/facts-schema.ts";
import type { CaseSettings } from "../plan/plan.ts";
import { latencyNsSchema } from "../samples/round-schema.ts";
import { FAILURE_EXIT_CODES, type FailureCode } from "../shared/errors.ts";
import { byTransfer, TRANSFERS, transferWords } from "../shared/operations.ts";
import { BACKEND_NAMES, EVERYWHERE_METHODS, LINUX_METHODS, WINDOWS_METHODS } from "../shared/methods.ts";
import {
  amount,
  amountOrNull,
  count,
  flag,
  group,
  groupOrNull,
  listOf,
  part,
  text,
  textOrNull,
} from "../shared/schema-parts.ts";
import { FILLS, PREALLOCATES } from "../shared/vocabulary.ts";
import { roundSchema } from "./round-schema.ts";
import { targetSchema } from "./target-schema.ts";
import { RESULT_SCHEMA } from "./version.ts";

const isFailureCode = (value: unknown): boolean =>
  typeof value === "string" && Object.hasOwn(FAILURE_EXIT_CODES, value);

const failureSchema = part("failure", "Why something failed. Null: not known.", {
  code: z
    .custom<FailureCode>(isFailureCode, { error: "expected the code of a failure" })
    .meta({ enum: Object.keys(FAILURE_EXIT_CODES) })
    .describe("Which kind of failure."),
  what: text.describe("What happened."),
  where: textOrNull.describe("Where: a path, a place in a document, a case."),
  system: groupOrNull("What the system said.", {
    call: text.describe("The call that failed."),
    code: z.int().describe("The system's error code."),
    name: text.describe("Its name, such as `EIO`."),
    text: text.describe("What the system says about it."),
  }),
  cause: textOrNull.describe("The likely cause."),
  next: textOrNull.describe("What to do next."),
});

const checkSchema = part("check", "Something that the result verifies about itself.", {
  code: text.describe("Name of the check; each has a page in [checks](checks/README.md)."),
  status: z.enum(["pass", "warn", "fail"]).describe("What it says."),
  message: text.describe("Why, in a sentence."),
  facts: z.record(z.string(), z.unknown()).describe("The figures behind it, by name."),
});

/** A value of a kind as results state it: numbers in the unit of the field's name. */
function valueSchema(kind: Kind): z.ZodType<Value> {
  switch (kind.type) {
    case "word":
      return z.enum(kind.words);
    case "count":
    case "bytes":
      return z.int().min(kind.limits.minimum).max(kind.limits.maximum);
    case "seconds":
      return z.number().min(kind.limits.minimum).max(kind.limits.maximum);
    case "flush":
      return z.union([z.enum(["never", "end", "each"]), z.templateLiteral(["every ", z.int().positive()])]);
    default:
      return flag;
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a shape made in a loop has no type of its own
const jobShape = Object.fromEntries(
  JOB_FIELD_LIST.map((field) => {
    const [value, meaning] = [valueSchema(field.kind), field.description];
    if (!isNullable(field)) return [field.name, value.describe(meaning)];
    return [field.name, value.nullable().describe(`${meaning} Null: not set, or without a meaning here.`)];
  }),
) as { readonly [Name in keyof JobSettings]: z.ZodType<JobSettings[Name]> };

const settingsSchema = part("settings", "What the case was, completely.", {
  ...jobShape,
  nativeCall: z
    .enum([...LINUX_METHODS, ...WINDOWS_METHODS, ...EVERYWHERE_METHODS])
    .describe("Family of calls that carried the I/O, reads included."),
  backend: z.enum(BACKEND_NAMES).describe("Part of diskbench that issued the I/O."),
  target: text.describe("Path of the file or device: the `resolvedPath` of a target."),
  preallocate: z.enum(PREALLOCATES).describe("How the target's space was to be allocated."),
  fill: z.enum(FILLS).describe("What the target was to be filled with."),
  blockSizes: listOf(
    z.strictObject({
      operation: z.enum(TRANSFERS).describe("Which I/Os have that size."),
      bytes: count.describe("The size."),
      weight: amount.describe("Share of that operation's I/Os that have it, in percent."),
    }),
  ).describe("Block sizes by operation; `blockSizeBytes` is the largest. Today one entry for each operation."),
  nativeOperations: listOf(text).describe("Each call that carried I/O. Empty until a round has run."),
}) satisfies z.ZodType<CaseSettings>;

const spreadSchema = part("spread", "One figure over the rounds of a case.", {
  median: amount.describe("Median."),
  min: amount.describe("Smallest."),
  max: amount.describe("Largest."),
  cv: amountOrNull.describe("Sample standard deviation / mean. Null: fewer than two rounds."),
});

const ratesSchema = part("rates", "Rates over the rounds of a case.", {
  ios: count.describe("I/Os of all rounds."),
  iops: spreadSchema.describe("I/Os per second."),
  bytesPerSecond: spreadSchema.describe("Bytes per second."),
  latencyNs: latencyNsSchema.describe("All I/Os of all rounds in one distribution."),
});

const summarySchema = part("summary", "The finished rounds of a case together, without those that were `stopped`.", {
  ...ratesSchema.shape,
  ...byTransfer((name) =>
    ratesSchema.nullable().describe(`The ${transferWords(name).plural}. Null: the case does not ${name}.`),
  ),
  trim: ratesSchema.nullable().describe("The trims. Reserved: always null today."),
  cpuNsPerIo: spreadSchema
    .nullable()
    .describe("CPU time of the engine per I/O. Null: no I/O succeeded, or a member among others."),
  effectiveQueueDepth: spreadSchema.describe("`effectiveQueueDepth` of the rounds."),
  firstTouch: groupOrNull("First touches of mapped blocks, all rounds together. Null: none.", {
    count: count.describe("How many."),
    latencyNs: latencyNsSchema.describe("Their latencies in one distribution."),
  }),
});

const caseMemberSchema = part("caseMember", "One of several groups of threads that ran side by side as one case.", {
  id: text.describe("Unique in the result."),
  job: text.describe("Name of the job that it comes from."),
  settings: settingsSchema,
  summary: summarySchema.nullable().describe("Its part in the finished rounds. Null: none finished, or none counts."),
});

const caseSchema = part("case", "One point of a sweep.", {
  id: text.describe("Unique in the result. Fields that differ from their defaults are appended."),
  job: text.describe("Name of the job that the case comes from."),
  settings: settingsSchema.describe("What the case was, completely. Of several members: what the first one was."),
  members: listOf(caseMemberSchema)
    .optional()
    .describe("Groups of threads that ran side by side. Absent: the case is one group."),
  state: z
    .enum(["completed", "failed", "aborted", "pending"])
    .describe("How far it came. `pending`: rounds are still to come."),
  rounds: listOf(roundSchema).describe("The finished rounds, in the order in which they ran."),
  interruptedRound: roundSchema.nullable().describe("A round that was cut short; not in the summary. Null: none."),
  summary: summarySchema.nullable().describe("The finished rounds together. Null: none finished, or none counts."),
  failure: failureSchema.nullable().describe("Why the case failed. Null: it did not."),
  checks: listOf(checkSchema).describe("What the case verifies about itself."),
});

const pairingSchema = z.strictObject({
  kind: z.enum(["targets", "jobs", "same"]).describe("In what the sides differ. `same`: in nothing."),
  labels: z.tuple([text, text]).describe("Names of the baseline and the candidate."),
  cases: listOf(z.tuple([count, count])).describe("Indexes into `cases`: of the baseline and of the candidate."),
  looks: z
    .union([z.literal(1), z.literal(2)])
    .describe("How often a verdict was to be looked for: once at the end, or twice."),
});

export const resultSchema = z.strictObject({
  schema: z.literal(RESULT_SCHEMA).describe("Kind and version of the document."),
  state: z.enum(["completed", "failed", "aborted"]).describe("How the run ended; `aborted` while it goes on."),
  tool: group("What measured.", {
    name: z.literal("diskbench").describe("Always `diskbench`."),
    version: text.describe("Version of diskbench."),
    node: text.describe("Version of Node.js."),
    koffi: text.describe("Version of koffi, by which native calls are made."),
  }),
  machine: machineSchema,
  profile: z
    .looseObject({ name: text.describe("Name of the profile.") })
    .describe("The resolved profile; it gives the same plan again (`schemas/profile.json`)."),
  targets: listOf(targetSchema).describe("The files and devices that were measured."),
  startedAt: z.iso.datetime().describe("When the run began, ISO 8601 in UTC."),
  finishedAt: z.iso.datetime().nullable().describe("When it ended. Null: it did not come to its end."),
  order: group("The order in which the rounds ran.", {
    seed: count.describe("The seed of all that is random: order, offsets, data."),
    rounds: listOf(z.tuple([count, count])).describe("`[caseIndex, roundIndex]` of each round as planned."),
  }),
  cases: listOf(caseSchema).describe("One entry for each case of the plan."),
  pairing: pairingSchema.nullable().describe("Two sides measured by `ab`. Null: no pairs."),
  checks: listOf(checkSchema).describe("What the run verifies about itself."),
  failures: listOf(failureSchema).describe("Failures of the run as a whole; those of a case are with the case."),
});
