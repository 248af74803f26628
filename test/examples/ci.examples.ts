// The shell lines of docs/ci.md and action.yml -> run as they stand there, on the simulated device.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMAND, workplace } from "../support/diskbench.ts";
import type { Undo } from "../support/undo.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(ROOT, "docs", "ci.md"), "utf8");
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

const fences = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, of, text]) => (of === language ? [text ?? ""] : []));

const PROFILE = {
  name: "ci-smoke",
  rounds: 6,
  target: { path: "x.dat", size: "16MiB" },
  defaults: { method: "simulated", duration: "30ms", warmup: "0s", blockSize: "4KiB" },
  jobs: [{ name: "random", queueDepth: 8 }],
};

/** A place where `npx diskbench` is this checkout and `ci-smoke` a quick profile of that name. */
function place(undo: Undo): string {
  const directory = workplace(undo, { "ci-smoke": JSON.stringify(PROFILE) });
  const npx = join(directory, "npx");
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${COMMAND}" "$@"\n`);
  chmodSync(npx, 0o755);
  return directory;
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

function shell(directory: string, script: string, environment: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], {
    cwd: directory,
    encoding: "utf8",
    env: {
      ...process.env,
      GITHUB_STEP_SUMMARY: "",
      GITHUB_ACTIONS: "",
      PATH: `${directory}:${process.env["PATH"] ?? ""}`,
      ...environment,
    },
  });
  return { code: status, output: stdout + stderr };
}

const SLOWER = { DISKBENCH_SIMULATION: '{"baseNs":90000}' };

describe("docs/ci.md", () => {
  const [workflow = "", , gitlab = ""] = fences("yaml");
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
    const [twoTargets = "", noise = ""] = fences("sh");
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
