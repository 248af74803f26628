// A history of results -> series of comparable runs: for every case, those that measured the same thing in the same place.

import type { CaseResult, Result } from "../result/result.ts";
import { soundRounds } from "../result/sound-rounds.ts";
import { groupBy } from "../shared/lists.ts";
import { SEPARATING_DIFFERENCES, type SeparatingDifference } from "./comparison.ts";
import { FACETS, partOf } from "./facets.ts";
import { loadsIn } from "./profile-differences.ts";

/** Something that holds for a case of a run, e.g. `device`: `Example 990, serial S1`. */
export interface Fact {
  readonly what: SeparatingDifference | (string & {});
  readonly text: string;
}

/** A fact that does not divide a series, and is another from one run of it on. */
export interface FactChange {
  /** ISO 8601, of the first run with the new fact. */
  readonly startedAt: string;
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

export interface RunOfCase {
  readonly result: Result;
  /** With those of its rounds that count. */
  readonly each: CaseResult;
}

export interface ComparableSeries {
  readonly id: string;
  /** What all its runs have in common: a run that differs in any of it belongs to another series. */
  readonly facts: readonly Fact[];
  /** Those of the facts that other series of the same case do not share; empty: there is no other series. */
  readonly apart: readonly Fact[];
  readonly changes: readonly FactChange[];
  readonly runs: readonly RunOfCase[];
}

/** A run, or one case of it, that is part of no series. */
export interface LeftOut {
  readonly startedAt: string;
  readonly hostname: string;
  /** Null: the whole run. */
  readonly id: string | null;
  readonly reason: "failed" | "aborted" | "pending" | "stopped" | "twice";
}

export interface History {
  /** That are part of a series. */
  readonly runs: number;
  readonly series: readonly ComparableSeries[];
  readonly leftOut: readonly LeftOut[];
}

interface Occurrence extends RunOfCase {
  readonly facts: readonly Fact[];
  /** What is worth knowing about a step, and divides nothing. */
  readonly noted: readonly Fact[];
}

function isSeparating(what: string): what is SeparatingDifference {
  return SEPARATING_DIFFERENCES.some((each) => each === what);
}

function occurrencesIn(result: Result, allowed: readonly SeparatingDifference[]): readonly Occurrence[] {
  const loadOf = loadsIn(result.profile);
  const divides = ({ what }: Fact): boolean => isSeparating(what) && !allowed.includes(what);
  const facets = FACETS.filter(({ severity }) => severity !== "harmless");
  return result.cases.map((measured) => {
    const each = { ...measured, rounds: soundRounds(measured.rounds) };
    const part = partOf(result, [each]);
    const facts = [
      ...loadOf(each).map((text): Fact => ({ what: "profile", text })),
      ...facets.map(({ what, text }): Fact => ({ what, text: text(part) })),
    ];
    return { result, each, facts: facts.filter(divides), noted: facts.filter((fact) => !divides(fact)) };
  });
}

const has = (facts: readonly Fact[], { what, text }: Fact): boolean =>
  facts.some((fact) => fact.what === what && fact.text === text);

const textOf = (facts: readonly Fact[], what: string): string =>
  facts.flatMap((fact) => (fact.what === what ? [fact.text] : [])).join(", ");

/** Where the facts of a run are not those of the run before it. */
function changesBetween(before: Occurrence, after: Occurrence): readonly FactChange[] {
  const gone = before.noted.filter((fact) => !has(after.noted, fact));
  const come = after.noted.filter((fact) => !has(before.noted, fact));
  return [...new Set([...gone, ...come].map(({ what }) => what))].map((what) => ({
    startedAt: after.result.startedAt,
    what,
    before: textOf(gone, what),
    after: textOf(come, what),
  }));
}

/** The series of one case: runs on two devices that take turns are two of them, not one that goes up and down. */
function seriesOfCase(occurrences: readonly Occurrence[]): readonly ComparableSeries[] {
  const groups = [...groupBy(occurrences, ({ facts }) => JSON.stringify(facts)).values()];
  const factsOf = (group: readonly Occurrence[]): readonly Fact[] => group[0]?.facts ?? [];
  return groups.map((group) => ({
    id: group[0]?.each.id ?? "",
    facts: factsOf(group),
    apart: factsOf(group).filter((fact) => groups.some((other) => !has(factsOf(other), fact))),
    changes: group.flatMap((after, place) => {
      const before = group[place - 1];
      return before === undefined ? [] : changesBetween(before, after);
    }),
    runs: group.map(({ result, each }) => ({ result, each })),
  }));
}

/** Why a run is part of no series; null: it is. `earlier` are those that are. */
function reasonAgainst(result: Result, earlier: readonly Result[]): LeftOut["reason"] | null {
  if (result.state !== "completed") return result.state;
  const isTwin = ({ startedAt, machine }: Result): boolean =>
    startedAt === result.startedAt && machine.hostname === result.machine.hostname;
  return earlier.some(isTwin) ? "twice" : null;
}

/** Results in any order. With a difference `allowed`, runs that differ in it are one series, and the change is noted. */
export function comparableSeries(results: readonly Result[], allowed: readonly SeparatingDifference[]): History {
  const leftOut: LeftOut[] = [];
  const leave = ({ startedAt, machine }: Result, id: string | null, reason: LeftOut["reason"]): void => {
    leftOut.push({ startedAt, hostname: machine.hostname, id, reason });
  };
  const taken: Result[] = [];
  for (const result of results.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))) {
    const reason = reasonAgainst(result, taken);
    if (reason === null) taken.push(result);
    else leave(result, null, reason);
  }
  const occurrences = taken
    .flatMap((result) => occurrencesIn(result, allowed))
    .filter(({ result, each }) => {
      const reason = each.state !== "completed" ? each.state : each.rounds.length === 0 ? "stopped" : null;
      if (reason !== null) leave(result, each.id, reason);
      return reason === null;
    });
  const series = [...groupBy(occurrences, ({ each }) => each.id).values()].flatMap(seriesOfCase);
  return { runs: taken.length, series, leftOut };
}
