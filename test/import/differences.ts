// What fio did and what diskbench did -> in what they differ.

import type { Load, Loads, Transfer } from "./load.ts";

export const DIFFERENCES = [
  "jobs",
  "operation",
  "pattern",
  "lengths",
  "amount",
  "share",
  "offsets",
  "region",
  "alignment",
  "evenness",
  "flags",
  "flushes",
  "threads",
  "depth",
  "files",
  "file-size",
  "file-name",
  "seconds",
] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  /** Empty: it is about the run as a whole. */
  readonly job: string;
  readonly fio: string;
  readonly own: string;
}

type Finding = readonly [kind: DifferenceKind, fio: unknown, own: unknown];
const differing = (...findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(([, fio, own]) => String(fio) !== String(own));

const STANDARD_ERRORS = 3;
/** For each quarter of each region: many more questions, each with its own chance of a false alarm. */
const STANDARD_ERRORS_OF_PARTS = 4;

/** Whether two shares of `some` among `all` differ by more than chance. */
function differ(someA: number, allA: number, someB: number, allB: number, standardErrors: number): boolean {
  const pooled = (someA + someB) / (allA + allB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / allA + 1 / allB));
  return Math.abs(someA / allA - someB / allB) > standardErrors * error;
}

const percent = (some: number, all: number): string => `${((100 * some) / all).toFixed(1)} % of ${all}`;

/**
 * A mix of both directions: its share of reads. What has one direction only has no chance in it. fio draws the same
 * numbers again in each of its loops, so that they tell no more than one of them does.
 */
function shares(fio: Load, own: Load): readonly Finding[] {
  const [allFio, allOwn] = [fio.reads + fio.writes, own.reads + own.writes];
  const { rounds } = own;
  if (!differ(fio.reads / rounds, allFio / rounds, own.reads, allOwn, STANDARD_ERRORS)) return [];
  return [["share", percent(fio.reads, allFio), percent(own.reads, allOwn)]];
}

const first = ({ transfers }: Load): number =>
  transfers.reduce((least, { offsetBytes }) => Math.min(least, offsetBytes), Infinity);
const last = ({ transfers }: Load): number =>
  transfers.reduce((most, { offsetBytes }) => Math.max(most, offsetBytes), 0);
const greatestDivisor = ({ transfers }: Load): number => {
  let divisor = 0;
  for (const { offsetBytes } of transfers)
    for (let rest = offsetBytes; rest > 0;) [divisor, rest] = [rest, divisor % rest];
  return divisor;
};

const MISSED_BY_CHANCE = 1e-7;
/** As many of `places` as evenly drawn I/Os may leave untouched at an end of their region. */
const untouched = (places: number, ios: number): number => places * (1 - MISSED_BY_CHANCE ** (1 / ios));

/** Where random I/Os go: from where to where, on which boundaries, and whether as often everywhere. */
function positions(fio: Load, own: Load, isCertain: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  const [from, to] = [Math.min(first(fio), first(own)), Math.max(last(fio), last(own))];
  const step = Math.max(1, fio.lengthsBytes[0] ?? 1);
  const count = (to - from) / step + 1;
  const leeway = step * (untouched(count, fio.transfers.length) + untouched(count, own.transfers.length));
  const region = (load: Load): string => `${first(load)} to ${last(load)}`;
  if (Math.abs(first(fio) - first(own)) > leeway || Math.abs(last(fio) - last(own)) > leeway) {
    findings.push(["region", region(fio), region(own)]);
  }
  if (isCertain && fio.transfers.length >= 32 && own.transfers.length >= 32) {
    findings.push(...differing(["alignment", greatestDivisor(fio), greatestDivisor(own)]));
  }
  for (const part of [1, 2, 3]) {
    const end = from + ((to - from) * part) / 4;
    const below = ({ transfers }: Load): number => transfers.filter(({ offsetBytes }) => offsetBytes < end).length;
    const [allFio, allOwn] = [fio.transfers.length, own.transfers.length];
    const { rounds } = own;
    if (!differ(below(fio) / rounds, allFio / rounds, below(own), allOwn, STANDARD_ERRORS_OF_PARTS)) continue;
    findings.push(["evenness", `${percent(below(fio), allFio)} below ${end}`, percent(below(own), allOwn)]);
    break;
  }
  return findings;
}

function countsBy(transfers: readonly Transfer[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { isWrite, offsetBytes, lengthBytes } of transfers) {
    const key = `${isWrite ? "write" : "read"} ${offsetBytes}+${lengthBytes}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** `isOnce`: how often does not matter, as a clock ended them. */
function offsets(fio: Load, own: Load, isOnce: boolean): readonly Finding[] {
  const [theirs, ours] = [countsBy(fio.transfers), countsBy(own.transfers)];
  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    const [there, here] = [theirs.get(key) ?? 0, ours.get(key) ?? 0];
    if (isOnce ? there > 0 !== here > 0 : there !== here) return [["offsets", `${there} of ${key}`, `${here}`]];
  }
  return [];
}

const PAGE_BYTES = 4096;

function pagesOf({ transfers }: Load): ReadonlySet<number> {
  const touched = new Set<number>();
  for (const { offsetBytes, lengthBytes } of transfers) {
    for (let page = Math.floor(offsetBytes / PAGE_BYTES); page * PAGE_BYTES < offsetBytes + lengthBytes; page += 1) {
      touched.add(page);
    }
  }
  return touched;
}

/** Behind the page cache: every page of theirs was asked for, which may read ahead. */
function pages(fio: Load, own: Load): readonly Finding[] {
  const ours = pagesOf(own);
  const missing = [...pagesOf(fio)].find((page) => !ours.has(page));
  return missing === undefined ? [] : [["offsets", `page ${missing}`, "not that page"]];
}

/** How the comparison is to be made. */
export interface Terms {
  readonly isTimed: boolean;
  /** Whether what the page cache asks for tells anything: only the first case finds it empty. */
  readonly isAlone: boolean;
}

/** A busy machine sees the end of fio's time late. */
const LATEST_END = 10;
const EARLIEST_END = 0.9;

function compareLoads(fio: Load, own: Load, { isTimed, isAlone }: Terms): readonly Finding[] {
  // No queue is deeper than the I/Os that a thread does in a round.
  const least = Math.min(fio.reads + fio.writes, own.reads + own.writes);
  const most = Math.max(1, Math.floor(least / own.threads / own.rounds));
  const findings: Finding[] = [
    ...differing(
      ["operation", fio.operation, own.operation],
      ["pattern", fio.pattern, own.pattern],
      ["lengths", fio.lengthsBytes, own.lengthsBytes],
      ["flags", fio.flags, own.flags],
      ["threads", fio.threads, own.threads],
      ["depth", Math.min(fio.depth, most), Math.min(own.depth, most)],
      ["files", fio.files, own.files],
    ),
  ];
  if (isTimed) {
    if (fio.seconds < own.seconds * EARLIEST_END || fio.seconds > own.seconds * LATEST_END) {
      findings.push(["seconds", fio.seconds, own.seconds]);
    }
  } else {
    findings.push(...differing(["amount", fio.bytes, own.bytes]));
    const more = own.flushes - fio.flushes;
    if (more < 0 || more > own.flushesBehindLast) findings.push(["flushes", fio.flushes, own.flushes]);
  }
  findings.push(...shares(fio, own));
  // What differs in these cannot be at the same places.
  const isComparable = !findings.some(([kind]) => kind === "operation" || kind === "lengths" || kind === "amount");
  if (!own.isOneByOne) {
    if (isComparable && isAlone && fio.pattern === "sequential") findings.push(...pages(fio, own));
  } else if (fio.pattern === "random") findings.push(...positions(fio, own, isComparable));
  else if (isComparable) findings.push(...offsets(fio, own, isTimed));
  else findings.push(...differing(["region", first(fio), first(own)]));
  return findings;
}

const described = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : String(value));

export function differencesOf(fio: Loads, own: Loads, isTimed: boolean): readonly Difference[] {
  const findings: (readonly [job: string, ...Finding])[] = [];
  const names = ({ loads }: Loads): string => loads.map(({ name }) => name).join(", ");
  // What is left behind the last block nobody reads or writes, and fio cuts it off where a size is a share.
  const least = Math.max(1, Math.min(...fio.loads.map(({ lengthsBytes }) => lengthsBytes[0] ?? 1)));
  const whole: readonly Finding[] = differing(
    ["jobs", names(fio), names(own)],
    ["file-size", Math.floor(fio.fileSizeBytes / least), Math.floor(own.fileSizeBytes / least)],
    ...(fio.fileNames.length === 0 ? [] : [["file-name", fio.fileNames, own.fileNames] as const]),
  );
  findings.push(...whole.map((finding) => ["", ...finding] as const));
  const isAlone = fio.loads.length === 1;
  for (const load of fio.loads) {
    const ours = own.loads.find(({ name }) => name === load.name);
    if (ours === undefined) continue;
    findings.push(...compareLoads(load, ours, { isTimed, isAlone }).map((finding) => [load.name, ...finding] as const));
  }
  return findings.map(([job, kind, theirs, ours]) => ({ job, kind, fio: described(theirs), own: described(ours) }));
}
