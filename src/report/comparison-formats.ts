// Name of a format -> the function that writes a comparison in it; the ending of a file -> its format.

import type { Comparison } from "../compare/comparison.ts";
import { visibleJson } from "../shared/visible-json.ts";
import { renderComparisonAnnotations } from "./comparison-github.ts";
import { renderComparisonJunit } from "./comparison-junit.ts";
import { renderComparisonMarkdown } from "./comparison-markdown.ts";
import { type ComparisonReportOptions, renderComparisonTable } from "./comparison-table.ts";

export const COMPARISON_FORMAT_NAMES = ["table", "json", "markdown", "github", "junit"] as const;
export type ComparisonFormatName = (typeof COMPARISON_FORMAT_NAMES)[number];

interface ComparisonFormat {
  readonly render: (comparison: Comparison, options: ComparisonReportOptions) => string;
  readonly fileEndings: readonly string[];
}

/** To add a format, write its function and name it here. */
export const COMPARISON_FORMATS: Readonly<Record<ComparisonFormatName, ComparisonFormat>> = {
  table: { render: renderComparisonTable, fileEndings: [".txt"] },
  json: { render: (comparison) => `${visibleJson(JSON.stringify(comparison, null, 2))}\n`, fileEndings: [".json"] },
  markdown: { render: (comparison) => renderComparisonMarkdown(comparison), fileEndings: [".md", ".markdown"] },
  github: { render: renderComparisonAnnotations, fileEndings: [] },
  junit: { render: renderComparisonJunit, fileEndings: [".xml"] },
};

/** The format that a file's ending asks for; null when no format has that ending. */
export function comparisonFormatOfFile(path: string): ComparisonFormatName | null {
  const name = path.toLowerCase();
  return (
    COMPARISON_FORMAT_NAMES.find((format) =>
      COMPARISON_FORMATS[format].fileEndings.some((ending) => name.endsWith(ending)),
    ) ?? null
  );
}
