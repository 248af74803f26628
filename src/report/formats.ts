// Names of formats and endings of files -> what writes a document in that format.

import type { Comparison } from "../compare/comparison.ts";
import type { Trend } from "../compare/trend.ts";
import type { Result } from "../result/result.ts";
import { withoutCommands } from "../shared/printable.ts";
import type { BuildPage, Looks, Part, RenderPage } from "./page.ts";

/** What a report can be about. */
export interface Documents {
  readonly result: Result;
  readonly comparison: Comparison;
  readonly trend: Trend;
}

export type Subject = keyof Documents;

interface Format {
  /** Of files that are written in it. */
  readonly endings: readonly string[];
  /** What of a page it writes. */
  readonly parts: readonly Part[];
  /** --help needs the names only. */
  readonly load: () => Promise<{ readonly render: RenderPage }>;
  /** Absent: every one. */
  readonly subjects?: readonly Subject[];
  readonly isBrief?: true;
  /** Nothing in it may be changed for the sake of a log's reader. */
  readonly isVerbatim?: true;
}

const JUDGED: readonly Subject[] = ["result", "comparison"];

/** The first is the usual one. To add a format, write its renderer and name it here. */
const FORMATS: Readonly<Record<string, Format>> = {
  table: { endings: [".txt"], parts: ["sections"], load: () => import("./table.ts"), isBrief: true },
  json: { endings: [".json"], parts: [], load: () => import("./json.ts"), isVerbatim: true },
  csv: { endings: [".csv"], parts: ["records"], load: () => import("./csv.ts") },
  markdown: { endings: [".md", ".markdown"], parts: ["sections"], load: () => import("./markdown.ts") },
  junit: { endings: [".xml"], parts: ["suites"], load: () => import("./junit.ts"), subjects: JUDGED },
  // Commands are what it is for, and in a file they are of no use.
  github: { endings: [], parts: ["alerts"], load: () => import("./github.ts"), subjects: JUDGED, isVerbatim: true },
  html: { endings: [".html", ".htm"], parts: ["sections", "charts"], load: () => import("./html.ts") },
};

const PAGES: { readonly [Each in Subject]: () => Promise<{ readonly pageOf: BuildPage<Documents[Each]> }> } = {
  result: () => import("./result-page.ts"),
  comparison: () => import("./comparison-page.ts"),
  trend: () => import("./trend-page.ts"),
};

export function formatNames(subject: Subject): readonly string[] {
  return Object.entries(FORMATS).flatMap(([name, { subjects }]) =>
    subjects?.includes(subject) === false ? [] : [name],
  );
}

const endingsOf = (name: string): readonly string[] => FORMATS[name]?.endings ?? [];

/** Of files that a report about `subject` can be written to. */
export const fileEndings = (subject: Subject): readonly string[] => formatNames(subject).flatMap(endingsOf);

/** The name of the format that a file's ending asks for; null when none has that ending. */
export function formatOfFile(subject: Subject, path: string): string | null {
  const file = path.toLowerCase();
  return formatNames(subject).find((name) => endingsOf(name).some((ending) => file.endsWith(ending))) ?? null;
}

export interface ReportOptions extends Looks {
  readonly mebibytes?: boolean;
}

/** Writes a document. Reports are printed into logs, and hold names that anybody may have given. */
export type WriteReport<Kind extends Subject> = (document: Documents[Kind], options: ReportOptions) => string;

/** Loads what writes documents of one kind in the format of that name; writing then needs no waiting. */
export async function loadReport<Kind extends Subject>(subject: Kind, name: string): Promise<WriteReport<Kind>> {
  const format = FORMATS[name];
  if (format === undefined) throw new RangeError(`there are no reports as ${name}`);
  const [{ pageOf }, { render }] = await Promise.all([PAGES[subject](), format.load()]);
  return (document, { mebibytes = false, ...looks }) => {
    const page = pageOf(document, { parts: format.parts, brief: format.isBrief === true, mebibytes });
    const text = render(page, looks);
    return format.isVerbatim === true ? text : withoutCommands(text);
  };
}
