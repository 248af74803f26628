// A fault and a way of doing I/O -> a run of the command into which the fault strikes, and what was left of it.

import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { failuresIn } from "../../src/cli/exit-codes.ts";
import { diskbench, isAlive, resultIn, start, until, workplace, type RunningCommand } from "../support/diskbench.ts";
import type { Undo } from "../support/undo.ts";

/** The ways of doing I/O that a fault may meet, by the name that the table has for them. */
export const WAYS = {
  pwrite: { method: "pwrite" },
  pwritev: { method: "pwritev" },
  libaio: { method: "libaio", queueDepth: 4 },
  io_uring: { method: "io_uring", queueDepth: 4 },
  "io_uring, vectored": { method: "gather", queueDepth: 4 },
  mapped: { method: "mapped" },
} as const;
export type Way = keyof typeof WAYS;
export const ALL_WAYS = Object.keys(WAYS) as Way[];
/** Those that tell what became of every single I/O; of a mapped page nobody learns anything but that it is not there. */
export const CALLING_WAYS = ALL_WAYS.filter((way) => way !== "mapped");

/** Where the fault strikes. */
export interface Scene {
  /** Path of the file that is exercised. */
  readonly target: string;
  /** Whether it stands there already and is not diskbench's own. */
  readonly foreign: boolean;
  readonly sizeBytes: number;
  /** How it gets its space, where that is not by being filled. */
  readonly preallocate?: "extend";
  /** Lets the fault happen in the middle of the second round; absent: it is there from the start. */
  readonly strike?: (command: RunningCommand) => void | Promise<void>;
  /** Takes back what keeps the run's processes from ending. */
  readonly relieve?: () => void;
  /** Words before the command, and what its environment has besides. */
  readonly prefix?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a person or a script sees of the run afterwards; also what is expected of it. */
export interface Outcome {
  readonly exit: number;
  /** Code of each failure, with the system's name for it; `none`. */
  readonly failure: string;
  /** Of the result. */
  readonly state: string;
  /** The test file: `removed`; `stays` (not diskbench's own); `left, said` by the run; `left, next run cleans up`. */
  readonly file: string;
}

export interface Seen extends Outcome {
  /** Rounds that were announced as done and are not in the result. */
  readonly lostRounds: number;
  /** Processes that are left and that nobody has named. */
  readonly unnamedProcesses: number;
  readonly stderr: string;
}

const FIRST_DONE = /^\[1\/2\].*done/m;
const SECOND_ROUND = /^\[2\/2\].*measure/m;
/** Between the opening of the file and its first I/O. */
const TO_FIRST_IO_MS = 100;
const DONE = /^\[\d\/3\] .*: done,/gm;

const unique = (texts: readonly string[]): string => [...new Set(texts)].join(", ");

interface Document {
  readonly [key: string]: unknown;
}

function profileOf(scene: Scene, job: Document, defaults: Document): Document {
  const { target: path, foreign, sizeBytes, preallocate = "fill" } = scene;
  const own = { size: sizeBytes, preallocate };
  return {
    name: "fault",
    rounds: 2,
    target: { path, ...(foreign ? { preallocate: "none", fill: "none" } : own) },
    defaults: { duration: "700ms", warmup: 0, blockSize: "4KiB", operation: "write", ...defaults },
    jobs: [{ name: "job", ...job }],
  };
}

/** What the run that comes after does about what was left. */
async function afterNextRun(undo: Undo, directory: string, { target }: Scene): Promise<string> {
  const words = ["run", "p.json", "--rounds", "1", "--duration", "50ms", "--output", "next.json"];
  const { code, stderr } = await diskbench(undo, words, { directory });
  // A check of so short a run may fail, which is no matter here.
  const isWell = code <= 1 && /was left behind by a run that was ended from outside/.test(stderr);
  return isWell && !existsSync(target)
    ? "left, next run cleans up"
    : `left, and after the next run (${code}): ${stderr}`;
}

async function fateOfFile(undo: Undo, directory: string, scene: Scene, stderr: string): Promise<string> {
  const { target, foreign } = scene;
  if (foreign) return "stays";
  if (!existsSync(dirname(target)) || !readdirSync(dirname(target)).includes(basename(target))) return "removed";
  if (/was not removed|cannot be removed/.test(stderr)) return "left, said";
  return afterNextRun(undo, directory, scene);
}

export interface RunSettings {
  readonly defaults?: Document;
  readonly words?: readonly string[];
  readonly between?: boolean;
  readonly atDone?: boolean;
  readonly anyName?: boolean;
}

/** Whether the process has the file open. */
function hasOpen(processId: number, path: string): boolean {
  try {
    const folder = `/proc/${processId}/fd`;
    return readdirSync(folder).some((each) => readlinkSync(join(folder, each)) === path);
  } catch {
    // It opens and closes files, or ends, while we look.
    return false;
  }
}

/** Runs two rounds of one case in `way`, with the fault of `scene` in the second, and looks at what became of it. */
export async function runInto(
  undo: Undo,
  scene: Scene,
  way: Way,
  { defaults = {}, words = [], between = false, atDone = false, anyName = false }: RunSettings = {},
): Promise<Seen> {
  const job: Document = WAYS[way];
  const directory = workplace(undo, { "p.json": profileOf(scene, job, defaults) });
  const flags = [...(scene.foreign ? ["--force"] : []), ...words];
  const command = start(undo, ["run", "p.json", ...flags], {
    directory,
    prefix: scene.prefix ?? [],
    environment: scene.environment ?? {},
  });
  let engineId = 0;
  if (scene.strike !== undefined) {
    await Promise.race([command.says(atDone ? FIRST_DONE : SECOND_ROUND), command.ended]);
    engineId = command.engineId;
    if (!between && !atDone) {
      await until("the round opens its file", () => hasOpen(engineId, scene.target) || !isAlive(engineId));
      await sleep(TO_FIRST_IO_MS);
    }
    if (engineId === 0) throw new Error(`the run was over before the fault could strike\n${command.stderr}`);
    await scene.strike(command);
  }
  const { code, stderr } = await command.ended;
  // Parsed through its schema, which throws at anything that is not a whole result.
  const result = existsSync(join(directory, "results")) ? resultIn(directory) : null;
  const failures = result === null ? [] : failuresIn(result);
  const isLeft = engineId > 0 && isAlive(engineId) && !stderr.includes(`the engine process ${engineId}`);
  scene.relieve?.();
  const done = stderr.match(DONE)?.length ?? 0;
  return {
    exit: code,
    failure:
      unique(failures.map((each) => each.code + (each.system && !anyName ? ` (${each.system.name})` : ""))) || "none",
    state: result?.state ?? "none",
    file: await fateOfFile(undo, directory, scene, stderr),
    lostRounds: Math.max(0, done - (result?.cases[0]?.rounds.length ?? 0)),
    unnamedProcesses: isLeft ? 1 : 0,
    stderr,
  };
}
