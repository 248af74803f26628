// The shell lines of docs/ci.md and action.yml -> run as they stand there, on the simulated device.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fences, place, ROOT, shell } from "./place.ts";

const action = readFileSync(join(ROOT, "action.yml"), "utf8");

/** Every `run: |` block of a YAML text, and every `run:` of one line, without their indent. */
function runBlocks(yaml: string): readonly string[] {
  const lines = yaml.split("\n");
  return lines.flatMap((line, index) => {
    const [, indent = "", rest = ""] = /^(\s*)(?:- )?run: (.+)$/.exec(line) ?? [];
    if (rest === "") return [];
    if (rest !== "|") return [rest];
    const body = lines.slice(index + 1);
    const end = body.findIndex((each) => each.trim() !== "" && !each.startsWith(`${indent} `));
    return [(end === -1 ? body : body.slice(0, end)).map((each) => each.trimStart()).join("\n")];
  });
}

const SLOWER = { DISKBENCH_SIMULATION: '{"baseNs":90000}' };

describe("docs/ci.md", () => {
  const [workflow = "", , gitlab = ""] = fences("ci.md", "yaml");
  const [measure = "", compare = "", keep = ""] = runBlocks(workflow);

  test("the GitHub workflow: measured, kept, compared, red when slower", ({ onTestFinished: undo }) => {
    const directory = place(undo);
    expect(shell(directory, measure)).toMatchObject({ code: 0 });
    expect(readdirSync(join(directory, "candidate"))).toHaveLength(5);
    expect(shell(directory, keep)).toMatchObject({ code: 0 });
    const summary = join(directory, "summary.md");
    const green = shell(directory, compare, { GITHUB_STEP_SUMMARY: summary });
    expect(green.output).toContain("pass");
    expect(green.code).toBe(0);
    expect(readFileSync(summary, "utf8")).toMatch(/^### ✅ diskbench/);
    expect(shell(directory, measure, SLOWER).code).toBe(0);
    const red = shell(directory, compare, { GITHUB_ACTIONS: "true" });
    expect(red.output).toContain("::error title=diskbench%3A regressed::");
    expect(red.code).toBe(1);
    expect(readFileSync(join(directory, "storage.xml"), "utf8")).toContain("<failure ");
  });

  test("the GitLab job: its lines one after the other", ({ onTestFinished: undo }) => {
    const directory = place(undo);
    const lines = /script:\n((?: {4}- .*\n)+)/.exec(gitlab)?.[1] ?? "";
    const script = lines.replaceAll(/^ {4}- /gm, "");
    const branch = (name: string) => ({ CI_COMMIT_BRANCH: name, CI_DEFAULT_BRANCH: "main" });
    expect(shell(directory, script, branch("main")).code).toBe(0);
    expect(existsSync(join(directory, "baseline", "5.json"))).toBe(true);
    const red = shell(directory, script, { ...branch("change"), ...SLOWER });
    expect(red.code).toBe(1);
    expect(readFileSync(join(directory, "storage.xml"), "utf8")).toContain("<failure ");
  });

  test("the lines for a shell", ({ onTestFinished: undo }) => {
    const [twoTargets = "", noise = ""] = fences("ci.md", "sh");
    const directory = place(undo);
    mkdirSync(join(directory, "before"));
    mkdirSync(join(directory, "after"));
    expect(shell(directory, twoTargets.replaceAll("/mnt/", `${directory}/`))).toMatchObject({ code: 0 });
    const measured = shell(directory, noise);
    expect(measured.output).toContain("Suggested: --tolerance");
    expect(measured.code).toBe(0);
  });
});

describe("action.yml", () => {
  const [install = "", measure = "", compare = ""] = runBlocks(action);

  test("installs, measures and compares", ({ onTestFinished: undo }) => {
    const directory = place(undo);
    const output = join(directory, "output");
    const github = { GITHUB_ACTION_PATH: ROOT, GITHUB_OUTPUT: output, RUNNER_TEMP: directory };
    const inputs = { PROFILE: "ci-smoke", TARGET: "", RUNS: "5" };
    const measured = (environment: Readonly<Record<string, string>> = {}): string => {
      writeFileSync(output, "");
      expect(shell(directory, `${install}\n${measure}`, { ...github, ...inputs, ...environment })).toMatchObject({
        code: 0,
      });
      return /^results=(.+)$/m.exec(readFileSync(output, "utf8"))?.[1] ?? "";
    };
    const [baseline, slower] = [measured(), measured(SLOWER)];
    const judged = (tolerance: string, gate = ""): number | null =>
      shell(directory, compare, {
        ...github,
        BASELINE: baseline,
        CANDIDATE: slower,
        TOLERANCE: tolerance,
        GATE: gate,
        ALLOW: "device",
        STRICT: "true",
      }).code;
    expect(judged("")).toBe(1);
    expect(judged("60% latencyNs.p50=70%")).toBe(0);
    expect(judged("", "iops")).toBe(1);
  });

  test("every input that it names is used, and every one that is used is named", () => {
    const named = [...action.matchAll(/^ {2}([\w-]+):\n {4}description/gm)].map(([, name]) => name);
    const used = [...action.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(named.filter((name) => name !== "results")));
  });
});
