// Headings and rows of text -> aligned columns on stdout, for the commands that list things.

import { alignedLines } from "../report/aligned.ts";
import { printable, withoutCommands } from "../shared/printable.ts";
import { displayWidth } from "../shared/text.ts";
import { print } from "./standard-streams.ts";

export async function printGrid(headings: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
  const lines = [headings, ...rows].map((line) => line.map(printable));
  const widthOf = (column: number): number => Math.max(...lines.map((line) => displayWidth(line[column] ?? "")));
  const columns = headings.map((_, column) => ({ width: widthOf(column), align: "left" as const }));
  await print(withoutCommands(`${alignedLines(lines, columns).join("\n")}\n`));
}
