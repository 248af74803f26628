// Suites of tests with outcomes -> a JUnit document that Ant's and Jenkins' schemas both accept.

import { groupBy } from "../shared/lists.ts";
import { printable } from "../shared/printable.ts";

export type JunitOutcome = "passed" | "failure" | "error" | "skipped";

export interface JunitTest {
  readonly className: string;
  readonly name: string;
  readonly outcome: JunitOutcome;
  readonly type: string;
  readonly text: string;
  readonly seconds: number;
}

/** Where and when it was measured. */
interface JunitOrigin {
  readonly hostname: string;
  /** ISO 8601; the schema has no room for a time zone. */
  readonly startedAt: string;
}

interface JunitSuite extends JunitOrigin {
  readonly name: string;
  readonly tests: readonly JunitTest[];
}

/** XML 1.0 cannot write most control characters, not even as references; `printable` writes them out. */
const escapeXml = (text: string): string =>
  printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[\ufffe\uffff]/g, "");

/** Names must not be empty, and blanks around them do not count. */
const nameOf = (text: string): string => (text.trim() === "" ? "unnamed" : escapeXml(text));

const secondsText = (seconds: number): string => seconds.toFixed(3);

const counted = (tests: readonly JunitTest[], outcome: JunitOutcome): number =>
  tests.filter((test) => test.outcome === outcome).length;

/** What a test holds by its outcome; one that passed holds nothing. */
const INNER: Readonly<Record<JunitOutcome, (type: string, text: string) => string>> = {
  passed: () => "/>",
  failure: (type, text) => `><failure type="${type}" message="${text}">${text}</failure></testcase>`,
  error: (type, text) => `><error type="${type}" message="${text}">${text}</error></testcase>`,
  skipped: (_, text) => `><skipped message="${text}"/></testcase>`,
};

function testXml({ className, name, outcome, type, text, seconds }: JunitTest): string {
  const open = `    <testcase classname="${nameOf(className)}" name="${nameOf(name)}" time="${secondsText(seconds)}"`;
  return open + INNER[outcome](escapeXml(type), escapeXml(text));
}

/** An ISO time without its fraction and zone; the epoch for a text that is no time. */
function timestamp(text: string): string {
  const time = Date.parse(text);
  return new Date(Number.isNaN(time) ? 0 : time).toISOString().slice(0, 19);
}

function suiteXml({ name, hostname, startedAt, tests }: JunitSuite, id: number): string {
  const seconds = secondsText(tests.reduce((sum, test) => sum + test.seconds, 0));
  const counts = `tests="${tests.length}" failures="${counted(tests, "failure")}" errors="${counted(tests, "error")}" skipped="${counted(tests, "skipped")}"`;
  const passed = tests.filter(({ outcome, text }) => outcome === "passed" && text !== "");
  return [
    `  <testsuite id="${id}" package="diskbench" name="${nameOf(name)}" hostname="${nameOf(hostname)}" ${counts} time="${seconds}" timestamp="${timestamp(startedAt)}">`,
    "    <properties/>",
    ...tests.map(testXml),
    // Ant knows no words of a single test that passed.
    `    <system-out>${passed.map(({ text }) => escapeXml(text)).join("\n")}</system-out>`,
    "    <system-err/>",
    "  </testsuite>",
  ].join("\n");
}

/** A suite with `ofAll`, what is about no single case, and one for each job with the tests of its cases. */
export function junitReport<Case extends { readonly job: string }>(
  { hostname, startedAt }: JunitOrigin,
  ofAll: readonly JunitTest[],
  cases: readonly Case[],
  testsOf: (each: Case) => readonly JunitTest[],
): string {
  const suite = (name: string, tests: readonly JunitTest[]): JunitSuite => ({ name, hostname, startedAt, tests });
  const jobs = groupBy(cases, ({ job }) => job);
  return junitXml([
    suite("diskbench", ofAll),
    ...Array.from(jobs, ([job, ofJob]) => suite(job, ofJob.flatMap(testsOf))),
  ]);
}

/** As Jenkins, GitLab and GitHub's reporters read it. Suites without tests are left out. Ends with a newline. */
function junitXml(suites: readonly JunitSuite[]): string {
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    ...suites.filter(({ tests }) => tests.length > 0).map(suiteXml),
    "</testsuites>",
  ].join("\n")}\n`;
}
