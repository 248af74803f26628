// A page's alerts -> annotations for GitHub Actions, of which GitHub shows ten a step; the last says what it comes to.

import { printable } from "../shared/printable.ts";
import type { Alert, RenderPage } from "./page.ts";

/** GitHub shows ten errors and ten warnings of a step and drops the rest silently. */
const MOST_ANNOTATIONS = 10;

const LEVELS = ["error", "warning", "notice"] as const;

/** As "Workflow commands for GitHub Actions" escapes data. */
const escapeData = (text: string): string =>
  printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** At most ten lines `::error title=...::...`, the last a notice that counts what is left out. */
export const render: RenderPage = ({ alerts, summary }) => {
  const shown = alerts.slice(0, MOST_ANNOTATIONS - 1);
  const left = alerts.slice(shown.length);
  const counts = LEVELS.flatMap((level) => {
    const count = left.filter((each) => each.level === level).length;
    return count === 0 ? [] : [`${count} more of level ${level}`];
  });
  const text = counts.length === 0 ? summary : `${counts.join(", ")}. ${summary}`;
  const last: Alert = { level: "notice", title: "diskbench", text };
  return [...shown, last]
    .map((each) => `::${each.level} title=${escapeProperty(each.title)}::${escapeData(each.text)}\n`)
    .join("");
};
