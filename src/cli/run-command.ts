// `diskbench run`: a profile and flags -> a plan, a run, a report and a result file.

import { DiskbenchError, FAILURE_EXIT_CODES, type Failure, failuresOf, throwFailures } from "../shared/errors.ts";
import { isAbsolute, join } from "node:path";
import { describeMachine } from "../machine/describe-machine.ts";
import { describeTarget } from "../machine/describe-target.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { describePlan } from "../plan/describe-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { loadPlatform } from "../platform/index.ts";
import type { Files, Platform } from "../platform/platform.ts";
import { loadProfile } from "../profile/load.ts";
import type { Setting } from "../profile/settings.ts";
import type { Profile } from "../profile/profile.ts";
import { serializeProfile } from "../profile/serialize.ts";
import { printable, withoutCommands } from "../shared/printable.ts";
import { documentJson } from "../report/json.ts";
import { failureOf } from "../result/failure-record.ts";
import type { Result, Tool } from "../result/result.ts";
import { createResultFile, nearestDirectory, updateResultFile } from "../result/store.ts";
import type { EngineAhead } from "../engine/engine-ahead.ts";
import { DEFAULT_STALL_TIMEOUT_SECONDS } from "../engine/supervisor.ts";
import { runPlan } from "../run/run-plan.ts";
import { jsonText } from "../shared/visible-json.ts";
import { EXIT, exitCodeOfRun, failuresIn, firstOf } from "./exit-codes.ts";
import { profileFlags, type RunFlags } from "./flags.ts";
import { watchInterruption } from "./interruption.ts";
import { Output, requireDirectory } from "./output.ts";
import { ownVersion, packageVersion } from "./package-version.ts";
import { readProfileSource } from "./profile-source.ts";
import { createProgress } from "./progress.ts";
import { sayFailure } from "./say-failure.ts";
import { print, progressStream, say } from "./standard-streams.ts";
import { Waiting } from "./waiting.ts";
import { watchFiles, watchPlatform } from "./watched-platform.ts";
import { workingDirectory } from "./working-directory.ts";

const RESULTS_DIRECTORY = "results";

export function readSettings(texts: readonly string[]): readonly Setting[] {
  return texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals > 0) return { path: text.slice(0, equals), value: text.slice(equals + 1) };
    throw new DiskbenchError({
      code: "BAD_USAGE",
      where: `--set ${text}`,
      what: "There is no path, = and value in it",
      next: "Write it like --set jobs.0.queueDepth=8",
    });
  });
}

function readProfile(name: string, flags: RunFlags): Profile {
  const { where, text } = readProfileSource(name);
  return loadProfile(text, where, readSettings(flags.set ?? []), profileFlags(flags));
}

/** A platform on which no call about a file waits without a word, nor any look for longer than is given for stalls. */
export interface WatchedPlatform {
  readonly platform: Platform;
  readonly waiting: Waiting;
  /** For results and reports: a save that takes long ends no run. */
  readonly outputFiles: Files;
}

export async function loadWatchedPlatform(flags: RunFlags): Promise<WatchedPlatform> {
  const timeoutSeconds = flags.stallTimeout ?? DEFAULT_STALL_TIMEOUT_SECONDS;
  const waiting = new Waiting({ timeoutSeconds, quiet: flags.quiet === true });
  const platform = await loadPlatform();
  const outputFiles = watchFiles(platform.files, waiting, "to be saved");
  return { platform: watchPlatform(platform, waiting), waiting, outputFiles };
}

/** Facts of every target; all that fail are reported together. */
export function describeTargets(
  { platform, waiting }: WatchedPlatform,
  profile: Profile,
): Parameters<typeof buildPlan>[2] {
  const failures: Failure[] = [];
  const facts = profile.targets.flatMap(({ path }) => {
    try {
      // What is absolute needs no directory to be seen from.
      const from = isAbsolute(path) ? path : workingDirectory();
      return [waiting.during(path, "to answer", () => describeTarget(platform, path, from))];
    } catch (thrown) {
      failures.push(...failuresOf(thrown));
      return [];
    }
  });
  throwFailures(failures);
  return facts;
}

function describeTool(): Tool {
  return {
    name: "diskbench",
    version: ownVersion(),
    node: process.versions.node,
    koffi: packageVersion(new URL("package.json", import.meta.resolve("koffi"))),
  };
}

/** The file of this run: its name is taken when there is something to save. */
class ResultFile {
  readonly #files: Files;
  readonly #profileName: string;
  readonly #startedAt = new Date();
  path: string | null = null;

  constructor(files: Files, profileName: string) {
    this.#files = files;
    this.#profileName = profileName;
  }

  /** Returns where it stands. */
  save(result: Result): string {
    const text = documentJson(result);
    if (this.path !== null) updateResultFile(this.#files, this.path, text);
    else {
      const directory = join(workingDirectory(), RESULTS_DIRECTORY);
      this.path = createResultFile(this.#files, directory, this.#startedAt, this.#profileName, text);
    }
    return this.path;
  }
}

/** Where a run's result goes. */
export interface RunOutlet {
  /** Called after each round. */
  readonly writeFiles: (result: Result) => void;
  readonly print: (result: Result) => Promise<void>;
  /** What is printed tells the failures of the result, to whom standard error would tell them again. */
  readonly tellsFailures?: boolean;
  /** What the result means beyond what went well or not; absent: nothing. */
  readonly exitCode?: (result: Result) => number;
  readonly isDecided?: (result: Result) => boolean;
}

/** Throws OUTPUT_FAILED when results cannot be kept here: better now than when there is something to lose. */
export function requireResultsDirectory(files: Files): void {
  const nearest = nearestDirectory(files, join(workingDirectory(), RESULTS_DIRECTORY));
  if (nearest !== null) requireDirectory(nearest);
}

/** Why the report could not be printed, and where what it says is saved; nothing: it was printed. */
async function failuresToPrint(printReport: () => Promise<void>, savedAt: string | null): Promise<readonly Failure[]> {
  try {
    await printReport();
    return [];
  } catch (thrown) {
    const next = `What was measured is saved; print it with: diskbench report ${savedAt ?? ""}`;
    return failuresOf(thrown).map((failure) => (savedAt === null ? failure : { next, ...failure }));
  }
}

export async function execute(
  { platform, waiting, outputFiles }: WatchedPlatform,
  plan: Plan,
  flags: RunFlags,
  output: RunOutlet,
  engine: EngineAhead | null,
): Promise<void> {
  const mode = flags.quiet === true ? "silent" : flags.progress ? "full" : "notices";
  const progress = createProgress(progressStream, { mode, now: () => performance.now() });
  const interruption = watchInterruption((text) => progress.handle({ kind: "notice", text }));
  process.on("SIGUSR1", progress.sayStatus);
  process.on("exit", progress.stop);
  const file = new ResultFile(outputFiles, plan.profile.name);
  if (flags.keep !== true) waiting.wouldLeave(ownFiles(plan));
  try {
    const result = await runPlan(platform, plan, {
      keep: flags.keep === true,
      force: flags.force === true,
      confirm: flags.confirm ?? [],
      stallTimeoutSeconds: flags.stallTimeout ?? DEFAULT_STALL_TIMEOUT_SECONDS,
      tool: describeTool(),
      ...(engine === null ? {} : { engine }),
      profile: { ...serializeProfile(plan.profile), name: plan.profile.name },
      stop: interruption.signal,
      onEvent: progress.handle,
      save: (soFar) => {
        // By then the run has let go of its test files, and has said which ones stay.
        if (soFar.finishedAt !== null) waiting.wouldLeave([]);
        try {
          return file.save(soFar);
        } finally {
          output.writeFiles(soFar);
        }
      },
      ...(output.isDecided === undefined ? {} : { isDecided: output.isDecided }),
    });
    progress.stop();
    const unprinted = await failuresToPrint(() => output.print(result), file.path);
    if (flags.quiet !== true) say(`Result: ${printable(file.path ?? "")}\n`);
    const isTold = output.tellsFailures === true && unprinted.length === 0;
    const untold = isTold ? [] : failuresIn(result).map(failureOf);
    for (const failure of [...untold, ...unprinted]) sayFailure(failure);
    const own = exitCodeOfRun(result, interruption.exitCode(), flags.strict === true);
    const codes = unprinted.map(({ code }) => FAILURE_EXIT_CODES[code]);
    process.exitCode = firstOf([own, ...codes, output.exitCode?.(result) ?? EXIT.done]);
  } catch (thrown) {
    const code = interruption.exitCode();
    if (code === null) throw thrown;
    process.exitCode = code;
  } finally {
    progress.stop();
    process.off("SIGUSR1", progress.sayStatus);
    process.off("exit", progress.stop);
    interruption.dispose();
  }
}

export function planText(plan: Plan, json: boolean): string {
  return json ? jsonText(plan) : withoutCommands(describePlan(plan));
}

/** What a run works with, in the words of a refusal. */
export const PROFILE_OR_TARGET = "the profile or a target";

/** Test files that the run makes, and removes at its end. */
function ownFiles({ targets }: Plan): readonly string[] {
  return targets.filter(({ kind }) => kind === "file").map(({ facts }) => facts.resolvedPath);
}

export function targetPaths({ targets }: Plan): readonly string[] {
  return targets.map(({ facts }) => facts.resolvedPath);
}

export async function run(name: string, flags: RunFlags, engine: EngineAhead | null): Promise<void> {
  const output = await Output.of("result", flags);
  const profile = readProfile(name, flags);
  const watched = await loadWatchedPlatform(flags);
  const { platform } = watched;
  const plan = buildPlan(profile, describeMachine(platform), describeTargets(watched, profile), {
    force: flags.force === true,
    allowFull: flags.allowFull === true,
  });
  if (flags.dryRun === true) {
    const json = flags.json === true || flags.format === "json";
    await print(planText(plan, json));
    return;
  }
  requireResultsDirectory(platform.files);
  output.requirePlaces([name, ...targetPaths(plan)], PROFILE_OR_TARGET);
  const outlet: RunOutlet = {
    writeFiles: (result) => output.writeFiles(watched.outputFiles, result, true),
    print: (result) => output.print(result),
    tellsFailures: output.tellsFailures,
  };
  await execute(watched, plan, flags, outlet, engine);
}
