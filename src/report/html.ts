// A page -> one HTML document that needs nothing else: its tables, and charts as inline SVG.

import { printable } from "../shared/printable.ts";
import { chartSvg, escapeMarkup } from "./chart.ts";
import { STYLE } from "./html-style.ts";
import { shortened } from "./numbers.ts";
import type { Page, RenderPage, Row, Section, Table } from "./page.ts";

/** Ends with a newline. */
export const render: RenderPage = (page) => {
  const title = safe(page.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} - diskbench</title>
<style>${STYLE}</style>
</head>
<body>
${bodyOf(page, title)}
</body>
</html>
`;
};

function bodyOf({ startedAt, verdict, sections }: Page, title: string): string {
  // What went wrong is seen before any figure.
  const first = ["facts", "problems"] as const;
  const ordered = [
    ...first.flatMap((kind) => sections.filter((section) => section.kind === kind)),
    ...sections.filter(({ kind }) => !first.some((each) => each === kind)),
  ];
  return [
    element("h1", `${title} <small>${safe(startedAt)}</small>`),
    ...(verdict === null ? [] : [element("p", safe(verdict.text), ` class="verdict ${verdict.tone}"`)]),
    ...ordered.map(sectionMarkup),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

const MOST_LISTED = 200;

function sectionMarkup(section: Section): string {
  switch (section.kind) {
    case "facts":
      return element(
        "dl",
        section.facts.map(({ name, text }) => element("dt", safe(name)) + element("dd", safe(text))).join("\n"),
      );
    case "table":
      return tableMarkup(section.table);
    case "problems":
      return listMarkup(
        section.problems.map(({ severity, text }) =>
          element("li", `${element("strong", severity)}: ${safe(text)}`, ` class="${severity}"`),
        ),
      );
    case "notes":
      return section.texts.map((text) => element("p", safe(text), ' class="note"')).join("\n");
    case "list": {
      const items = shortened(section.texts, MOST_LISTED).map((text) => element("li", safe(text)));
      return items.length === 0 ? "" : `${element("h3", safe(section.heading))}\n${listMarkup(items)}`;
    }
    default:
      return [
        ...section.cases.map(({ label, charts }) =>
          element(
            "section",
            `${element("h3", safe(label))}\n${element("div", charts.map(chartSvg).join("\n"), ' class="charts"')}`,
          ),
        ),
        ...(section.leftOut > 0 ? [element("p", `Charts of ${section.leftOut} more cases are left out.`)] : []),
      ].join("\n");
  }
}

const safe = (text: string): string => escapeMarkup(printable(text));
const element = (name: string, inner: string, attributes = ""): string => `<${name}${attributes}>${inner}</${name}>`;
const listMarkup = (items: readonly string[]): string => (items.length === 0 ? "" : element("ul", items.join("\n")));

function tableMarkup({ title, caption, columns, groups }: Table): string {
  const head = [title, ...columns.map(({ header }) => header)].map((text) => element("th", safe(text), ' scope="col"'));
  const across = ` colspan="${columns.length + 1}" scope="rowgroup"`;
  const line = (text: string): string => element("tr", element("th", safe(text), across));
  const bodies = groups.map(({ heading, notes = [], rows }) =>
    element(
      "tbody",
      [...(heading === "" ? [] : [line(heading)]), ...notes.map(line), ...rows.map(rowMarkup)].join("\n"),
    ),
  );
  const name = caption === undefined ? [] : [element("caption", safe(caption))];
  return element(
    "div",
    element("table", [...name, element("thead", element("tr", head.join(""))), ...bodies].join("\n")),
    ' class="wide"',
  );
}

function rowMarkup({ name, label, state, cells, tone, remark }: Row): string {
  const place = name === null ? ' scope="row" class="part"' : ' scope="row"';
  const texts = cells.map((cell) => element("td", safe(cell)));
  const last = cells.length - 1;
  if (tone !== undefined) texts[last] = element("td", safe(cells[last] ?? ""), ` class="${tone}"`);
  const row = element(
    "tr",
    element("th", safe(label) + (state === undefined ? "" : ` [${state}]`), place) + texts.join(""),
  );
  if (remark == null) return row;
  return `${row}\n${element("tr", element("td", safe(remark), ` colspan="${cells.length + 1}" class="note"`))}`;
}
