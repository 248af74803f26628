// A result -> JUnit XML: a suite per job, and for each case a test of its measurement, of every gate and every check.

import type { CaseResult, Check, Result } from "../result/result.ts";
import { errorText, failureText } from "./facts.ts";
import { type JunitOutcome, junitReport, type JunitTest } from "./junit.ts";
import { formatFigure } from "./numbers.ts";
import type { RenderReport } from "./options.ts";
import { counted } from "../shared/units.ts";

/** JUnit knows no warnings: what a check could not vouch for is neither green nor red. */
const OUTCOMES: Readonly<Record<Check["status"], JunitOutcome>> = {
  pass: "passed",
  warn: "skipped",
  fail: "failure",
};

const isGate = ({ code }: Check): boolean => code === "gate";

/** A gate is told from others on the same case by its metric. */
const checkName = (check: Check): string =>
  isGate(check) ? `gate ${String(check.facts["metric"])}` : `check ${check.code}`;

const checkTest = (className: string, check: Check): JunitTest => ({
  className,
  name: checkName(check),
  outcome: OUTCOMES[check.status],
  type: check.code,
  text: check.message,
  seconds: 0,
});

const STATE_OUTCOMES: Readonly<Record<CaseResult["state"], JunitOutcome>> = {
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

function measurementTest(each: CaseResult): JunitTest {
  const errors = errorText(each);
  const failure = each.failure === null ? null : failureText(each.failure);
  return {
    className: each.id,
    name: "measurement",
    outcome: errors === null && failure === null ? STATE_OUTCOMES[each.state] : "error",
    type: each.failure?.code ?? (errors === null ? each.state : "IO_FAILED"),
    text: [failure, errors, measuredText(each)].filter((text) => text !== null).join("; "),
    seconds: each.rounds.reduce((sum, { measuredSeconds }) => sum + measuredSeconds, 0),
  };
}

function caseTests(each: CaseResult, gates: readonly Check[]): readonly JunitTest[] {
  const own = gates.filter(({ facts }) => facts["case"] === each.id);
  return [measurementTest(each), ...[...own, ...each.checks].map((check) => checkTest(each.id, check))];
}

/** What is about the run and no single case. */
function runTests({ failures, checks }: Result): readonly JunitTest[] {
  const run = { className: "diskbench", seconds: 0 };
  return [
    ...failures.map((failure): JunitTest => ({
      ...run,
      name: "run",
      outcome: "error",
      type: failure.code,
      text: failureText(failure),
    })),
    ...checks.filter((check) => !isGate(check)).map((check) => checkTest(run.className, check)),
  ];
}

export const renderJunit: RenderReport = (result) => {
  const { cases, checks, machine, startedAt } = result;
  const gates = checks.filter(isGate);
  const origin = { hostname: machine.hostname, startedAt };
  return junitReport(origin, runTests(result), cases, (each) => caseTests(each, gates));
};
