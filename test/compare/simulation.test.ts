import { test } from "vitest";
import { SCENARIOS, regressedShare } from "./simulation.ts";
test("x", () => { for (const s of SCENARIOS) { const t=performance.now(); console.log(s.name, s.paired, s.count, s.gates, JSON.stringify(s.demand), regressedShare(s, 1), Math.round(performance.now()-t)); } });
