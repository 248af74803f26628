// Name of a format -> the function that writes a result in it; the ending of a file -> the format that belongs to it.

import { renderCsv } from "./csv.ts";
import { renderGithub } from "./github.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import type { RenderReport } from "./options.ts";
import { renderJunit } from "./result-junit.ts";
import { renderTable } from "./table.ts";

interface ReportFormat {
  readonly render: RenderReport;
  readonly fileEndings: readonly string[];
}

export const REPORT_FORMAT_NAMES = ["table", "json", "csv", "markdown", "junit", "github", "html"] as const;
export type ReportFormatName = (typeof REPORT_FORMAT_NAMES)[number];

/** To add a format, write its function and name it here. */
export const REPORT_FORMATS: Readonly<Record<ReportFormatName, ReportFormat>> = {
  table: { render: renderTable, fileEndings: [".txt"] },
  json: { render: renderJson, fileEndings: [".json"] },
  csv: { render: renderCsv, fileEndings: [".csv"] },
  markdown: { render: renderMarkdown, fileEndings: [".md", ".markdown"] },
  junit: { render: renderJunit, fileEndings: [".xml"] },
  html: { render: renderHtml, fileEndings: [".html", ".htm"] },
  // What a runner reads from its log is of no use in a file.
  github: { render: renderGithub, fileEndings: [] },
};

/** The format that a file's ending asks for; null when no format has that ending. */
export function formatOfFile(path: string): ReportFormatName | null {
  const name = path.toLowerCase();
  const endsAs = (ending: string): boolean => name.endsWith(ending);
  return REPORT_FORMAT_NAMES.find((format) => REPORT_FORMATS[format].fileEndings.some(endsAs)) ?? null;
}
