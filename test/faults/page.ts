// Rows of the fault suite -> the table in docs/faults.md.

import { readFileSync } from "node:fs";
import type { Outcome, Way } from "./fault-run.ts";

export const PAGE = new URL("../../docs/faults.md", import.meta.url);

export interface Row {
  readonly fault: string;
  readonly way: Way;
  readonly expected: Outcome;
  readonly seen: Outcome;
}

const BEGIN = "<!-- The fault suite writes what follows. -->";
const HEAD = ["| fault | method | expected | seen | |", "|---|---|---|---|---|"];

export const readPage = (): string => readFileSync(PAGE, "utf8");

const cell = ({ exit, failure, state, file }: Outcome): string => [exit, failure, state, file].join("; ");

/** One line of the table. */
export function lineOf({ fault, way, expected, seen }: Row): string {
  const verdict = cell(expected) === cell(seen) ? "as expected" : "**not as expected**";
  return `| ${[fault, way, cell(expected), cell(seen), verdict].join(" | ")} |`;
}

/** The page with a table of `rows` in place of the one that it has. */
export function withTable(rows: readonly Row[]): string {
  const page = readPage();
  const begin = page.indexOf(BEGIN);
  if (begin < 0) throw new Error(`docs/faults.md has no line ${BEGIN}`);
  return `${page.slice(0, begin)}${[BEGIN, "", ...HEAD, ...rows.map(lineOf)].join("\n")}\n`;
}
