// Arguments -> the whole command, run as a process of its own in a directory of the test's own, and what came of it.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { parseResult } from "../../src/result/read-result.ts";
import type { Result } from "../../src/result/result.ts";
import type { Undo } from "./undo.ts";

const CHECKOUT = join(import.meta.dirname, "..", "..");
export const COMMAND = join(CHECKOUT, "bin", "diskbench.js");
const CACHE = join(CHECKOUT, ".cache");
const PATIENCE_MS = 30_000;
/** What a process that has ended wrote last is read within this time. */
const LAST_WORDS_MS = 200;

/** What is left of a command that has ended. */
export interface Ended {
  /** As a shell would say it: 128 + number for a signal that was not caught. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface StartOptions {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Words before `node`, e.g. `["strace", "-f"]`. */
  readonly prefix?: readonly string[];
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Processes that have `processId` as their parent. */
export function childrenOf(processId: number): number[] {
  try {
    const text = readFileSync(`/proc/${processId}/task/${processId}/children`, "utf8");
    return text.trim() === "" ? [] : text.trim().split(" ").map(Number);
  } catch {
    return [];
  }
}

/** Whether any thread of the process still runs. A zombie does not; its parent has just not looked yet. */
export function isAlive(processId: number): boolean {
  try {
    return readdirSync(`/proc/${processId}/task`).some(
      (thread) => !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${processId}/task/${thread}/status`, "utf8")),
    );
  } catch {
    return false;
  }
}

/** Waits until `condition` holds, at most half a minute. */
export async function until(what: string, condition: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  for (const end = Date.now() + patienceMs; !condition(); await sleep(10)) {
    if (Date.now() > end) throw new Error(`${what}: not within ${patienceMs} ms`);
  }
}

/** A command that runs; the leader of a process group of its own, as a shell would start it. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #startedMs = performance.now();
  /** Once it has ended, whatever it leaves behind. */
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";

  constructor(words: readonly string[], { directory, environment = {}, input, prefix = [] }: StartOptions) {
    const [program = "", ...rest] = [...prefix, process.execPath, COMMAND, ...words];
    this.#child = spawn(program, rest, {
      cwd: directory,
      env: { ...process.env, NO_COLOR: "1", ...environment },
      detached: true,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    this.#child.stdin?.end(input);
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.ended = this.#end();
  }

  async #end(): Promise<Ended> {
    const closed = once(this.#child, "close");
    const [code, signal] = (await once(this.#child, "exit")) as [number | null, string | null];
    const seconds = (performance.now() - this.#startedMs) / 1000;
    // An engine that the kernel holds keeps standard error open longer than the command lives.
    await Promise.race([closed, sleep(LAST_WORDS_MS)]);
    const { stdout, stderr } = this;
    return { code: code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0), stdout, stderr, seconds };
  }

  get processId(): number {
    return this.#child.pid ?? 0;
  }

  /** The engine process; 0: there is none now. */
  get engineId(): number {
    return childrenOf(this.processId)[0] ?? 0;
  }

  /** To the command alone. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** To the whole process group, as the terminal's Ctrl-C. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.processId, name);
  }

  /** Closes the reading ends, as `| head` does when it has seen enough. */
  hangUp(...streams: readonly ("stdout" | "stderr")[]): void {
    for (const stream of streams) this.#child[stream]?.destroy();
  }

  /** Waits until standard error has said something. */
  async says(pattern: RegExp): Promise<void> {
    await until(`${pattern} on stderr, where there is\n${this.stderr}`, () => pattern.test(this.stderr));
  }

  /** Ends whatever is left of it. */
  end(): void {
    try {
      this.signalGroup("SIGKILL");
    } catch {
      // Nothing is left.
    }
  }
}

/** Starts the command; what is left of it when the test is over is ended. */
export function start(undo: Undo, words: readonly string[], options: StartOptions): RunningCommand {
  const command = new RunningCommand(words, options);
  undo(() => command.end());
  return command;
}

/**
 * A directory to work in, with the documents that are given by name. In the checkout, because the system's temporary
 * directory may be in memory.
 */
export function workplace(undo: Undo, documents: Readonly<Record<string, unknown>> = {}): string {
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(CACHE, "command-"));
  undo(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, document] of Object.entries(documents)) {
    writeFileSync(join(directory, name), typeof document === "string" ? document : JSON.stringify(document));
  }
  return directory;
}

/** Runs the command to its end. */
export async function diskbench(undo: Undo, words: readonly string[], options: StartOptions): Promise<Ended> {
  return start(undo, words, options).ended;
}

/** The one result file of a directory, read through its schema. */
export function resultIn(directory: string): Result {
  const files = readdirSync(join(directory, "results"));
  expect(files).toHaveLength(1);
  const path = join(directory, "results", files[0] ?? "");
  return parseResult(readFileSync(path, "utf8"), path);
}
