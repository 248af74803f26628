// A result -> one HTML page that needs nothing else: its tables, and charts of every case as inline SVG.

import type { CaseResult, Result } from "../result/result.ts";
import { caseCharts } from "./case-charts.ts";
import { chartSvg, escapeMarkup } from "./chart.ts";
import { footerText, headerFacts, problems } from "./facts.ts";
import type { Grid } from "./grid.ts";
import { STYLE } from "./html-style.ts";
import { groupCases } from "./labels.ts";
import { readingNotes } from "./result-notes.ts";
import type { RenderReport } from "./options.ts";
import { printable } from "../shared/printable.ts";
import { resultGrids } from "./result-grids.ts";

/** Charts of a case take some 10 kB; a page of a thousand would take a browser's patience. */
const MOST_CHARTED_CASES = 100;

const safe = (text: string): string => escapeMarkup(printable(text));
const element = (name: string, inner: string, attributes = ""): string => `<${name}${attributes}>${inner}</${name}>`;

function tableOf({ title, columns, sections }: Grid): string {
  const head = [
    element("th", safe(title), ' scope="col"'),
    ...columns.map(({ header }) => element("th", safe(header), ' scope="col"')),
  ];
  const bodies = sections.map(({ heading, rows }) => {
    const lines = rows.map(({ label, indent, cells }) => {
      const place = indent.length > 2 ? ' scope="row" class="part"' : ' scope="row"';
      return element("tr", element("th", safe(label), place) + cells.map((cell) => element("td", safe(cell))).join(""));
    });
    const first = element("tr", element("th", safe(heading), ` colspan="${columns.length + 1}" scope="rowgroup"`));
    return element("tbody", [first, ...lines].join("\n"));
  });
  return element(
    "div",
    element("table", [element("thead", element("tr", head.join(""))), ...bodies].join("\n")),
    ' class="wide"',
  );
}

function chartsOf(label: string, each: CaseResult): string {
  const charts = caseCharts(each).map(chartSvg);
  return charts.length === 0
    ? ""
    : element("section", `${element("h3", safe(label))}\n${element("div", charts.join("\n"), ' class="charts"')}`);
}

function allCharts(cases: readonly CaseResult[]): string {
  const shown = groupCases(cases.slice(0, MOST_CHARTED_CASES));
  const left = cases.length - MOST_CHARTED_CASES;
  return [
    ...shown.flatMap(({ heading, cases: labelled }) =>
      labelled.map(({ label, case: each }) => chartsOf(`${heading} ${label}`, each)),
    ),
    ...(left > 0 ? [element("p", `Charts of ${left} more cases are left out.`)] : []),
  ].join("\n");
}

function problemList(result: Result): string {
  const items = problems(result).map(({ severity, text }) =>
    element("li", `${element("strong", severity)}: ${safe(text)}`, ` class="${severity}"`),
  );
  return items.length === 0 ? "" : element("ul", items.join("\n"));
}

/** Ends with a newline. */
export const renderHtml: RenderReport = (result, { mebibytes }) => {
  const name = safe(result.profile.name);
  const facts = headerFacts(result).map((fact) => element("dt", safe(fact.name)) + element("dd", safe(fact.text)));
  const body = [
    element("h1", `${name} <small>${safe(result.startedAt)}</small>`),
    element("dl", facts.join("\n")),
    problemList(result),
    ...(result.cases.length === 0 ? [] : resultGrids(result, mebibytes).map(tableOf)),
    ...readingNotes(result.cases).map((note) => element("p", safe(note), ' class="note"')),
    element("p", safe(footerText(result)), ' class="note"'),
    allCharts(result.cases),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${name} - diskbench</title>
<style>${STYLE}</style>
</head>
<body>
${body.filter((part) => part !== "").join("\n")}
</body>
</html>
`;
};
