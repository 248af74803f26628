// Finished rounds -> what the result says about itself: the facts that only a run can gather, and the checks made of them.

import { touchesTarget } from "../shared/methods.ts";
import type { LoneMember } from "../engine/round-spec.ts";
import type { EngineSupervisor } from "../engine/supervisor.ts";
import type { Case } from "../plan/plan.ts";
import type { PowerState } from "../platform/evidence.ts";
import type { Platform } from "../platform/platform.ts";
import { checkedCase } from "../result/assemble-result.ts";
import { checkCase, checkRun, type ClockEvidence } from "../result/checks/index.ts";
import type { Result } from "../result/result.ts";
import { clockCostNs, OwnCosts } from "./own-cost.ts";

export class RunChecks {
  readonly #platform: Platform;
  readonly #clockSource: ClockEvidence["source"];
  readonly #powerBefore: PowerState | null;
  readonly #ownCosts: OwnCosts;

  #clockNs: number | null = null;

  constructor(platform: Platform, engine: EngineSupervisor) {
    this.#platform = platform;
    this.#clockSource = platform.evidence?.clockSource() ?? null;
    this.#powerBefore = platform.evidence?.powerState() ?? null;
    this.#ownCosts = new OwnCosts(engine, () => this.#lookNs());
  }

  /** What a look at the clock takes. That is found out once something was measured, so that no first round waits for it. */
  #lookNs(): number {
    this.#clockNs ??= clockCostNs(this.#platform.clock);
    return this.#clockNs;
  }

  /** Checks one case of `result` by the rounds that it has; `spec` is that of any of its rounds. */
  async ofCase(result: Result, plannedCase: Case, spec: LoneMember, stop: AbortSignal): Promise<Result> {
    const measured = result.cases[plannedCase.index];
    const target = result.targets[plannedCase.targetIndex];
    if (measured === undefined || target === undefined) return result;
    const iopsPerWorker = (measured.summary?.iops.median ?? 0) / measured.settings.threads;
    const isNeeded = measured.rounds.length > 0 && touchesTarget(plannedCase.settings.backend);
    const ownCost = isNeeded ? await this.#ownCosts.of(spec, iopsPerWorker, stop) : null;
    const checks = checkCase({ case: measured, target, machine: result.machine, ownCost });
    return checkedCase(result, plannedCase.index, checks);
  }

  ofRun(result: Result): Result {
    const powerAfter = this.#platform.evidence?.powerState() ?? null;
    const clock = { source: this.#clockSource, costNs: this.#lookNs() };
    const checks = checkRun(result, { clock, powerBefore: this.#powerBefore, powerAfter });
    return { ...result, checks: [...result.checks, ...checks] };
  }
}
