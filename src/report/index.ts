// Name of a format -> the function that writes a result in it; the ending of a file -> the format that belongs to it.

import { renderCsv } from "./csv.ts";
import { renderGithub } from "./github.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import type { RenderReport } from "./options.ts";
import { withoutCommands } from "./printable.ts";
import { renderJunit } from "./result-junit.ts";
import { renderTable } from "./table.ts";

interface ReportFormat {
  readonly render: RenderReport;
  readonly fileEndings: readonly string[];
}

/** Reports are printed into logs, and hold names that anybody may have given. */
const quiet =
  (render: RenderReport): RenderReport =>
  (result, options) =>
    withoutCommands(render(result, options));

export const REPORT_FORMAT_NAMES = ["table", "json", "csv", "markdown", "junit", "github", "html"] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

/** To add a format, write its function and name it here. */
export const REPORT_FORMATS: Readonly<Record<ReportFormatName, ReportFormat>> = {
  table: { render: quiet(renderTable), fileEndings: [".txt"] },
  json: { render: renderJson, fileEndings: [".json"] },
  csv: { render: quiet(renderCsv), fileEndings: [".csv"] },
  markdown: { render: quiet(renderMarkdown), fileEndings: [".md", ".markdown"] },
  junit: { render: quiet(renderJunit), fileEndings: [".xml"] },
  html: { render: quiet(renderHtml), fileEndings: [".html", ".htm"] },
  // Commands are what it is for. What a runner reads from its log is of no use in a file.
  github: { render: renderGithub, fileEndings: [] },
};

/** The format that a file's ending asks for; null when no format has that ending. */
export function formatOfFile(path: string): ReportFormatName | null {
  const name = path.toLowerCase();
  const endsAs = (ending: string): boolean => name.endsWith(ending);
  return REPORT_FORMAT_NAMES.find((format) => REPORT_FORMATS[format].fileEndings.some(endsAs)) ?? null;
}
