// The table of fields -> the types of a job, of its points and of a case's settings, and the ways from one to the next.

import type { Operation } from "../shared/operations.ts";
import { type JobField, JOB_FIELDS, JOB_FIELD_LIST, type NamedField } from "./fields.ts";
import { type Value, type ValueOf, writeValue } from "./kinds.ts";

type Fields = typeof JOB_FIELDS;
type FieldValue<Name extends JobField> = ValueOf<Fields[Name]["kind"]>;
/** Null: the profile says nothing about it. */
type Stated<Name extends JobField> = FieldValue<Name> | (Fields[Name]["default"] extends null ? null : never);
type OrList<Name extends JobField, V> = Fields[Name]["sweeps"] extends true ? readonly V[] : V;

type JobFieldValues = { readonly [Name in JobField]: OrList<Name, Stated<Name>> };

/** One entry of a profile's `jobs`. Lists are the sweep's dimensions; a single value is a list of one. */
export type Job = JobFieldValues & { readonly name: string };

/** What a document says of a job, its values read. */
export type StatedJob = { readonly [Name in keyof Job]?: Job[Name] };

/** One point of a job's sweep. `readPercent` is null unless the operation is `mixed`. */
export type JobPoint = {
  readonly [Name in JobField]: Stated<Name> | (Fields[Name]["appliesTo"] extends "mixed" ? null : never);
};

/** The same with everything decided that is decided for each case. */
export type JobSettings = {
  readonly [Name in JobField]: Fields[Name]["unsaid"] extends { readonly decided: true }
    ? FieldValue<Name>
    : JobPoint[Name];
};

/** Ways of driving an io_uring. */
export type RingSettings = {
  readonly [Name in JobField as Fields[Name]["needs"] extends "ring" ? Name : never]: FieldValue<Name>;
};

/** An object with a value for each of `fields`. Who calls it says what it is: TypeScript cannot follow the table. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it names what a cast in each caller would name
function objectOf<Made extends object>(fields: readonly NamedField[], value: (field: NamedField) => unknown): Made {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- test/job/job.test.ts holds it to the table
  return Object.fromEntries(fields.map((field) => [field.name, value(field)])) as Made;
}

/** What a job is that says nothing but its name. */
export const DEFAULT_JOB: JobFieldValues = objectOf(JOB_FIELD_LIST, (field) =>
  field.sweeps ? [field.default] : field.default,
);

/** Values of its fields where a profile says nothing. */
export const DEFAULT_VALUES: JobPoint = objectOf(JOB_FIELD_LIST, (field) => field.default);

/** Whether the settings of a case can have null there: nothing that it has, or left to the system or the method. */
export const isNullable = ({ appliesTo, unsaid }: NamedField): boolean =>
  appliesTo === "mixed" || unsaid?.decided === false;

/** What decides whether a field means anything. */
type Deciding = Pick<Job, "operation" | "onError">;

const APPLIES: Readonly<Record<NamedField["appliesTo"], (job: Deciding) => boolean>> = {
  "every job": () => true,
  mixed: ({ operation }) => operation.includes("mixed"),
  writes: ({ operation }) => operation.some((each) => each !== "read"),
  "onError continue": ({ onError }) => onError === "continue",
};

export const applies = ({ appliesTo }: NamedField, job: Deciding): boolean => APPLIES[appliesTo](job);

/** Name of a job that has none; `jobIndex` counts from 0, names from 1. */
export const automaticJobName = (jobIndex: number): string => `job${jobIndex + 1}`;

/** The job that `stated` describes, where `defaults` hold for all jobs; `automaticName` is for one without a name. */
export function resolveJob(stated: StatedJob, defaults: StatedJob, automaticName: string): Job {
  const job: Job = { ...DEFAULT_JOB, name: automaticName, ...defaults, ...stated };
  // What `defaults` says for other jobs and this one cannot use does not become part of it.
  const idle = JOB_FIELD_LIST.filter((field) => !applies(field, job) && job[field.name] !== DEFAULT_JOB[field.name]);
  return idle.length === 0
    ? job
    : { ...job, ...objectOf<Partial<JobFieldValues>>(idle, ({ name }) => DEFAULT_JOB[name]) };
}

/** What flags of the command line say for all jobs; `given`: by the names that documents use. */
export function flaggedFields(given: object): StatedJob {
  const values = new Map<string, unknown>(Object.entries(given));
  const stated = JOB_FIELD_LIST.filter(({ flag, documentName }) => flag !== null && values.has(documentName));
  return objectOf(stated, ({ documentName }) => values.get(documentName));
}

type Document = Readonly<Record<string, unknown>>;

/** What `job` says as people write it, in a document that resolves to it again; null is left out. */
export function writeJob(job: { readonly [Name in keyof Job]?: Job[Name] | Value | null }): Document {
  const entries = JOB_FIELD_LIST.flatMap(({ name, documentName, kind }): (readonly [string, unknown])[] => {
    const values = [job[name] ?? null].flat().filter((value) => value !== null);
    const texts = values.map((value) => writeValue(kind, value));
    return texts.length === 0 ? [] : [[documentName, texts.length === 1 ? texts[0] : texts]];
  });
  return { name: job.name, ...Object.fromEntries(entries) };
}

type Values = readonly (Value | null)[];

/** What `job` says of `field`, as a list. Not by `flat()`: that takes thirty times as long, for each of many jobs. */
function listOf(job: Job, { name }: NamedField): Values {
  const stated: Values | Value | null = job[name];
  return typeof stated === "object" && stated !== null ? stated : [stated];
}

/** Values of `field` in points with this operation; null where it does not apply. */
function valuesWith(field: NamedField, job: Job, operation: Operation): Values {
  const means = !field.sweeps || applies(field, { operation: [operation], onError: job.onError });
  return means ? listOf(job, field) : [null];
}

/** How many points `job` has, without making them. */
export function countPoints(job: Job): number {
  const others = JOB_FIELD_LIST.filter(({ name }) => name !== "operation");
  return job.operation
    .map((operation) => others.reduce((count, field) => count * valuesWith(field, job, operation).length, 1))
    .reduce((sum, count) => sum + count, 0);
}

/** Every combination of the lists of `job`, those of later fields varying faster. */
export function pointsOf(job: Job): readonly JobPoint[] {
  const first = objectOf<JobPoint>(JOB_FIELD_LIST, (field) => listOf(job, field)[0]);
  // A field with one value for all operations is there already: at each level all points are copied.
  const varying = JOB_FIELD_LIST.filter((field) => {
    const lists = job.operation.map((operation) => valuesWith(field, job, operation));
    return lists.some((values) => values.length > 1 || values[0] !== first[field.name]);
  });
  return varying.reduce<readonly JobPoint[]>(
    (points, field) =>
      points.flatMap((point) =>
        valuesWith(field, job, point.operation).map((value) => ({ ...point, [field.name]: value })),
      ),
    [first],
  );
}
