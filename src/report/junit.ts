// A page's suites of tests -> a JUnit document that Ant's and Jenkins' schemas both accept.

import { printable } from "../shared/printable.ts";
import type { Page, RenderPage, Suite, Test, TestOutcome } from "./page.ts";

/** As Jenkins, GitLab and GitHub's reporters read it. Suites without tests are left out. Ends with a newline. */
export const render: RenderPage = (page) => {
  const suites = page.suites.filter(({ tests }) => tests.length > 0);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    ...suites.map((suite, id) => suiteXml(suite, id, page)),
    "</testsuites>",
  ].join("\n")}\n`;
};

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

const counted = (tests: readonly Test[], outcome: TestOutcome): number =>
  tests.filter((test) => test.outcome === outcome).length;

/** What a test holds by its outcome; one that passed holds nothing. */
const INNER: Readonly<Record<TestOutcome, (type: string, text: string) => string>> = {
  passed: () => "/>",
  failure: (type, text) => `><failure type="${type}" message="${text}">${text}</failure></testcase>`,
  error: (type, text) => `><error type="${type}" message="${text}">${text}</error></testcase>`,
  skipped: (_, text) => `><skipped message="${text}"/></testcase>`,
};

function testXml({ className, name, outcome, type, text, seconds }: Test): string {
  const open = `    <testcase classname="${nameOf(className)}" name="${nameOf(name)}" time="${secondsText(seconds)}"`;
  return open + INNER[outcome](escapeXml(type), escapeXml(text));
}

/** An ISO time without its fraction and zone; the epoch for a text that is no time. */
function timestamp(text: string): string {
  const time = Date.parse(text);
  return new Date(Number.isNaN(time) ? 0 : time).toISOString().slice(0, 19);
}

/** The schema has no room for a time zone. */
function suiteXml({ name, tests }: Suite, id: number, { hostname, startedAt }: Page): string {
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
