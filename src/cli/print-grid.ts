// Headings and rows of text -> aligned columns on stdout, for the commands that list things.

import { displayWidth } from "../report/text.ts";
import { printable } from "../report/printable.ts";

/** Two spaces between columns, none at the end of a line. */
export function printGrid(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [headings, ...rows].map((line) => line.map(printable));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column] ?? ""))));
  const pad = (text: string, column: number): string => text + " ".repeat((widths[column] ?? 0) - displayWidth(text));
  for (const line of lines) process.stdout.write(`${line.map(pad).join("  ").trimEnd()}\n`);
}
