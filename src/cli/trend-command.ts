// `diskbench trend`: a history of results -> when which figure changed, and by how much.

import { trendOf } from "../compare/trend.ts";
import { renderTrendTable } from "../report/trend-table.ts";
import { DEFAULT_GATES } from "../shared/metrics.ts";
import { visibleJson } from "../shared/visible-json.ts";
import { trendOptions, type TrendChoiceFlags } from "./compare-flags.ts";
import { readResults, requireOneInput } from "./result-files.ts";

export interface TrendFlags extends TrendChoiceFlags {
  readonly json?: true;
}

const DEFAULT_WIDTH = 80;

export function trend(paths: readonly string[], flags: TrendFlags): void {
  const { metrics, allowed } = trendOptions(flags);
  requireOneInput(paths);
  const results = readResults(paths).map(({ result }) => result);
  const found = trendOf(results, metrics.length === 0 ? DEFAULT_GATES : metrics, allowed);
  const width = (process.stdout.isTTY && process.stdout.columns) || DEFAULT_WIDTH;
  process.stdout.write(
    flags.json === true ? `${visibleJson(JSON.stringify(found, null, 2))}\n` : renderTrendTable(found, width),
  );
}
