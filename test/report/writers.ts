// Documents -> reports of every format, as the command line writes them.

import { type Documents, formatNames, loadReport, type ReportOptions, type Subject } from "../../src/report/formats.ts";

const PLAIN: ReportOptions = { color: false, width: 100 };

type Write<Kind extends Subject> = (document: Documents[Kind], options?: ReportOptions) => string;

async function writer<Kind extends Subject>(subject: Kind, format: string): Promise<Write<Kind>> {
  const write = await loadReport(subject, format);
  return (document, options = PLAIN) => write(document, options);
}

/** Of every format that there is, by its name. */
async function writers<Kind extends Subject>(subject: Kind): Promise<readonly (readonly [string, Write<Kind>])[]> {
  return Promise.all(formatNames(subject).map(async (name) => [name, await writer(subject, name)] as const));
}

export const REPORT_FORMATS = await writers("result");
export const COMPARISON_FORMATS = await writers("comparison");
export const TREND_FORMATS = await writers("trend");

export const renderTable = await writer("result", "table");
export const renderCsv = await writer("result", "csv");
export const renderHtml = await writer("result", "html");
export const renderJson = await writer("result", "json");
export const renderJunit = await writer("result", "junit");
export const renderGithub = await writer("result", "github");
export const renderMarkdown = await writer("result", "markdown");

export const renderComparisonTable = await writer("comparison", "table");
export const renderComparisonMarkdown = await writer("comparison", "markdown");
export const renderComparisonJunit = await writer("comparison", "junit");
export const renderComparisonAnnotations = await writer("comparison", "github");

export const renderComparisonHtml = await writer("comparison", "html");
export const renderComparisonCsv = await writer("comparison", "csv");

export const renderTrendTable = await writer("trend", "table");
