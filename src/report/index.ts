// Name of a format -> the function that writes a result, or a comparison, in it.

import type { Comparison } from "../compare/comparison.ts";
import { withoutCommands } from "../shared/printable.ts";
import { jsonText } from "../shared/visible-json.ts";
import { renderComparisonAnnotations } from "./comparison-github.ts";
import { renderComparisonJunit } from "./comparison-junit.ts";
import { renderComparisonMarkdown } from "./comparison-markdown.ts";
import { renderComparisonTable } from "./comparison-table.ts";
import { renderCsv } from "./csv.ts";
import type { ComparisonFormatName, ReportFormatName } from "./formats.ts";
import { renderGithub } from "./github.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import type { Looks, Render, RenderReport } from "./options.ts";
import { renderJunit } from "./result-junit.ts";
import { renderTable } from "./table.ts";

/** Reports are printed into logs, and hold names that anybody may have given. */
const safeInLogs =
  <Subject, Options>(render: Render<Subject, Options>): Render<Subject, Options> =>
  (subject, options) =>
    withoutCommands(render(subject, options));

/** To add a format, write its function, name it here and in `formats.ts`. */
export const REPORT_FORMATS: Readonly<Record<ReportFormatName, RenderReport>> = {
  table: safeInLogs(renderTable),
  json: renderJson,
  csv: safeInLogs(renderCsv),
  markdown: safeInLogs(renderMarkdown),
  junit: safeInLogs(renderJunit),
  html: safeInLogs(renderHtml),
  // Commands are what it is for.
  github: renderGithub,
};

export const COMPARISON_FORMATS: Readonly<Record<ComparisonFormatName, Render<Comparison, Looks>>> = {
  table: safeInLogs(renderComparisonTable),
  json: jsonText,
  markdown: safeInLogs((comparison) => renderComparisonMarkdown(comparison)),
  github: renderComparisonAnnotations,
  junit: safeInLogs(renderComparisonJunit),
};
