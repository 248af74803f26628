// `diskbench trend`: a history of results -> when which figure changed, and by how much.

import { trendOf } from "../compare/trend.ts";
import { DEFAULT_GATES } from "../shared/metrics.ts";
import { trendOptions, type TrendChoiceFlags } from "./compare-flags.ts";
import type { OutputFlags } from "./flags.ts";
import { Output } from "./output.ts";
import { readResults, requireOneInput } from "./result-files.ts";
import { loadFilesToWrite } from "./watched-platform.ts";

export interface TrendFlags extends TrendChoiceFlags, OutputFlags {}

export async function trend(paths: readonly string[], flags: TrendFlags): Promise<void> {
  const output = await Output.of("trend", flags);
  const { metrics, allowed } = trendOptions(flags);
  requireOneInput(paths);
  output.requirePlaces(paths, "one of the results");
  const results = readResults(paths).map(({ result }) => result);
  const found = trendOf(results, metrics.length === 0 ? DEFAULT_GATES : metrics, allowed);
  try {
    await output.print(found);
  } finally {
    output.writeFiles(await loadFilesToWrite(output.paths), found);
  }
}
