// Results and comparisons, with friendly and with hostile names -> JUnit documents that keep to the schema.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, type TestContext } from "vitest";
import { compareResults } from "../../src/compare/compare.ts";
import type { Check, Result } from "../../src/result/result.ts";
import { withGates } from "../../src/result/gates.ts";
import { around, resultOf, side } from "../compare/fixture.ts";
import { completedResult, pendingResult } from "../result/fixture.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { renderComparisonJunit, renderJunit } from "./writers.ts";

const SCHEMA = join(import.meta.dirname, "junit.xsd");
const OPTIONS = { color: false, width: 80, mebibytes: false };

const HOSTILE = [
  "bell\u0007 and null\u0000",
  "end of data ]]> here",
  `quotes " ' and <tags> & &amp; entities`,
  "not a character \ufffe\uffff",
  "half a pair \ud800",
  "new\nline\tand tab",
  "\u202etfel ot thgir",
  "   ",
  "😀 and ünïcödé",
] as const;

function comparisonOf(job: string, level: number, rounds = 10) {
  const make = (factor: number, startedAt: string) =>
    resultOf(
      [
        {
          job,
          iops: around(100_000 / factor, rounds, 0.004, 1),
          p50: around(80_000 * factor, rounds, 0.004, 2),
          p99: around(250_000 * factor, rounds, 0.004, 3),
        },
      ],
      startedAt,
      (result) => ({ ...result, machine: { ...result.machine, hostname: job } }),
    );
  const [before, after] = [make(1, "2026-11-20T10:00:00.123Z"), make(level, "2026-11-21T10:00:00.456Z")];
  return compareResults(side(job, before), side("after", after), { gates: [], tolerances: [], allowed: [] });
}

const check = (code: string, status: Check["status"], message: string): Check => ({ code, status, message, facts: {} });

/** A result in which everything that can be said is said with `words`. */
function resultWith(words: string): Result {
  const result = completedResult([{ job: words }, { job: "other" }], 2);
  const cases = result.cases.map((each) => ({
    ...each,
    checks: [check("steady", "fail", words), check("samples", "warn", words), check("content", "pass", words)],
  }));
  const failure = { code: "IO_FAILED" as const, what: words, where: words, system: null, cause: null, next: words };
  const whole = { ...result, cases, checks: [check("power", "warn", words)], failures: [failure] };
  return withGates(whole, [{ metric: "iops", max: 1, min: null, case: null }]);
}

describeWith(["xmllint"], "JUnit by its schema", () => {
  function expectValid(xml: string, { onTestFinished: undo }: TestContext): void {
    const directory = mkdtempSync(join(tmpdir(), "diskbench-junit-"));
    undo(() => rmSync(directory, { recursive: true }));
    const path = join(directory, "junit.xml");
    writeFileSync(path, xml);
    // Throws with the places that are wrong.
    runTool("xmllint", "--noout", "--nonet", "--schema", SCHEMA, path);
  }

  test.for([
    ["pass", comparisonOf("rand", 1)],
    ["regressed", comparisonOf("rand", 1.2)],
    ["too few rounds", comparisonOf("rand", 1, 3)],
  ] as const)("a comparison: %s", ([, comparison], context) => expectValid(renderComparisonJunit(comparison), context));

  test("a comparison of what cannot be compared", (context) => {
    const comparison = comparisonOf("rand", 1);
    const cases = comparison.cases.map((each) => ({
      ...each,
      metrics: each.metrics.map((metric) => ({ ...metric, verdict: "not-comparable" as const })),
    }));
    expectValid(renderComparisonJunit({ ...comparison, cases }), context);
  });

  test("a run, whole, not begun, and without a case", (context) => {
    expectValid(renderJunit(completedResult([{ job: "a" }, { job: "b" }], 3), OPTIONS), context);
    expectValid(renderJunit(pendingResult([{ job: "a" }], 3), OPTIONS), context);
    expectValid(renderJunit({ ...completedResult([{ job: "a" }]), cases: [] }, OPTIONS), context);
  });

  test.for(HOSTILE)("whatever names hold: %j", (words, context) => {
    expectValid(renderComparisonJunit(comparisonOf(words, 1.2)), context);
    expectValid(renderJunit(resultWith(words), OPTIONS), context);
  });

  test("and the schema refuses what readers stumble over", (context) => {
    const xml = renderJunit(resultWith("x"), OPTIONS);
    const wrong = [
      xml.replace("<testsuites>", '<testsuites tests="1">'),
      xml.replace(/ hostname="[^"]*"/, ""),
      xml.replace(/ timestamp="([^"]*)"/, ' timestamp="$1Z"'),
      xml.replaceAll("failure type", "failure kind"),
      xml.replace(/ time="[^"]*"/, ' time="1e-7"'),
    ];
    for (const text of wrong) {
      expect(text).not.toBe(xml);
      expect(() => expectValid(text, context)).toThrow(/validate/);
    }
  });
});

describe("JUnit of a run", () => {
  const xml = renderJunit(resultWith("words"), OPTIONS);
  const suites = xml.split("<testsuite ").slice(1);

  test("has a suite for the run and one per job, with a test for the measurement, each gate and each check", () => {
    expect(suites.map((text) => / name="([^"]*)"/.exec(text)?.[1])).toEqual(["diskbench", "words", "other"]);
    const names = [...(suites[1] ?? "").matchAll(/<testcase classname="([^"]*)" name="([^"]*)"/g)];
    expect(names.map(([, className, name]) => [className, name])).toEqual(
      ["measurement", "gate iops", "check steady", "check samples", "check content"].map((name) => [
        "words/case-0",
        name,
      ]),
    );
  });

  test("fails on gates and checks that failed, skips warnings, and calls a failure of the run an error", () => {
    expect(suites[1]).toContain('tests="5" failures="2" errors="0" skipped="1"');
    expect(suites[1]).toMatch(/<failure type="gate" message="iops of words\/case-0 has to be at most 1 per second/);
    expect(suites[0]).toContain('tests="2" failures="0" errors="1" skipped="1"');
  });

  test("says what was measured, and for how long", () => {
    expect(suites[1]).toMatch(/words\/case-0: [\d.]+ MB\/s, \d+ IOPS, 2 rounds \(completed\)/);
    expect(suites[1]).toMatch(/name="measurement" time="3\.\d+"/);
  });

  test("makes errors of cases that failed or in which I/Os failed", () => {
    const result = completedResult([{ job: "a" }, { job: "b" }]);
    const [first, second] = result.cases;
    if (first === undefined || second === undefined) throw new Error("two cases");
    const rounds = first.rounds.map((round) => ({
      ...round,
      errors: { ...round.errors, failed: 2, byCode: { EIO: 2 } },
    }));
    const failure = {
      code: "TARGET_CHANGED" as const,
      what: "it shrank",
      where: null,
      system: null,
      cause: null,
      next: null,
    };
    const cases = [
      { ...first, rounds },
      { ...second, state: "failed" as const, failure },
    ];
    const text = renderJunit({ ...result, cases }, OPTIONS);
    expect(text).toMatch(/<error type="IO_FAILED" message="a\/case-0: 2 I\/Os failed \(EIO 2\)/);
    expect(text).toMatch(/<error type="TARGET_CHANGED" message="it shrank/);
  });
});
