// kill -9 of the engine, or of the command, at random moments of a run -> results hold, the next run cleans up.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { parseResult } from "../../src/result/read-result.ts";
import type { Result } from "../../src/result/result.ts";
import { mulberry32 } from "../../src/shared/random.ts";
import { isAlive, start, until, workplace, type Ended, type RunningCommand } from "../support/diskbench.ts";
import { temporaryDirectory } from "../support/places.ts";
import { livingMembers } from "../support/process-group.ts";
import { withCleanup, type Undo } from "../support/undo.ts";

const STRIKES = process.env["DISKBENCH_FULL"] === "1" ? 100 : 10;
/** The same moments again: DISKBENCH_SEED=<what was printed>. */
const SEED = Number(process.env["DISKBENCH_SEED"] ?? Date.now() % 1_000_000);

const TARGET = { size: "48MiB" };
const DEFAULTS = { operation: "write", blockSize: "4KiB", duration: "250ms", warmup: "120ms" };
const JOBS = [
  { name: "queued", queueDepth: 4 },
  { name: "mapped", method: "mapped" },
];

interface Place {
  readonly directory: string;
  readonly targetPath: string;
  readonly temporary: string;
}

/** Two profiles for one target: the run that is struck, and the one that comes after. */
function place(undo: Undo): Place {
  const target = { ...TARGET, path: join(temporaryDirectory(undo, { onTmpfs: true }), "test.dat") };
  const struck = { name: "struck", rounds: 2, target, defaults: DEFAULTS, jobs: JOBS };
  const next = { name: "next", rounds: 1, target, defaults: { ios: 100, warmup: 0 }, jobs: [{ name: "reads" }] };
  const directory = workplace(undo, { "struck.json": struck, "next.json": next });
  return { directory, targetPath: target.path, temporary: temporaryDirectory(undo) };
}

function begin(undo: Undo, { directory, temporary }: Place, profile: string): RunningCommand {
  return start(undo, ["run", profile], { directory, environment: { TMPDIR: temporary } });
}

/** What the last line on standard error says about the moment. */
const PHASES: readonly (readonly [RegExp, string])[] = [
  [/^\[4\/4\].*: done.*\n$/m, "checks and removal"],
  [/: done.*\n$/, "saving"],
  [/: (measure|drain)[^\n]*\n$/, "window"],
  [/: warm-up[^\n]*\n$/, "warm-up"],
  [/^fill [^\n]*\n$/m, "fill"],
];
const phaseOf = (stderr: string): string => {
  const lastLine = stderr.slice(stderr.trimEnd().lastIndexOf("\n") + 1);
  return PHASES.find(([pattern]) => pattern.test(lastLine))?.[1] ?? "start";
};

/** All results there are; each must be whole, and nothing else may lie among them. */
function resultsIn(directory: string): readonly Result[] {
  const folder = join(directory, "results");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder);
  expect(names.filter((name) => !/^20.*\.json$/.test(name))).toEqual([]);
  return names.map((name) => parseResult(readFileSync(join(folder, name), "utf8"), name));
}

/** Rounds that the command has reported finished, by case. */
function reportedRounds(stderr: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [, caseId = ""] of stderr.matchAll(/^\[\d+\/\d+\] (.*): done,.*\n/gm)) {
    counts[caseId] = (counts[caseId] ?? 0) + 1;
  }
  return counts;
}

/** Every reported round is in the file; at most one is there that could not be reported any more. */
function expectReportedRounds(stderr: string, results: readonly Result[]): void {
  const reported = reportedRounds(stderr);
  const total = Object.values(reported).reduce((sum, count) => sum + count, 0);
  expect(results.length).toBeLessThanOrEqual(1);
  const cases = results[0]?.cases ?? [];
  for (const [caseId, count] of Object.entries(reported)) {
    expect(cases.find(({ id }) => id === caseId)?.rounds.length, caseId).toBeGreaterThanOrEqual(count);
  }
  const kept = cases.reduce((sum, { rounds }) => sum + rounds.length, 0);
  expect(kept).toBeGreaterThanOrEqual(total);
  expect(kept).toBeLessThanOrEqual(total + 1);
}

/** The next run on the target works, says what it found, and leaves nothing. */
async function expectCleanNextRun(undo: Undo, at: Place, isTargetThere: boolean): Promise<void> {
  const next = begin(undo, at, "next.json");
  const { code, stderr } = await next.ended;
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(/test\.dat was left behind by a run that was ended from outside/.test(stderr)).toBe(isTargetThere);
  expect(readdirSync(dirname(at.targetPath))).toEqual([]);
  expect(readdirSync(at.temporary)).toEqual([]);
  const own = resultsIn(at.directory).filter(({ profile }) => profile.name === "next");
  expect(own.map(({ state, cases }) => [state, cases.length])).toEqual([["completed", 1]]);
  expect(livingMembers(next.processId)).toEqual([]);
}

type Victim = "engine" | "command";

interface Strike {
  /** Null: it came too late. */
  readonly phase: string | null;
  readonly ended: Ended;
  /** How long the victim would have lived or did live. */
  readonly livedMs: number;
}

async function strikeAt(undo: Undo, at: Place, victim: Victim, moment: number): Promise<Strike> {
  const command = begin(undo, at, "struck.json");
  if (victim === "engine") await until("the engine starts", () => command.engineId !== 0);
  const bornMs = performance.now();
  await sleep(moment);
  const processId = victim === "command" ? command.processId : command.engineId;
  const phase = processId !== 0 && isAlive(processId) ? phaseOf(command.stderr) : null;
  if (phase !== null) process.kill(processId, "SIGKILL");
  const ended = await command.ended;
  const livedMs = performance.now() - bornMs;
  await until("all processes end", () => livingMembers(command.processId).length === 0, 3000);
  return { phase, ended, livedMs };
}

/** Exit codes that fit: the command killed, or on its way out; the engine lost, or not needed any more. */
const CODES: Readonly<Record<Victim, readonly number[]>> = { command: [137, 0], engine: [3, 0] };

async function expectSafe(victim: Victim, moment: number): Promise<Strike> {
  return withCleanup(async (undo) => {
    const at = place(undo);
    const strike = await strikeAt(undo, at, victim, moment);
    const { phase, ended } = strike;
    const { code, stderr } = ended;
    try {
      expect(CODES[victim]).toContain(code);
      expect(stderr).not.toContain("mistake in diskbench");
      // What a killed command was just writing lies beside the result until the next run.
      const folder = join(at.directory, "results");
      const whole = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
      expectReportedRounds(
        stderr,
        whole.map((name) => parseResult(readFileSync(join(folder, name), "utf8"), name)),
      );
      if (victim === "engine") {
        expect(readdirSync(dirname(at.targetPath))).toEqual([]);
        expect(resultsIn(at.directory)).toHaveLength(whole.length);
      }
      await expectCleanNextRun(undo, at, existsSync(at.targetPath));
    } catch (thrown) {
      throw new Error(`${victim} killed after ${moment} ms (${phase}), exit code ${code}\n${stderr}`, {
        cause: thrown,
      });
    }
    return strike;
  });
}

describe(`${STRIKES} kills at moments of seed ${SEED}`, () => {
  /** How long an undisturbed run lives, and its engine. */
  const lifeMs = { command: 0, engine: 0 };

  beforeAll(async () => {
    await withCleanup(async (undo) => {
      const at = place(undo);
      const command = begin(undo, at, "struck.json");
      await until("the engine starts", () => command.engineId !== 0);
      const engineMs = performance.now();
      const { code, seconds, stderr } = await command.ended;
      lifeMs.command = seconds * 1000;
      lifeMs.engine = performance.now() - engineMs;
      expect([code, Object.values(reportedRounds(stderr))]).toEqual([0, [2, 2]]);
      expect(basename(at.targetPath)).toBe("test.dat");
    });
  });

  /** On a machine whose load changes a run may be over sooner than another one was: then that is how long it lives. */
  async function strikeWithin(victim: Victim, part: number): Promise<string> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { phase, livedMs } = await expectSafe(victim, Math.round(part * lifeMs[victim]));
      if (phase !== null) return phase;
      lifeMs[victim] = Math.min(lifeMs[victim], livedMs);
    }
    return "too late";
  }

  test.each(["engine", "command"] as const)("of the %s: results hold, nothing stays", async (victim) => {
    const random = mulberry32(SEED);
    const phases = new Map<string, number>();
    for (let strike = 0; strike < STRIKES; strike += 1) {
      // One in every part of the run, so that all of its life is hit.
      const part = (strike + random()) / STRIKES;
      const phase = await strikeWithin(victim, part);
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    }
    const counts = [...phases].map(([phase, count]) => `${phase} ${count}`).join(", ");
    process.stdout.write(`    ${STRIKES} kills of the ${victim} in ${Math.round(lifeMs[victim])} ms: ${counts}\n`);
    // Ten may well miss what is over in a tenth of a second.
    const certain = STRIKES < 100 ? [] : ["start", "fill", "warm-up", "window", "checks and removal"];
    expect([...phases.keys()]).toEqual(expect.arrayContaining(certain));
    expect(phases.size).toBeGreaterThan(2);
  });
});
