// A result -> the sentences around its tables: what was measured where, what it wrote, and what went wrong.

import { failureOf } from "../result/failure-record.ts";
import type { CaseResult, Check, Result, ResultFailure, ResultTarget, Round } from "../result/result.ts";
import { formatFailure } from "../shared/errors.ts";
import { counted, humanBytes, humanSeconds } from "../shared/units.ts";
import type { Fact, Problem } from "./page.ts";

const listed = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(", ");

function deviceText({ device }: ResultTarget): string | null {
  if (device === null) return null;
  const { name, model, rotational, writeCache } = device;
  const kind = rotational === null ? null : rotational ? "rotating disk" : "no moving parts";
  const about = listed([model, kind, writeCache]);
  return about === "" ? `device ${name}` : `device ${name} (${about})`;
}

/** Said once where the file system is called so itself. */
function memoryText({ memoryBasis, fileSystem }: ResultTarget): string | null {
  if (memoryBasis === null) return null;
  return memoryBasis === fileSystem ? "in memory, no disk" : `in memory, no disk (${memoryBasis})`;
}

function targetText(target: ResultTarget): string {
  const place = target.fileSystem === null ? null : `${target.fileSystem} file system`;
  const { resolvedPath, sizeBytes } = target;
  return listed([resolvedPath, humanBytes(sizeBytes), place, memoryText(target), deviceText(target)]);
}

function machineText({ machine }: Result): string {
  const { operatingSystem, architecture, cpuCount, cpuModel, memoryBytes, nodeVersion } = machine;
  const memory = `${humanBytes(memoryBytes)} memory`;
  return listed([`${operatingSystem} ${architecture}`, `${cpuCount} x ${cpuModel}`, memory, `Node ${nodeVersion}`]);
}

function runText({ profile, cases, order, state }: Result): string {
  const planned = order.rounds.length;
  const finished = cases.reduce((sum, { rounds }) => sum + rounds.length, 0);
  const rounds = finished === planned ? counted(planned, "round") : `${finished} of ${planned} rounds`;
  return listed([profile.name, counted(cases.length, "case"), rounds, state]);
}

export function headerFacts(result: Result): readonly Fact[] {
  return [
    { name: "Run", text: runText(result) },
    ...result.targets.map((target) => ({ name: "Target", text: targetText(target) })),
    { name: "Machine", text: machineText(result) },
  ];
}

const allRounds = ({ rounds, interruptedRound }: CaseResult): readonly Round[] =>
  interruptedRound === null ? rounds : [...rounds, interruptedRound];

/** Bytes a round wrote, warm-up and drain included; these know no direction, so mixed I/O divides them as its window. */
function writtenBytes({ total, write, outsideWindow }: Round): number {
  if (write === null) return 0;
  const share = total.bytes === 0 ? 1 : write.bytes / total.bytes;
  return write.bytes + outsideWindow.bytes * share;
}

/** Bytes that the run wrote to its targets, making them ready included. */
export function wearBytes({ targets, cases }: Result): number {
  const fill = targets.reduce((sum, { fillBytes, reused }) => sum + (reused ? 0 : fillBytes), 0);
  return cases.flatMap(allRounds).reduce((sum, round) => sum + writtenBytes(round), fill);
}

export function footerText(result: Result): string {
  const written = `${humanBytes(Math.round(wearBytes(result)))} written`;
  if (result.finishedAt === null) return `The run did not come to its end; ${written}.`;
  const seconds = (Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1000;
  return Number.isFinite(seconds) ? `Took ${humanSeconds(Math.max(seconds, 0))}, ${written}.` : `${written}.`;
}

export const failureText = (failure: ResultFailure): string => formatFailure(failureOf(failure));

/** I/Os of a case that failed or came back short; null: none did. */
function errorText(each: CaseResult): string | null {
  const errors = allRounds(each).map((round) => round.errors);
  const failed = errors.reduce((sum, error) => sum + error.failed, 0);
  const short = errors.reduce((sum, error) => sum + error.short, 0);
  if (failed + short === 0) return null;
  const codes = new Map<string, number>();
  for (const { byCode } of errors) {
    for (const [name, count] of Object.entries(byCode)) codes.set(name, (codes.get(name) ?? 0) + count);
  }
  const names = Array.from(codes, ([name, count]) => `${name} ${count}`).join(", ");
  const what = `${counted(failed, "I/O")} failed${names === "" ? "" : ` (${names})`}, ${short} came back short`;
  return `${what}; they count in no figure above.`;
}

/** What went wrong in a case, said once: a failure of I/Os has counted those of its round. */
export function caseFailureTexts(each: CaseResult): readonly string[] {
  const { id, failure } = each;
  const errors = errorText(each);
  if (failure === null) return errors === null ? [] : [`${id}: ${errors}`];
  const text = failureText(failure);
  if (errors === null) return [text];
  if (failure.code !== "IO_FAILED") return [`${id}: ${errors}`, text];
  const failing = allRounds(each).filter((round) => round.errors.failed + round.errors.short > 0);
  return [failing.length === 1 ? text : `${text} In all its rounds: ${errors}`];
}

const checkText = ({ status, code, message }: Check): string => `${status} ${code}: ${message}`;

const checkProblem = (check: Check, where: string): Problem => ({
  severity: check.status === "fail" ? "failure" : "warning",
  text: where + checkText(check),
});

const notPassed = (checks: readonly Check[]): readonly Check[] => checks.filter(({ status }) => status !== "pass");

/** What the checks of the cases say, each sentence once with the cases that it is said of. */
function caseCheckProblems(cases: readonly CaseResult[]): readonly Problem[] {
  const said = new Map<string, { readonly check: Check; readonly ids: string[] }>();
  for (const { id, checks } of cases) {
    for (const check of notPassed(checks)) {
      const before = said.get(checkText(check));
      if (before === undefined) said.set(checkText(check), { check, ids: [id] });
      else before.ids.push(id);
    }
  }
  return Array.from(said.values(), ({ check, ids }) => {
    const many = ids.length === cases.length ? `All ${ids.length} cases` : `${ids.length} cases (${ids.join(", ")})`;
    return checkProblem(check, `${ids.length === 1 ? (ids[0] ?? "") : many}: `);
  });
}

const ofCase = (each: CaseResult): readonly string[] =>
  caseFailureTexts(each).map((text) => (text.startsWith(`${each.id}: `) ? text : `${each.id}: ${text}`));

/** Everything that takes from the figures' worth: failed I/Os, failures, checks that did not pass. */
export function problems(result: Result): readonly Problem[] {
  return [
    ...[...result.failures.map(failureText), ...result.cases.flatMap(ofCase)].map((text) => ({
      severity: "failure" as const,
      text,
    })),
    ...caseCheckProblems(result.cases),
    ...notPassed(result.checks).map((check) => checkProblem(check, "")),
  ];
}
