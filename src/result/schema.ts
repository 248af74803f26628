// The whole result document, version 1, as a zod schema. Its types are in result.ts, which costs no zod at run time.

import { z } from "zod";
import { JOB_FIELD_LIST } from "../job/fields.ts";
import { isNullable, type JobSettings } from "../job/job.ts";
import type { Kind, Value } from "../job/kinds.ts";
import type { CaseSettings } from "../plan/plan.ts";
import { FAILURE_EXIT_CODES, type FailureCode } from "../shared/errors.ts";
import { BACKEND_NAMES, EVERYWHERE_METHODS, LINUX_METHODS, WINDOWS_METHODS } from "../shared/methods.ts";
import { FILLS, PREALLOCATES } from "../shared/vocabulary.ts";
import { listOf } from "./bounded-list.ts";
import { machineSchema, targetSchema } from "./machine-schema.ts";
import { latencyNsSchema, roundSchema } from "./round-schema.ts";
import { RESULT_SCHEMA } from "./version.ts";

const isFailureCode = (value: unknown): boolean =>
  typeof value === "string" && Object.hasOwn(FAILURE_EXIT_CODES, value);

/** A `Failure` with null for what is not known. */
const failureSchema = z.strictObject({
  code: z.custom<FailureCode>(isFailureCode, { error: "expected the code of a failure" }),
  what: z.string(),
  where: z.string().nullable(),
  system: z.strictObject({ call: z.string(), code: z.int(), name: z.string(), text: z.string() }).nullable(),
  cause: z.string().nullable(),
  next: z.string().nullable(),
});

/** Something that the result verifies about itself. */
const checkSchema = z.strictObject({
  code: z.string(),
  status: z.enum(["pass", "warn", "fail"]),
  message: z.string(),
  facts: z.record(z.string(), z.unknown()),
});

/** A value of a kind as results state it: numbers in the unit of the field's name. */
function valueSchema(kind: Kind): z.ZodType<Value> {
  switch (kind.type) {
    case "word":
      return z.enum(kind.words);
    case "count":
    case "bytes":
      return z.int().nonnegative();
    case "seconds":
      return z.number().nonnegative();
    case "flush":
      return z.union([z.enum(["never", "end", "each"]), z.templateLiteral(["every ", z.int().positive()])]);
    default:
      return z.boolean();
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a shape made in a loop has no type of its own
const jobShape = Object.fromEntries(
  JOB_FIELD_LIST.map((field) => {
    const value = valueSchema(field.kind);
    return [field.name, (isNullable(field) ? value.nullable() : value).describe(field.description)];
  }),
) as { readonly [Name in keyof JobSettings]: z.ZodType<JobSettings[Name]> };

/** What the case was, completely. */
const settingsSchema = z.strictObject({
  ...jobShape,
  nativeCall: z.enum([...LINUX_METHODS, ...WINDOWS_METHODS, ...EVERYWHERE_METHODS]),
  backend: z.enum(BACKEND_NAMES),
  target: z.string(),
  preallocate: z.enum(PREALLOCATES),
  fill: z.enum(FILLS),
  /** Each call that carried I/O; empty until a round has run. */
  nativeOperations: listOf(z.string()),
}) satisfies z.ZodType<CaseSettings>;

/** One figure over the finished rounds. `cv`: sample standard deviation / mean; null with fewer than two rounds. */
const spreadSchema = z.strictObject({
  median: z.number().nonnegative(),
  min: z.number().nonnegative(),
  max: z.number().nonnegative(),
  cv: z.number().nonnegative().nullable(),
});

const ratesSchema = z.strictObject({
  /** All rounds' I/Os, which are those of the distribution; null: by an earlier version. */
  ios: z.int().nonnegative().nullable(),
  iops: spreadSchema,
  bytesPerSecond: spreadSchema,
  /** All rounds' I/Os pooled into one distribution. */
  latencyNs: latencyNsSchema,
});

const summarySchema = ratesSchema.extend({
  read: ratesSchema.nullable(),
  write: ratesSchema.nullable(),
  /** CPU time of the engine, user and system, per I/O in nanoseconds; null: no I/O succeeded. */
  cpuNsPerIo: spreadSchema.nullable(),
  effectiveQueueDepth: spreadSchema,
  firstTouch: z.strictObject({ count: z.int().nonnegative(), latencyNs: latencyNsSchema }).nullable(),
});

const caseSchema = z.strictObject({
  id: z.string(),
  job: z.string(),
  settings: settingsSchema,
  /** `pending`: rounds of it are still to come, or never came. */
  state: z.enum(["completed", "failed", "aborted", "pending"]),
  rounds: listOf(roundSchema),
  /** A round cut short, by a person or a failure: kept, but no part of the summary. */
  interruptedRound: roundSchema.nullable(),
  /** Null: no round finished, or none that counts. */
  summary: summarySchema.nullable(),
  failure: failureSchema.nullable(),
  checks: listOf(checkSchema),
});

/** What `ab` measured against what. */
const pairingSchema = z.strictObject({
  /** In what the sides differ; `same`: in nothing, to see how far equal things seem to. */
  kind: z.enum(["targets", "jobs", "same"]),
  labels: z.tuple([z.string(), z.string()]),
  /** Indexes into `cases`: the baseline's case and the candidate's. Rounds of equal index ran side by side. */
  cases: listOf(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
  /** 2: it was planned to look once before the end, so that each look has to be surer. */
  looks: z.union([z.literal(1), z.literal(2)]),
});

export const resultSchema = z.strictObject({
  schema: z.literal(RESULT_SCHEMA),
  /** As long as the run goes on, `aborted`: what it would be if the machine stopped now. */
  state: z.enum(["completed", "failed", "aborted"]),
  tool: z.strictObject({
    name: z.literal("diskbench"),
    version: z.string(),
    node: z.string(),
    koffi: z.string(),
  }),
  machine: machineSchema,
  /** The complete resolved profile; the profile's own schema judges it when it is run again. */
  profile: z.looseObject({ name: z.string() }),
  targets: listOf(targetSchema),
  startedAt: z.iso.datetime(),
  /** Null: the run did not come to its end. */
  finishedAt: z.iso.datetime().nullable(),
  /** In which order the rounds ran, `[caseIndex, roundIndex]`, and the seed that it grew from. */
  order: z.strictObject({
    seed: z.int().nonnegative(),
    rounds: listOf(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
  }),
  cases: listOf(caseSchema),
  /** Two sides measured in interleaved rounds; null: cases that stand for themselves. */
  pairing: pairingSchema.nullable(),
  checks: listOf(checkSchema),
  failures: listOf(failureSchema),
});
