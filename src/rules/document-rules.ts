// A profile document -> failures of fields that are each well-formed but do not go together.

import { JOB_FIELD_LIST, type NamedField } from "../job/fields.ts";
import { applies, automaticJobName } from "../job/job.ts";
import { OPERATIONS } from "../shared/operations.ts";
import { type Failure, MOST_FAILURES } from "../shared/errors.ts";
import { describeValue, type DocumentPath, valueAt, whereText } from "../shared/document-places.ts";

// The document may be malformed elsewhere, and all of its failures are to be told at once: hence `unknown` everywhere.
type Report = (path: DocumentPath, what: string, next: string) => void;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const sets = new WeakMap<object, ReadonlySet<unknown>>();

/** The values of a list, made a set once: a long list in `defaults` is asked about by every job. */
function setOf(value: unknown): ReadonlySet<unknown> {
  if (!Array.isArray(value)) return new Set([value]);
  const set = sets.get(value) ?? new Set<unknown>(value);
  sets.set(value, set);
  return set;
}

/** The job's own field, else that of `defaults`, else `fallback`. */
function effective(document: unknown, jobIndex: number, field: string, fallback: unknown): ReadonlySet<unknown> {
  return setOf(valueAt(document, ["jobs", jobIndex, field]) ?? valueAt(document, ["defaults", field]) ?? fallback);
}

/** The places of all targets, whether `target` or `targets` is used. */
function targetPaths(document: unknown): readonly DocumentPath[] {
  const targets = valueAt(document, ["targets"]);
  const several = Array.isArray(targets) ? targets.map((_, index) => ["targets", index]) : [];
  return valueAt(document, ["target"]) === undefined ? several : [["target"], ...several];
}

function checkTargets(document: unknown, report: Report): void {
  if (valueAt(document, ["target"]) !== undefined && valueAt(document, ["targets"]) !== undefined) {
    report(["targets"], "found target and targets; one excludes the other", "Put all of them into targets");
  }
  const seen = new Map<unknown, DocumentPath>();
  for (const place of targetPaths(document)) {
    const target = valueAt(document, place);
    const path = typeof target === "string" ? target : valueAt(target, ["path"]);
    const earlier = typeof path === "string" ? seen.get(path) : undefined;
    if (earlier !== undefined) {
      report(place, `found ${describeValue(path)}, which is a target already`, "Name each target once");
    }
    seen.set(path, place);
    const preallocate = valueAt(target, ["preallocate"]) ?? "fill";
    if (valueAt(target, ["fill"]) === "none" && preallocate === "fill") {
      report(
        [...place, "fill"],
        'found "none" with preallocate "fill": nothing would be written',
        'Add "preallocate": "none" to take the file as it is, or "preallocate": "extend" to set only its size',
      );
    }
  }
}

function checkNames(document: unknown, jobCount: number, report: Report): void {
  const seen = new Map<string, number>();
  for (let jobIndex = 0; jobIndex < jobCount; jobIndex += 1) {
    const name = valueAt(document, ["jobs", jobIndex, "name"]) ?? automaticJobName(jobIndex);
    if (typeof name !== "string") continue;
    const earlier = seen.get(name);
    if (earlier !== undefined) {
      report(
        ["jobs", jobIndex, "name"],
        `found ${describeValue(name)}, the name of jobs[${earlier}]`,
        "Give each job a name of its own",
      );
    }
    seen.set(name, earlier ?? jobIndex);
  }
}

/** What a job lacks for a field to mean anything, and what would give it. */
const LACKS: Readonly<Record<NamedField["appliesTo"], readonly [what: string, remedy: string]>> = {
  "every job": ["", ""],
  mixed: ["in a job without mixed operation", '"operation": "mixed"'],
  writes: ["in a job that only reads: there is nothing to flush", '"operation": "write" or "mixed"'],
  "onError continue": ["in a job that stops at the first error", '"onError": "continue"'],
};

const isNever = (value: unknown): boolean => listOf(value).every((each) => each === "never");

const CONDITIONAL_FIELDS = JOB_FIELD_LIST.filter(({ appliesTo }) => appliesTo !== "every job");

/** Fields that a job states itself although they mean nothing in it. */
function checkIdleFields(document: unknown, jobIndex: number, report: Report): void {
  const stated = valueAt(document, ["jobs", jobIndex]);
  // A profile may have many jobs, most of which state none of these.
  const fields = CONDITIONAL_FIELDS.filter(({ documentName }) => valueAt(stated, [documentName]) !== undefined);
  if (fields.length === 0) return;
  const operation = effective(document, jobIndex, "operation", "read");
  const onError = effective(document, jobIndex, "onError", "stop").has("continue") ? "continue" : "stop";
  const job = { operation: OPERATIONS.filter((each) => operation.has(each)), onError } as const;
  for (const field of fields) {
    const { documentName: name, appliesTo } = field;
    const value = valueAt(stated, [name]);
    if (applies(field, job)) continue;
    // Which operation was meant is not known, or to say that nothing is flushed does no harm.
    if (appliesTo === "writes" && (job.operation.length < operation.size || isNever(value))) continue;
    const [what, remedy] = LACKS[appliesTo];
    report(["jobs", jobIndex, name], `found ${describeValue(value)} ${what}`, `Add ${remedy}, or leave ${name} out`);
  }
}

/** The contradictions in `document`, as many as are told, also where other fields are malformed; `where` names it. */
export function contradictions(document: unknown, where: string): readonly Failure[] {
  const failures: Failure[] = [];
  const report: Report = (path, what, next) => {
    if (failures.length > MOST_FAILURES) return;
    failures.push({ code: "PROFILE_INVALID", where: whereText(where, path), what, next });
  };
  const jobs = valueAt(document, ["jobs"]);
  const jobCount = Array.isArray(jobs) ? jobs.length : 0;
  checkTargets(document, report);
  checkNames(document, jobCount, report);
  for (let jobIndex = 0; jobIndex < jobCount; jobIndex += 1) checkIdleFields(document, jobIndex, report);
  return failures;
}
