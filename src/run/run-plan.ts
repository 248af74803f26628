// A plan -> a result: targets made ready, rounds in order, the document saved after each, everything put away at the end.

import { touchesTarget } from "../shared/methods.ts";
import { describeStuck, type StuckProcess } from "../engine/engine-failures.ts";
import { roundOf, type LoneMember } from "../engine/round-spec.ts";
import type { EngineAhead } from "../engine/engine-ahead.ts";
import { EngineSupervisor, type RoundOutcome, type RoundProgress } from "../engine/supervisor.ts";
import { membersOf, type Case, type CaseMember, type Plan, type PlannedRound } from "../plan/plan.ts";
import type { Eviction, Platform } from "../platform/platform.ts";
import { addRound, beginResult, decideEarly, endCase, finishResult } from "../result/assemble-result.ts";
import { withGates } from "../result/gates.ts";
import { assembleRound } from "../result/assemble-round.ts";
import type { Result, Round, Surroundings, Tool } from "../result/result.ts";
import { isSound, stoppedText } from "../result/sound-rounds.ts";
import type { RoundSamples } from "../samples/samples.ts";
import { failuresOf, formatFailure, type Failure } from "../shared/errors.ts";
import { nonEmpty } from "../shared/lists.ts";
import { saysStalled } from "../target/left-behind.ts";
import type { RunEvent } from "./events.ts";
import { nextRound, type FinishedRound } from "./next-round.ts";
import { ProgressMeter } from "./progress-meter.ts";
import { ioFailure, roundFailure } from "./round-failure.ts";
import { expecting, memberOf } from "./round-specs.ts";
import { PlanTargets } from "./plan-targets.ts";
import { RunChecks } from "./run-checks.ts";
import { watchAmbientCounters } from "./ambient-counters.ts";
import { UnansweredNotices } from "./unanswered.ts";

export interface RunOptions {
  readonly keep: boolean;
  readonly force: boolean;
  /** Identities of devices that may be written over. */
  readonly confirm: readonly string[];
  /** Nothing completing for so long although something is outstanding means that the device hangs. */
  readonly stallTimeoutSeconds: number;
  readonly tool: Tool;
  /** The resolved profile as a document. */
  readonly profile: Result["profile"];
  /** One that is on its way; absent: there is none. */
  readonly engine?: EngineAhead;
  /** Aborted when the run is to end early: the round drains, and what there is becomes the result. */
  readonly stop: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** Called when the first target is touched and after every round. Returns the path of the result file. */
  readonly save: (result: Result) => string;
  /** Asked once, at the look that the plan provides for: whether the rest of the rounds is not needed. */
  readonly isDecided?: (result: Result) => boolean;
}

/** The state of one run, from the first target to the last round. */
class Run {
  readonly #platform: Platform;
  readonly #plan: Plan;
  readonly #options: RunOptions;
  readonly #engine: EngineSupervisor;
  readonly #targets: PlanTargets;
  readonly #checks: RunChecks;
  readonly #unanswered: UnansweredNotices;
  #result: Result;
  #savedResult: Result | null = null;
  /** What the last try to save was about, whatever came of it. */
  #triedResult: Result | null = null;
  #path = "the result";
  readonly #failures: Failure[] = [];
  /** A device has not answered for too long: nothing on a target is touched any more. */
  #hangs = false;

  constructor(platform: Platform, plan: Plan, options: RunOptions, engine: EngineSupervisor, checks: RunChecks) {
    this.#platform = platform;
    this.#plan = plan;
    this.#options = options;
    this.#engine = engine;
    this.#result = beginResult({
      tool: options.tool,
      plan,
      profile: options.profile,
      targets: [],
      startedAt: new Date().toISOString(),
    });
    this.#checks = checks;
    this.#unanswered = new UnansweredNotices(options.onEvent);
    this.#targets = new PlanTargets(platform, plan, options, engine, () => this.#touched());
  }

  #touched(): void {
    this.#result = { ...this.#result, targets: this.#targets.records() };
    this.#save();
  }

  #save(isLast: boolean = false): void {
    if (this.#savedResult === this.#result || (this.#triedResult === this.#result && !isLast)) return;
    const isFirst = this.#triedResult === null;
    this.#triedResult = this.#result;
    try {
      this.#path = this.#options.save(this.#result);
      this.#savedResult = this.#result;
    } catch (error) {
      // What cannot be kept from the start is not measured. Later the next round's save may succeed, and the last must.
      if (isFirst || isLast) throw error;
      const text = failuresOf(error).map(formatFailure).join(" ");
      this.#options.onEvent({ kind: "notice", text: `This round is not saved yet: ${text} It is tried again` });
    }
  }

  async run(): Promise<Result> {
    const { stop } = this.#options;
    // Whoever ends the run waits for its end, and until the engine has stopped there is nothing else to do.
    stop.addEventListener("abort", loadViolations, { once: true });
    try {
      await this.#targets.prepare();
      this.#touched();
      await this.#rounds();
      await this.#checkTheRest();
      this.#result = this.#checks.ofRun(this.#result);
      if (!stop.aborted) this.#result = withGates(this.#result, this.#plan.profile.gates);
    } catch (error) {
      // Before anything was touched there is nothing to keep: the error alone is the answer.
      if (this.#triedResult === null) throw error;
      this.#hangs ||= saysStalled(error);
      if (!stop.aborted || saysStalled(error)) this.#failures.push(...failuresOf(error));
    } finally {
      // The engine takes as long to leave as this takes to be loaded.
      loadViolations();
      const stuck = await this.#engine.close();
      // Who has said that the device hangs has also said what became of the engine.
      if (stuck !== null && !this.#saysStalled()) this.#failures.push(stuckFailure(stuck));
      this.#hangs ||= stuck !== null;
      this.#result = { ...this.#result, targets: this.#targets.records() };
      // What was measured comes first: letting go of a target may take its time.
      if (this.#hangs) this.#save();
      this.#failures.push(...this.#targets.release(this.#hangs));
    }
    this.#finish();
    const violations = (await violationsOf())(this.#result, this.#path);
    if (violations.length > 0) {
      this.#failures.push(...violations);
      this.#finish();
    }
    try {
      this.#save(true);
    } catch (error) {
      // What was measured is not lost as long as it can still be printed.
      this.#failures.push(...failuresOf(error));
      this.#finish();
    }
    return this.#result;
  }

  #finish(): void {
    const failures = this.#failures.filter(
      ({ what, where }, index) =>
        index === this.#failures.findIndex((other) => other.what === what && other.where === where),
    );
    const failed = failures.length > 0 || this.#result.cases.some((each) => each.failure !== null);
    const state = this.#options.stop.aborted ? "aborted" : failed ? "failed" : "completed";
    this.#result = finishResult(this.#result, { state, finishedAt: new Date().toISOString(), failures });
  }

  #saysStalled(): boolean {
    const failures = [...this.#failures, ...this.#result.cases.map(({ failure }) => failure)];
    return failures.some((failure) => failure?.code === "TARGET_STALLED");
  }

  async #rounds(): Promise<void> {
    const { stop, onEvent } = this.#options;
    const finished: FinishedRound[] = [];
    for (;;) {
      const planned = stop.aborted ? null : nextRound(this.#plan, finished, () => this.#isDecided());
      if (planned === null) {
        if (finished.length < this.#plan.order.length && finished.every(({ whole }) => whole) && !stop.aborted) {
          this.#result = decideEarly(this.#result, finished.length);
        }
        return;
      }
      const plannedCase = this.#plan.cases[planned.caseIndex];
      if (plannedCase === undefined) throw new RangeError(`the plan has no case ${planned.caseIndex}`);
      onEvent({
        kind: "round-start",
        caseId: plannedCase.id,
        roundNumber: finished.length + 1,
        roundCount: this.#plan.order.length,
        warmupSeconds: plannedCase.settings.warmupSeconds,
        durationSeconds: plannedCase.settings.durationSeconds,
        remainingSeconds: this.#remainingSeconds(finished.length),
      });
      finished.push({ planned, whole: await this.#round(planned, plannedCase) });
      this.#save();
    }
  }

  #isDecided(): boolean {
    return this.#options.isDecided?.(this.#result) ?? false;
  }

  /** What the rounds from number `from` on take, by their planned lengths. */
  #remainingSeconds(from: number): number {
    const seconds = (rounds: readonly PlannedRound[]): number =>
      rounds.reduce((sum, { caseIndex }) => {
        const { warmupSeconds = 0, durationSeconds = 0 } = this.#plan.cases[caseIndex]?.settings ?? {};
        return sum + warmupSeconds + durationSeconds;
      }, 0);
    return seconds(this.#plan.order.slice(from));
  }

  /** Runs one round and takes it into the result; false when it is not a whole one. */
  async #round(planned: PlannedRound, plannedCase: Case): Promise<boolean> {
    const { stop, onEvent } = this.#options;
    const members = membersOf(plannedCase);
    const targets = [...new Set(members.map((member) => this.#targets.of(member)))];
    const evictions: (Eviction | null)[] = [];
    for (const member of members) evictions.push(await this.#targets.quiesce(member));
    const specs = nonEmpty(members.map((member) => this.#specOf(member, planned.roundIndex)));
    const meter = new ProgressMeter(onEvent);
    const startedAt = new Date().toISOString();
    const surroundingsSince = watchAmbientCounters(this.#platform, this.#measuredPath(members));
    const path = targets.map((target) => target.path).join(" and ");
    const onProgress = (progress: RoundProgress): void => {
      meter.update(progress);
      this.#unanswered.look(path, progress.unansweredSeconds);
      if (progress.isMoving) for (const target of targets) target.look();
    };
    const outcome = await this.#engine.runRound(roundOf(specs), onProgress, stop);
    this.#hangs ||= this.#engine.isStuck || outcome.failures.some(({ code }) => code === "TARGET_STALLED");
    const surroundings = surroundingsSince(this.#hangs);
    const changes = this.#hangs ? [] : targets.map((target) => target.verifyUnchanged());
    const changed = changes.find((change) => change !== null) ?? null;
    const start = { startedAt, eviction: leastEvicted(evictions), surroundings };
    const whole = this.#takeIn(planned, plannedCase, outcome, start, changed);
    if (this.#hasAllRounds(plannedCase))
      this.#result = await this.#checks.ofCase(this.#result, plannedCase, specs[0], stop);
    this.#tellEnd(plannedCase);
    return whole;
  }

  #tellEnd({ index, id }: Case): void {
    const { state = "pending", rounds = [], summary = null } = this.#result.cases[index] ?? {};
    if (state === "pending") return;
    const figures = summary && {
      iops: summary.iops.median,
      bytesPerSecond: summary.bytesPerSecond.median,
      p99Ns: summary.latencyNs.p99,
    };
    this.#options.onEvent({ kind: "case-end", caseId: id, state, rounds: rounds.length, figures });
  }

  #specOf(member: CaseMember, roundIndex: number): LoneMember {
    const { path, identity, sizeBytes } = this.#targets.of(member);
    return expecting(memberOf(this.#plan, member, roundIndex, path, sizeBytes), identity);
  }

  /** Where devices are counted: the target of the first member that reaches one. */
  #measuredPath(members: readonly CaseMember[]): string | null {
    const member = members.find(({ settings }) => touchesTarget(settings.backend));
    return member === undefined ? null : this.#targets.of(member).path;
  }

  /** Cases with fewer rounds than planned, because the run was stopped or decided before, are checked by those. */
  async #checkTheRest(): Promise<void> {
    for (const plannedCase of this.#plan.cases) {
      const { rounds = [], interruptedRound = null, checks = [] } = this.#result.cases[plannedCase.index] ?? {};
      if ((rounds.length === 0 && interruptedRound === null) || checks.length > 0) continue;
      const spec = this.#specOf(plannedCase, 0);
      this.#result = await this.#checks.ofCase(this.#result, plannedCase, spec, this.#options.stop);
    }
  }

  /** Whether every round that was planned for it is in the result. */
  #hasAllRounds({ index }: Case): boolean {
    const planned = this.#plan.order.filter(({ caseIndex }) => caseIndex === index).length;
    return this.#result.cases[index]?.rounds.length === planned;
  }

  #takeIn(
    planned: PlannedRound,
    plannedCase: Case,
    outcome: RoundOutcome,
    start: {
      readonly startedAt: string;
      readonly eviction: Eviction | null;
      readonly surroundings: Surroundings;
    },
    changed: Failure | null,
  ): boolean {
    const { samples } = outcome;
    const failure = roundFailure(
      outcome.failures[0] ?? null,
      changed,
      ioFailure(plannedCase, samples, outcome.givenUp),
    );
    const aborted = this.#options.stop.aborted;
    const assembled = (present: RoundSamples): Round =>
      assembleRound(present, { index: planned.roundIndex, ...start }, membersOf(plannedCase));
    const endured = plannedCase.settings.onError === "continue" && outcome.givenUp === null;
    const goesOn = failure === null || (failure.code === "IO_FAILED" && endured);
    if (samples !== null && goesOn && !aborted) {
      const round = assembled(samples);
      this.#result = addRound(
        this.#result,
        planned.caseIndex,
        round,
        samples.nativeOperations,
        samples.members.map((member) => member.nativeOperations),
      );
      if (failure !== null) this.#endCase(planned, failure, null);
      // What is reported as done must outlive this process.
      this.#save();
      if (!isSound(round)) {
        const text = `Round ${planned.roundIndex + 1} of ${plannedCase.id} does not count: ${stoppedText(round)}`;
        this.#options.onEvent({ kind: "notice", text });
      }
      this.#options.onEvent({
        kind: "round-end",
        caseId: plannedCase.id,
        iops: round.total.iops,
        bytesPerSecond: round.total.bytesPerSecond,
      });
      return true;
    }
    this.#endCase(planned, failure, samples === null ? null : assembled(samples));
    return false;
  }

  #endCase(planned: PlannedRound, failure: Failure | null, interruptedRound: Round | null): void {
    const state = failure === null ? "aborted" : "failed";
    this.#result = endCase(this.#result, planned.caseIndex, { state, interruptedRound, failure });
  }
}

/** Of several files that were to be dropped from the cache, the one of which something is left in it. */
function leastEvicted(evictions: readonly (Eviction | null)[]): Eviction | null {
  const known = evictions.filter((eviction) => eviction !== null);
  return known.find(({ complete }) => !complete) ?? known[0] ?? null;
}

/** Needed at the end only; the schema of a result takes its time to be loaded. */
async function violationsOf(): Promise<typeof import("../result/violations.ts").resultViolations> {
  return (await import("../result/violations.ts")).resultViolations;
}

function loadViolations(): void {
  // Where it cannot be loaded, whoever needs it says so.
  violationsOf().catch(() => undefined);
}

function stuckFailure(stuck: StuckProcess): Failure {
  return {
    code: "ENGINE_LOST",
    what: describeStuck(stuck),
    cause: "One of its threads waits in the kernel for a device that does not answer",
    next: "It ends when the device answers or the machine restarts",
  };
}

/** What fails before anything was touched is thrown; later failures stand in the result, with every finished round. */
export async function runPlan(platform: Platform, plan: Plan, options: RunOptions): Promise<Result> {
  options.onEvent({
    kind: "plan",
    cases: plan.cases.length,
    rounds: plan.order.length,
    estimatedSeconds: plan.estimatedSeconds,
    fillBytes: plan.wear.fillBytes,
    writtenBytes: plan.wear.writtenBytes,
  });
  for (const text of plan.notes) options.onEvent({ kind: "notice", text });
  const engine = await EngineSupervisor.start(platform, options.stallTimeoutSeconds, "kept", options.engine);
  return new Run(platform, plan, options, engine, new RunChecks(platform, engine)).run();
}
