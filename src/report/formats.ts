// The formats of reports -> their names, and the files that each is written to.

// Only names: --help is made of them, and must not wait for what writes the formats.
export const REPORT_FORMAT_NAMES = ["table", "json", "csv", "markdown", "junit", "github", "html"] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

export const COMPARISON_FORMAT_NAMES = ["table", "json", "markdown", "github", "junit"] as const;
export type ComparisonFormatName = (typeof COMPARISON_FORMAT_NAMES)[number];

const FILE_ENDINGS: Readonly<Record<ReportFormatName, readonly string[]>> = {
  table: [".txt"],
  json: [".json"],
  csv: [".csv"],
  markdown: [".md", ".markdown"],
  junit: [".xml"],
  html: [".html", ".htm"],
  // What a runner reads from its log is of no use in a file.
  github: [],
};

export const endingsOf = (formats: readonly ReportFormatName[]): readonly string[] =>
  formats.flatMap((format) => FILE_ENDINGS[format]);

/** Which of `formats` a file's ending asks for; null when none of them has that ending. */
export function formatOfFile<Name extends ReportFormatName>(formats: readonly Name[], path: string): Name | null {
  const file = path.toLowerCase();
  return formats.find((format) => FILE_ENDINGS[format].some((ending) => file.endsWith(ending))) ?? null;
}
