// Name of a format -> the function that writes a comparison in it.

import type { Comparison } from "../compare/comparison.ts";
import { jsonText } from "../shared/visible-json.ts";
import { renderComparisonAnnotations } from "./comparison-github.ts";
import { renderComparisonJunit } from "./comparison-junit.ts";
import { renderComparisonMarkdown } from "./comparison-markdown.ts";
import { type ComparisonReportOptions, renderComparisonTable } from "./comparison-table.ts";
import { type ComparisonFormatName, type Format, quiet } from "./formats.ts";

/** To add a format, write its function, name it here and in `formats.ts`. */
export const COMPARISON_FORMATS: Readonly<Record<ComparisonFormatName, Format<Comparison, ComparisonReportOptions>>> = {
  table: { render: quiet(renderComparisonTable), fileEndings: [".txt"] },
  json: { render: jsonText, fileEndings: [".json"] },
  markdown: { render: quiet((comparison) => renderComparisonMarkdown(comparison)), fileEndings: [".md", ".markdown"] },
  github: { render: renderComparisonAnnotations, fileEndings: [] },
  junit: { render: quiet(renderComparisonJunit), fileEndings: [".xml"] },
};
