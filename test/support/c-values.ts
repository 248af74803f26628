// C expressions -> their values as the system's own headers have them. Needs gcc.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./requirements.ts";
import { temporaryDirectory } from "./places.ts";
import type { Undo } from "./undo.ts";

/** Compiles a program that prints each expression, e.g. `offsetof(struct statx, stx_ino)`, and runs it. */
export function valuesInC(
  undo: Undo,
  headers: readonly string[],
  expressions: readonly string[],
): Readonly<Record<string, number>> {
  const directory = temporaryDirectory(undo);
  const source = join(directory, "values.c");
  const program = join(directory, "values");
  const lines = expressions.map((expression) => `  printf("%llu\\n", (unsigned long long)(${expression}));`);
  const includes = ["stdio.h", "stddef.h", ...headers].map((header) => `#include <${header}>`);
  writeFileSync(source, [...includes, "int main(void) {", ...lines, "  return 0;", "}", ""].join("\n"));
  runTool("gcc", "-o", program, source);
  const values = runTool(program).split("\n").map(Number);
  return Object.fromEntries(expressions.map((expression, index) => [expression, values[index] ?? Number.NaN]));
}
