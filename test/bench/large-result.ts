// A profile of 1,000 cases -> the CPU time that planning, storing and reporting it takes, and the size of its result.

import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildPlan } from "../../src/plan/build-plan.ts";
import { loadProfile } from "../../src/profile/load.ts";
import { createFiles } from "../../src/platform/linux/file.ts";
import { addRound, beginResult, finishResult } from "../../src/result/assemble-result.ts";
import { assembleRound } from "../../src/result/assemble-round.ts";
import { writeFileAtomically } from "../../src/result/store.ts";
import { LINUX, placeFor } from "../plan/fixture.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";
import type { Figure } from "./own-overhead.ts";
import { renderJson, renderTable } from "../report/writers.ts";

const PROFILE = JSON.stringify({
  name: "thousand",
  rounds: 1,
  jobs: [
    {
      name: "sweep",
      operation: ["read", "write"],
      blockSize: Array.from({ length: 10 }, (_, index) => 4096 * (index + 1)),
      queueDepth: Array.from({ length: 50 }, (_, index) => index + 2),
    },
  ],
});

const OPTIONS = { color: false, width: 80, mebibytes: false };

/** `samples` is what one round measured; every case gets it. */
export function largeResult(folder: string, samples: RoundSamples): readonly Figure[] {
  const path = join(folder, `diskbench-bench-${process.pid}.json`);
  const start = process.cpuUsage();
  const profile = loadProfile(PROFILE, "bench");
  const plan = buildPlan(
    profile,
    LINUX,
    profile.targets.map((target) => placeFor(target.path)),
    { force: false, allowFull: false },
  );
  const tool = { name: "diskbench", version: "0", node: process.versions.node, koffi: "0" } as const;
  const when = { startedAt: "2026-01-01T00:00:00.000Z", eviction: null };
  let result = beginResult({ tool, plan, profile: { name: profile.name }, targets: [], startedAt: when.startedAt });
  for (const { caseIndex, roundIndex } of plan.order) {
    result = addRound(result, caseIndex, assembleRound(samples, { index: roundIndex, ...when }), []);
  }
  result = finishResult(result, { state: "completed", finishedAt: when.startedAt, failures: [] });
  writeFileAtomically(createFiles(), path, renderJson(result, OPTIONS));
  renderTable(result, OPTIONS);
  const { user, system } = process.cpuUsage(start);
  const sizeBytes = statSync(path).size;
  rmSync(path);
  return [
    {
      name: `${plan.cases.length} cases planned, stored, reported`,
      value: (user + system) / 1e6,
      unit: "s CPU",
      atMost: 2,
    },
    { name: "size of that result", value: sizeBytes / 1e6, unit: "MB", atMost: null },
  ];
}
