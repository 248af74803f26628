// A profile of several jobs on standard input, and a name -> the result of all its cases run as the members of one of that name, on stdout. By the built command.

import { describeMachine } from "../../dist/machine/describe-machine.js";
import { describeTarget } from "../../dist/machine/describe-target.js";
import { buildPlan } from "../../dist/plan/build-plan.js";
import { loadPlatform } from "../../dist/platform/index.js";
import { loadProfile } from "../../dist/profile/load.js";
import { runPlan } from "../../dist/run/run-plan.js";
import { readFileSync } from "node:fs";

const platform = await loadPlatform();
const profile = loadProfile(readFileSync(0, "utf8"), "together.json");
const facts = profile.targets.map(({ path }) => describeTarget(platform, path, process.cwd()));
const plan = buildPlan(profile, describeMachine(platform), facts, { force: false, allowFull: false });
const [first] = plan.cases;
const together = { ...first, id: process.argv[2], job: process.argv[2], members: plan.cases };
const order = Array.from({ length: plan.rounds }, (_, roundIndex) => ({ caseIndex: 0, roundIndex }));
const result = await runPlan(
  platform,
  { ...plan, cases: [together], order },
  {
    keep: false,
    force: false,
    confirm: [],
    stallTimeoutSeconds: 30,
    tool: { name: "diskbench", version: "0", node: process.versions.node, koffi: "0" },
    profile: { name: profile.name },
    stop: new AbortController().signal,
    onEvent: ({ kind, caseId, text }) => process.stderr.write(`${[kind, caseId, text].filter(Boolean).join(" ")}\n`),
    save: () => "nowhere",
  },
);
process.stdout.write(JSON.stringify(result));
