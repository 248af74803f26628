// A page of the documentation -> the lines in it, and a shell that runs them as they stand there, on the simulated device.

import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND, workplace } from "../support/diskbench.ts";
import type { Undo } from "../support/undo.ts";

export const ROOT = join(import.meta.dirname, "..", "..");

/** The blocks of a language in a page of docs/. */
export function fences(page: string, language: string): readonly string[] {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, of, lines]) =>
    of === language ? [lines ?? ""] : [],
  );
}

const PROFILE = {
  name: "ci-smoke",
  rounds: 6,
  target: { path: "x.dat", size: "16MiB" },
  defaults: { method: "simulated", duration: "30ms", warmup: "0s", blockSize: "4KiB" },
  jobs: [{ name: "random", queueDepth: 8 }],
};

/** A place where `npx diskbench` is this checkout and `ci-smoke` a quick profile of that name. */
export function place(undo: Undo): string {
  const directory = workplace(undo, { "ci-smoke": JSON.stringify(PROFILE) });
  const npx = join(directory, "npx");
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${COMMAND}" "$@"\n`);
  chmodSync(npx, 0o755);
  return directory;
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

export function shell(directory: string, script: string, environment: Readonly<Record<string, string>> = {}): Outcome {
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
