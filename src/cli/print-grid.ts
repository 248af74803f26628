// Headings and rows of text -> aligned columns on stdout, for the commands that list things.

import { displayWidth } from "../shared/text.ts";
import { printable, withoutCommands } from "../shared/printable.ts";
import { print } from "./standard-streams.ts";

/** Two spaces between columns, none at the end of a line. */
export async function printGrid(headings: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
  const lines = [headings, ...rows].map((line) => line.map(printable));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column] ?? ""))));
  const pad = (text: string, column: number): string => text + " ".repeat((widths[column] ?? 0) - displayWidth(text));
  await print(withoutCommands(lines.map((line) => `${line.map(pad).join("  ").trimEnd()}\n`).join("")));
}
