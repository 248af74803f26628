// A comparison -> stdout, the files of --output, GitHub's step summary and annotations, and the exit code.

import { appendFileSync, closeSync } from "node:fs";
import type { Comparison } from "../compare/comparison.ts";
import { COMPARISON_FORMATS } from "../report/index.ts";
import { COMPARISON_FORMAT_NAMES, type ComparisonFormatName } from "../report/formats.ts";
import { openForAppending } from "../platform/named-files.ts";
import { renderComparisonAnnotations } from "../report/comparison-github.ts";
import { renderComparisonMarkdown, STEP_SUMMARY_LIMIT_BYTES } from "../report/comparison-markdown.ts";
import { printable } from "../shared/printable.ts";
import { isResultFile } from "../result/is-result-file.ts";
import { writeFileAtomically } from "../result/store.ts";
import { DiskbenchError } from "../shared/errors.ts";
import { EXIT } from "./exit-codes.ts";
import type { OutputFlags } from "./flags.ts";
import { chooseOutput, type OutputChoice, requirePlaces } from "./output.ts";
import { print, say, sayCommands, stdoutLooks } from "./standard-streams.ts";
import { loadFilesToWrite } from "./watched-platform.ts";

const DEFAULT_WIDTH = 100;

/** What the flags ask for, checked before anything is read. Throws BAD_USAGE. */
export class ComparisonOutput {
  readonly #choice: OutputChoice<ComparisonFormatName>;

  constructor(flags: OutputFlags) {
    this.#choice = chooseOutput(flags, COMPARISON_FORMAT_NAMES);
  }

  /**
   * Throws OUTPUT_FAILED when a file that --output names could not be written, BAD_USAGE when it is one of `inputs`,
   * which are `what`, or any other result: a comparison can be made again, what was measured cannot.
   */
  requirePlaces(inputs: readonly string[], what: string): void {
    const paths = this.#choice.files.map(({ path }) => path);
    requirePlaces(paths, inputs, what);
    for (const path of paths) {
      if (!isResultFile(path)) continue;
      throw new DiskbenchError({
        code: "BAD_USAGE",
        where: `--output ${path}`,
        what: "A result is there, which a comparison does not replace",
        next: "Name another file, or remove that one if it is not needed",
      });
    }
  }

  /** Prints it, writes the files, and tells GitHub where it runs there. */
  async show(comparison: Comparison): Promise<void> {
    try {
      await print(COMPARISON_FORMATS[this.#choice.format](comparison, stdoutLooks(DEFAULT_WIDTH)));
    } finally {
      await this.#showElsewhere(comparison);
    }
  }

  async #showElsewhere(comparison: Comparison): Promise<void> {
    for (const { path, format } of this.#choice.files) {
      const text = COMPARISON_FORMATS[format](comparison, { color: false, width: DEFAULT_WIDTH });
      writeFileAtomically(await loadFilesToWrite([path]), path, text);
    }
    // The runner reads commands from both streams; stdout is the report's.
    if (process.env["GITHUB_ACTIONS"] === "true" && this.#choice.format !== "github") {
      sayCommands(renderComparisonAnnotations(comparison));
    }
    appendStepSummary(comparison);
  }
}

/** Below this no table fits. */
const SMALLEST_SUMMARY_BYTES = 4096;

function appendStepSummary(comparison: Comparison): void {
  const path = process.env["GITHUB_STEP_SUMMARY"];
  if (path === undefined || path === "") return;
  try {
    const { handle, sizeBytes } = openForAppending(path, (what) => new Error(what));
    try {
      const room = STEP_SUMMARY_LIMIT_BYTES - sizeBytes - 1;
      if (room < SMALLEST_SUMMARY_BYTES) throw new Error("no room is left in it");
      appendFileSync(handle, `${renderComparisonMarkdown(comparison, room)}\n`);
    } finally {
      closeSync(handle);
    }
  } catch (thrown) {
    // The verdict is more than its looks: it stands, and so does the exit code.
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    say(`diskbench: the step summary was not written: ${printable(text)}\n`);
  }
}

/** 4, 1 or 5, else 0. A gate that cannot close is not green, strict or not. */
export function exitCodeOfComparison({ verdict, openGates, counts }: Comparison, strict: boolean): number {
  if (verdict === "not-comparable") return EXIT.notComparable;
  if (counts.regressed > 0) return EXIT.checkFailed;
  return openGates !== null || (strict && counts.inconclusive > 0) ? EXIT.inconclusive : EXIT.done;
}
