// A profile document -> failures of fields that are each well-formed but do not go together.

import type { Failure } from "../shared/errors.ts";
import { describeValue, type DocumentPath, valueAt, whereText } from "./places.ts";

// The document may be malformed elsewhere, and all of its failures are to be told at once: hence `unknown` everywhere.
type Report = (path: DocumentPath, what: string, next: string) => void;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** The job's own field, else that of `defaults`, else `fallback`, as a list. */
function effective(document: unknown, jobIndex: number, field: string, fallback: unknown): readonly unknown[] {
  return listOf(valueAt(document, ["jobs", jobIndex, field]) ?? valueAt(document, ["defaults", field]) ?? fallback);
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

/** Fields that a job states itself although none of its operations makes use of them. */
function checkIdleFields(document: unknown, jobIndex: number, report: Report): void {
  const operations = effective(document, jobIndex, "operation", "read");
  const readPercent = valueAt(document, ["jobs", jobIndex, "readPercent"]);
  if (readPercent !== undefined && !operations.includes("mixed")) {
    report(
      ["jobs", jobIndex, "readPercent"],
      `found ${describeValue(readPercent)} in a job without mixed operation`,
      'Add "operation": "mixed", or leave readPercent out',
    );
  }
  const flush = valueAt(document, ["jobs", jobIndex, "flush"]);
  if (flush !== undefined && operations.every((operation) => operation === "read")) {
    if (listOf(flush).every((value) => value === "never")) return;
    report(
      ["jobs", jobIndex, "flush"],
      `found ${describeValue(flush)} in a job that only reads: there is nothing to flush`,
      'Add "operation": "write" or "mixed", or leave flush out',
    );
  }
}

/** Name of a job that has none; `jobIndex` counts from 0, names from 1. */
export function automaticJobName(jobIndex: number): string {
  return `job${jobIndex + 1}`;
}

/** Every contradiction in `document`, also in one whose other fields are malformed; `where` names it. */
export function contradictions(document: unknown, where: string): readonly Failure[] {
  const failures: Failure[] = [];
  const report: Report = (path, what, next) => {
    failures.push({ code: "PROFILE_INVALID", where: whereText(where, path), what, next });
  };
  const jobs = valueAt(document, ["jobs"]);
  const jobCount = Array.isArray(jobs) ? jobs.length : 0;
  checkTargets(document, report);
  checkNames(document, jobCount, report);
  for (let jobIndex = 0; jobIndex < jobCount; jobIndex += 1) checkIdleFields(document, jobIndex, report);
  return failures;
}
