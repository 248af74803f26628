// The formats of a report -> their names, the files that each is written to, and what they share.

import { withoutCommands } from "../shared/printable.ts";

// Only names: --help is made of them, and must not wait for what writes the formats.
export const REPORT_FORMAT_NAMES = ["table", "json", "csv", "markdown", "junit", "github", "html"] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

export const COMPARISON_FORMAT_NAMES = ["table", "json", "markdown", "github", "junit"] as const;
export type ComparisonFormatName = (typeof COMPARISON_FORMAT_NAMES)[number];

/** Writes `Subject`, a result or a comparison. */
export type Render<Subject, Options> = (subject: Subject, options: Options) => string;

export interface Format<Subject, Options> {
  readonly render: Render<Subject, Options>;
  readonly fileEndings: readonly string[];
}

/** Reports are printed into logs, and hold names that anybody may have given. */
export const quiet =
  <Subject, Options>(render: Render<Subject, Options>): Render<Subject, Options> =>
  (subject, options) =>
    withoutCommands(render(subject, options));

/** The format that a file's ending asks for; null when no format has that ending. */
export function formatOfFile<Name extends string>(
  formats: Readonly<Record<Name, { readonly fileEndings: readonly string[] }>>,
  names: readonly Name[],
  path: string,
): Name | null {
  const file = path.toLowerCase();
  return names.find((name) => formats[name].fileEndings.some((ending) => file.endsWith(ending))) ?? null;
}
