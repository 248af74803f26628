// `diskbench trend`: a history of results -> when which figure changed, and by how much.

import { trendOf } from "../compare/trend.ts";
import { withoutCommands } from "../shared/printable.ts";
import { renderTrendTable } from "../report/trend-table.ts";
import { DEFAULT_GATES } from "../shared/metrics.ts";
import { jsonText } from "../shared/visible-json.ts";
import { trendOptions, type TrendChoiceFlags } from "./compare-flags.ts";
import { readResults, requireOneInput } from "./result-files.ts";
import { print, stdoutLooks } from "./standard-streams.ts";

export interface TrendFlags extends TrendChoiceFlags {
  readonly json?: true;
}

const DEFAULT_WIDTH = 80;

export async function trend(paths: readonly string[], flags: TrendFlags): Promise<void> {
  const { metrics, allowed } = trendOptions(flags);
  requireOneInput(paths);
  const results = readResults(paths).map(({ result }) => result);
  const found = trendOf(results, metrics.length === 0 ? DEFAULT_GATES : metrics, allowed);
  const { width } = stdoutLooks(DEFAULT_WIDTH);
  await print(flags.json === true ? jsonText(found) : withoutCommands(renderTrendTable(found, width)));
}
