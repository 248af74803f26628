// A comparison -> its report, and what GitHub is told beside it where it runs there.

import { appendFileSync, closeSync } from "node:fs";
import type { Comparison } from "../compare/comparison.ts";
import { openForAppending } from "../platform/named-files.ts";
import { loadReport } from "../report/formats.ts";
import { STEP_SUMMARY_LIMIT_BYTES } from "../report/markdown.ts";
import { printable } from "../shared/printable.ts";
import type { Output } from "./output.ts";
import { say, sayCommands } from "./standard-streams.ts";
import { loadFilesToWrite } from "./watched-platform.ts";

/** Prints it, writes the files of --output, and tells GitHub. */
export async function showVerdict(output: Output<"comparison">, comparison: Comparison): Promise<void> {
  try {
    await output.print(comparison);
  } finally {
    output.writeFiles(await loadFilesToWrite(output.paths), comparison);
    // The runner reads commands from both streams; stdout is the report's.
    if (process.env["GITHUB_ACTIONS"] === "true" && output.format !== "github") {
      sayCommands((await loadReport("comparison", "github"))(comparison, PLAIN));
    }
    await appendStepSummary(comparison);
  }
}

const PLAIN = { color: false, width: 0 };

/** Below this no table fits. */
const SMALLEST_SUMMARY_BYTES = 4096;

async function appendStepSummary(comparison: Comparison): Promise<void> {
  const path = process.env["GITHUB_STEP_SUMMARY"];
  if (path === undefined || path === "") return;
  const write = await loadReport("comparison", "markdown");
  try {
    const { handle, sizeBytes } = openForAppending(path, (what) => new Error(what));
    try {
      const limitBytes = STEP_SUMMARY_LIMIT_BYTES - sizeBytes - 1;
      if (limitBytes < SMALLEST_SUMMARY_BYTES) throw new Error("no room is left in it");
      appendFileSync(handle, `${write(comparison, { ...PLAIN, limitBytes })}\n`);
    } finally {
      closeSync(handle);
    }
  } catch (thrown) {
    // The verdict is more than its looks: it stands, and so does the exit code.
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    say(`diskbench: the step summary was not written: ${printable(text)}\n`);
  }
}
