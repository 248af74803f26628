// A page's records -> CSV for spreadsheets and scripts.

import { printable } from "../shared/printable.ts";
import type { RenderPage, Value } from "./page.ts";

/** Null is an empty field. Lines end with a line feed. */
export const render: RenderPage = ({ records: { columns, rows } }) =>
  [columns, ...rows.map((row) => row.map(field))].map((line) => `${line.join(",")}\n`).join("");

/** How a formula begins, in wide characters too: at the start, and behind what separates cells in another country. */
const FORMULA = /(^|[,;\t])(\s*)(?=[=+\-@＝＋－＠])/g;

/**
 * A field as RFC 4180 has it. Text that a spreadsheet would run as a formula is marked as text by an apostrophe; where
 * lists are separated by `;`, a quotation mark in the middle of what is then one cell protects nothing.
 */
function field(value: Value): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = printable(value).replace(FORMULA, "$1$2'");
  return /[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
