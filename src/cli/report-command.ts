// `diskbench report`: stored results -> the same reports that `run` prints.

import type { ReportFlags } from "./flags.ts";
import { Output } from "./output.ts";
import { readNamedResult, requireOneInput } from "./result-files.ts";
import { loadFilesToWrite } from "./watched-platform.ts";

export async function report(paths: readonly string[], flags: ReportFlags): Promise<void> {
  const output = new Output(flags);
  requireOneInput(paths);
  output.requirePlaces(paths, "one of the results");
  // All are read before the first is printed: a broken one among them is an error of the whole call.
  const results = paths.map((path) => readNamedResult(path, false));
  const files = output.paths.length > 0 ? await loadFilesToWrite(output.paths) : null;
  await output.load();
  for (const result of results) {
    try {
      await output.print(result);
    } finally {
      if (files !== null) output.writeFiles(files, result, false);
    }
  }
}
