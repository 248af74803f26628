// What a report says, whatever it is about: plain data, which each format writes in its own way.

import type { Chart } from "./chart.ts";

export interface Fact {
  readonly name: string;
  readonly text: string;
}

export type Tone = "good" | "bad" | "unsure";

export interface Column {
  /** With the unit of its figures. */
  readonly header: string;
  /** The narrower the terminal, the fewer columns: the lowest goes first. */
  readonly priority: number;
  /** Figures stand to the right. */
  readonly align?: "left";
}

export interface Row {
  /** Whole, where no heading stands above it; null: it is a part of the row before. */
  readonly name: string | null;
  /** Below the heading of its group. */
  readonly label: string;
  /** What kept it from its end. */
  readonly state?: string;
  readonly cells: readonly string[];
  readonly tone?: Tone;
  /** What more there is to say about it. */
  readonly remark?: string | null;
  /** Where rows have no groups, the lowest comes first, and where not all have room, the highest is left out. */
  readonly rank?: number;
}

export interface Group {
  readonly heading: string;
  /** Lines below the heading. */
  readonly notes?: readonly string[];
  readonly rows: readonly Row[];
}

export interface Table {
  readonly title: string;
  /** What holds for all its rows. */
  readonly caption?: string;
  /** Where rows have no groups: what their names are, and their labels if these say something else. */
  readonly keys: readonly string[];
  readonly columns: readonly Column[];
  readonly groups: readonly Group[];
}

export interface Problem {
  readonly severity: "warning" | "failure";
  readonly text: string;
}

export interface CaseCharts {
  readonly label: string;
  readonly charts: readonly Chart[];
}

/** In the order in which a person reads them. Notes are diskbench's own words; all other texts can hold foreign names. */
export type Section =
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  | { readonly kind: "notes"; readonly texts: readonly string[] }
  | {
      readonly kind: "list";
      readonly heading: string;
      readonly each: string;
      readonly texts: readonly string[];
      readonly tone?: Tone;
    }
  | { readonly kind: "charts"; readonly cases: readonly CaseCharts[]; readonly leftOut: number };

/** What a workflow points out. */
export interface Alert {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly text: string;
}

export type Value = string | number | boolean | null;

/** All figures, unrounded, under names with their units. */
export interface Records {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export type TestOutcome = "passed" | "failure" | "error" | "skipped";

export interface Test {
  readonly className: string;
  readonly name: string;
  readonly outcome: TestOutcome;
  readonly type: string;
  readonly text: string;
  readonly seconds: number;
}

export interface Suite {
  readonly name: string;
  readonly tests: readonly Test[];
}

export interface Page {
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly hostname: string;
  readonly verdict: { readonly tone: Tone; readonly text: string } | null;
  /** All in one line. */
  readonly summary: string;
  readonly sections: readonly Section[];
  readonly alerts: readonly Alert[];
  readonly records: Records;
  readonly suites: readonly Suite[];
  /** What the page is about, whole. */
  readonly document: unknown;
}

/** What a format writes of a page. The rest is not made: charts and records of a large result take their time. */
export type Part = "sections" | "charts" | "alerts" | "records" | "suites";

export interface PageOptions {
  readonly parts: readonly Part[];
  /** For a person in front of it: what went well in a very long table is only counted. */
  readonly brief: boolean;
  readonly mebibytes: boolean;
}

export type BuildPage<Document> = (document: Document, options: PageOptions) => Page;

/** What whoever asks for a report may choose about its looks. */
export interface Looks {
  /** Escape sequences for colours; only tables have any. */
  readonly color: boolean;
  /** Columns of the terminal; only tables mind. Below 40 counts as 40. */
  readonly width: number;
  /** Lines and symbols of ASCII; only tables mind. */
  readonly ascii?: boolean;
  /** In UTF-8; only Markdown minds. */
  readonly limitBytes?: number;
}

export type RenderPage = (page: Page, looks: Looks) => string;

export const NO_RECORDS: Records = { columns: [], rows: [] };
