// A result -> suites of tests: one per job, and for each case a test of its measurement, of every gate and every check.

import type { CaseResult, Check, Result } from "../result/result.ts";
import { caseFailureTexts, failureText } from "./facts.ts";
import { formatFigure } from "./numbers.ts";
import type { Suite, Test, TestOutcome } from "./page.ts";
import { suitesOf } from "./suites.ts";
import { counted } from "../shared/units.ts";

/** JUnit knows no warnings: what a check could not vouch for is neither green nor red. */
const OUTCOMES: Readonly<Record<Check["status"], TestOutcome>> = {
  pass: "passed",
  warn: "skipped",
  fail: "failure",
};

const isGate = ({ code }: Check): boolean => code === "gate";

/** A gate is told from others on the same case by its metric. */
const checkName = (check: Check): string =>
  isGate(check) ? `gate ${String(check.facts["metric"])}` : `check ${check.code}`;

const checkTest = (className: string, check: Check): Test => ({
  className,
  name: checkName(check),
  outcome: OUTCOMES[check.status],
  type: check.code,
  text: check.message,
  seconds: 0,
});

const STATE_OUTCOMES: Readonly<Record<CaseResult["state"], TestOutcome>> = {
  completed: "passed",
  failed: "error",
  aborted: "error",
  pending: "skipped",
};

function measuredText({ id, rounds, state, summary }: CaseResult): string {
  if (summary === null) return `${id}: no round that counts (${state})`;
  const rate = `${formatFigure(summary.bytesPerSecond.median / 1e6)} MB/s, ${formatFigure(summary.iops.median)} IOPS`;
  return `${id}: ${rate}, ${counted(rounds.length, "round")} (${state})`;
}

function measurementTest(each: CaseResult): Test {
  const failures = caseFailureTexts(each);
  return {
    className: each.id,
    name: "measurement",
    outcome: failures.length === 0 ? STATE_OUTCOMES[each.state] : "error",
    type: each.failure?.code ?? (failures.length === 0 ? each.state : "IO_FAILED"),
    text: [...failures, measuredText(each)].join("; "),
    seconds: each.rounds.reduce((sum, { measuredSeconds }) => sum + measuredSeconds, 0),
  };
}

function caseTests(each: CaseResult, gates: readonly Check[]): readonly Test[] {
  const own = gates.filter(({ facts }) => facts["case"] === each.id);
  return [measurementTest(each), ...[...own, ...each.checks].map((check) => checkTest(each.id, check))];
}

/** What is about the run and no single case. */
function runTests({ failures, checks }: Result): readonly Test[] {
  const run = { className: "diskbench", seconds: 0 };
  return [
    ...failures.map((failure): Test => ({
      ...run,
      name: "run",
      outcome: "error",
      type: failure.code,
      text: failureText(failure),
    })),
    ...checks.filter((check) => !isGate(check)).map((check) => checkTest(run.className, check)),
  ];
}

export function resultSuites(result: Result): readonly Suite[] {
  const gates = result.checks.filter(isGate);
  return suitesOf(runTests(result), result.cases, (each) => caseTests(each, gates));
}
