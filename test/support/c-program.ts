// The text of a C program -> the program, compiled. Needs gcc.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./places.ts";
import { runTool } from "./requirements.ts";
import type { Undo } from "./undo.ts";

/** Compiles a program and returns its path; its complaints become the error's text. */
export function programInC(undo: Undo, source: string): string {
  const program = join(temporaryDirectory(undo), "program");
  writeFileSync(`${program}.c`, source);
  runTool("gcc", "-Wall", "-Werror", "-o", program, `${program}.c`);
  return program;
}
