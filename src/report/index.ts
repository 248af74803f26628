// Name of a format -> the function that writes a result in it.

import { renderCsv } from "./csv.ts";
import { renderGithub } from "./github.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import { type Format, quiet, type ReportFormatName } from "./formats.ts";
import type { ReportOptions } from "./options.ts";
import type { Result } from "../result/result.ts";
import { renderJunit } from "./result-junit.ts";
import { renderTable } from "./table.ts";

/** To add a format, write its function, name it here and in `formats.ts`. */
export const REPORT_FORMATS: Readonly<Record<ReportFormatName, Format<Result, ReportOptions>>> = {
  table: { render: quiet(renderTable), fileEndings: [".txt"] },
  json: { render: renderJson, fileEndings: [".json"] },
  csv: { render: quiet(renderCsv), fileEndings: [".csv"] },
  markdown: { render: quiet(renderMarkdown), fileEndings: [".md", ".markdown"] },
  junit: { render: quiet(renderJunit), fileEndings: [".xml"] },
  html: { render: quiet(renderHtml), fileEndings: [".html", ".htm"] },
  // Commands are what it is for. What a runner reads from its log is of no use in a file.
  github: { render: renderGithub, fileEndings: [] },
};
