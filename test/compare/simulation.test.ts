// Simulated calls with a known truth -> few false alarms, enough power, and a page that says what was measured.

import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { measureScenarios, simulationTable, TABLE_BEGIN, TABLE_END } from "./simulation-table.ts";

const PAGE = new URL("../../docs/compare.md", import.meta.url);
const measured = measureScenarios();

describe("the share of calls that are regressed", () => {
  test.each(measured.map((each) => [`${each.scenario.name}, n = ${each.scenario.count}`, each] as const))(
    "%s",
    (_, { scenario, share }) => {
      if ("atMost" in scenario.demand) expect(share).toBeLessThanOrEqual(scenario.demand.atMost);
      else expect(share).toBeGreaterThanOrEqual(scenario.demand.atLeast);
    },
  );
});

test("docs/compare.md shows these figures; `npm run docs` writes them anew", () => {
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = [page.indexOf(TABLE_BEGIN), page.indexOf(TABLE_END)];
  expect(begin).toBeGreaterThan(0);
  const renewed = page.slice(0, begin) + simulationTable(measured) + page.slice(end + TABLE_END.length);
  if (process.env["DISKBENCH_WRITE_DOCS"] === "1") writeFileSync(PAGE, renewed);
  expect(readFileSync(PAGE, "utf8")).toBe(renewed);
});
