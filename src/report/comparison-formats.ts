// Name of a format -> the function that writes a comparison in it; the ending of a file -> its format.

import type { Comparison } from "../compare/comparison.ts";
import { visibleJson } from "../shared/visible-json.ts";
import { renderComparisonAnnotations } from "./comparison-github.ts";
import { renderComparisonJunit } from "./comparison-junit.ts";
import { renderComparisonMarkdown } from "./comparison-markdown.ts";
import { type ComparisonReportOptions, renderComparisonTable } from "./comparison-table.ts";
import { withoutCommands } from "./printable.ts";

export const COMPARISON_FORMAT_NAMES = ["table", "json", "markdown", "github", "junit"] as const;
export type ComparisonFormatName = (typeof COMPARISON_FORMAT_NAMES)[number];

type RenderComparison = (comparison: Comparison, options: ComparisonReportOptions) => string;

interface ComparisonFormat {
  readonly render: RenderComparison;
  readonly fileEndings: readonly string[];
}

/** Comparisons are printed into logs, and hold names that anybody may have given. */
const quiet =
  (render: RenderComparison): RenderComparison =>
  (comparison, options) =>
    withoutCommands(render(comparison, options));

/** To add a format, write its function and name it here. */
export const COMPARISON_FORMATS: Readonly<Record<ComparisonFormatName, ComparisonFormat>> = {
  table: { render: quiet(renderComparisonTable), fileEndings: [".txt"] },
  json: { render: (comparison) => `${visibleJson(JSON.stringify(comparison, null, 2))}\n`, fileEndings: [".json"] },
  markdown: { render: quiet((comparison) => renderComparisonMarkdown(comparison)), fileEndings: [".md", ".markdown"] },
  github: { render: renderComparisonAnnotations, fileEndings: [] },
  junit: { render: quiet(renderComparisonJunit), fileEndings: [".xml"] },
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
