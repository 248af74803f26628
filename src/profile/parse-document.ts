// The text of a profile -> the JSON document in it, or an error with line and column.

import { DiskbenchError } from "../shared/errors.ts";
import { findJsonMistake } from "./json-mistake.ts";

function lineAndColumn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}

/** As JSON.parse; `where` names the text. Throws PROFILE_INVALID for what is not JSON, and for keys that stand twice. */
export function parseDocument(text: string, where: string): unknown {
  const mistake = findJsonMistake(text);
  if (mistake === null) return JSON.parse(text);
  throw new DiskbenchError({
    code: "PROFILE_INVALID",
    where: `${where}: ${lineAndColumn(text, mistake.offset)}`,
    what: `not valid JSON: ${mistake.what}`,
  });
}
