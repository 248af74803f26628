// The host's side of the rig: diskbench started on its Windows, watched through files, interrupted, its result read.

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseResult } from "../../src/result/read-result.ts";
import type { CaseResult, Result } from "../../src/result/result.ts";

interface Rig {
  readonly appFolder: string;
  readonly command: string;
  readonly commandParameters: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

const { DISKBENCH_RIG: text } = process.env;
assert.ok(text !== undefined, "these tests are run by test/windows/run.mjs");
const windows = JSON.parse(text) as Rig;
const hostAppFolder = fileURLToPath(new URL("../../", import.meta.url));

/** On Linux the rig's Windows is Wine; on Windows it is this machine. */
export const underWine = process.platform !== "win32";
/** The long form of a test is asked for. */
export const full = process.env["DISKBENCH_FULL"] === "1";

/** How the rig's Windows calls a path of this machine: Wine shows all of it as drive Z. */
export function windowsPath(path: string): string {
  return underWine ? `Z:${path.replaceAll("/", "\\")}` : path;
}

export const builtInProfile = (name: string): string =>
  windowsPath(join(windows.appFolder, "profiles", `${name}.json`));

const PATIENCE_MS = 60_000;
const LOOK_MS = 5;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** `host`: on this system instead, for comparisons. */
  readonly on?: "windows" | "host";
  readonly nodeFlags?: readonly string[];
}

let starts = 0;

/** One command, running. Its output goes through files: under Wine a console program's pipes lose some of it. */
export class Command {
  readonly #child: ChildProcess;
  readonly #paths: readonly [output: string, error: string];
  readonly ended: Promise<Ended>;

  constructor(directory: string, words: readonly string[], { on = "windows", nodeFlags = [] }: StartOptions = {}) {
    starts += 1;
    this.#paths = [join(directory, `.${starts}.out`), join(directory, `.${starts}.err`)];
    const [output, error] = this.#paths.map((path) => openSync(path, "w")) as [number, number];
    const rig: Rig =
      on === "windows"
        ? windows
        : { appFolder: hostAppFolder, command: process.execPath, commandParameters: [], environment: process.env };
    const script = join(rig.appFolder, "bin", "diskbench.js");
    const command = [...nodeFlags, on === "windows" ? windowsPath(script) : script, ...words];
    this.#child = spawn(rig.command, [...rig.commandParameters, ...command], {
      cwd: directory,
      env: { ...rig.environment, NO_COLOR: "1" },
      stdio: ["ignore", output, error],
    });
    this.ended = once(this.#child, "exit").then(([status]) => {
      closeSync(output);
      closeSync(error);
      return { status: status as number | null, stdout: readFileSync(this.#paths[0], "utf8"), stderr: this.stderr };
    });
  }

  get stderr(): string {
    return readFileSync(this.#paths[1], "utf8");
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null;
  }

  /** Waits until standard error has said something. */
  async says(pattern: RegExp): Promise<void> {
    for (const end = performance.now() + PATIENCE_MS; !pattern.test(this.stderr); await sleep(LOOK_MS)) {
      assert.ok(this.isRunning && performance.now() < end, `${pattern} was not said, but\n${this.stderr}`);
    }
  }

  /** Ctrl-C, as Wine takes it from a terminal. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Runs diskbench in `directory` to its end. */
export async function diskbench(directory: string, words: readonly string[], options?: StartOptions): Promise<Ended> {
  return new Command(directory, words, options).ended;
}

/** Writes a profile into `directory` and returns its name. */
export function writeProfile(directory: string, profile: Readonly<Record<string, unknown>>): string {
  writeFileSync(join(directory, "profile.json"), JSON.stringify(profile));
  return "profile.json";
}

/** What stands in `directory`, captured output left out. */
export function filesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith("."))
    .toSorted();
}

/** Standard output read through the schema of results, which is the same on every system. */
export function resultOf({ status, stdout, stderr }: Ended, expectedStatus = 0): Result {
  assert.equal(status, expectedStatus, stderr);
  return parseResult(stdout, "standard output");
}

export function onlyCase(result: Result): CaseResult {
  const [only, ...others] = result.cases;
  assert.ok(only !== undefined && others.length === 0, "one case");
  return only;
}

/** For messages: what a case calls, e.g. `ReadFile GetQueuedCompletionStatusEx`. */
export const callsOf = ({ settings }: CaseResult): string => settings.nativeOperations.join(" ");
