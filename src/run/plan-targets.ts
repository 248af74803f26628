// A plan's targets -> filled through the engine, settled between rounds, recorded for the result, released at the end.

import { roundOf } from "../engine/round-spec.ts";
import type { EngineSupervisor } from "../engine/supervisor.ts";
import type { CaseMember, Plan, PlannedTarget } from "../plan/plan.ts";
import type { Eviction, Platform } from "../platform/platform.ts";
import { targetRecord } from "../result/assemble-result.ts";
import type { ResultTarget } from "../result/result.ts";
import { DiskbenchError, failuresOf, type Failure } from "../shared/errors.ts";
import { backendFor, type BackendName, touchesTarget } from "../shared/methods.ts";
import { reads, writes } from "../shared/operations.ts";
import { leftBehind } from "../target/left-behind.ts";
import { checkTargets, prepareTarget } from "../target/prepare.ts";
import type { FillRequest, ReadyTarget, TargetOptions } from "../target/ready-target.ts";
import type { RunEvent } from "./events.ts";
import { expecting, fillMembers } from "./round-specs.ts";
import { UnansweredNotices } from "./unanswered.ts";

export interface PlanTargetsOptions extends TargetOptions {
  readonly stop: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

const NOTHING_DONE = {
  allocation: null,
  created: false,
  reused: false,
  kept: false,
  unbufferedBasis: null,
  mark: null,
} as const;

/** The engine was told to stop in the middle of a fill: the target is not what the plan asks for. */
class FillStopped extends Error {}

export class PlanTargets {
  readonly #platform: Platform;
  readonly #plan: Plan;
  readonly #options: PlanTargetsOptions;
  readonly #engine: EngineSupervisor;
  readonly #onTouched: () => void;
  readonly #ready = new Map<number, ReadyTarget>();
  /** Targets whose pages may be dirty in the cache: buffered or mapped writes went before. */
  readonly #dirty = new Set<number>();

  /** `onTouched` is called before a target is first written to. */
  constructor(
    platform: Platform,
    plan: Plan,
    options: PlanTargetsOptions,
    engine: EngineSupervisor,
    onTouched: () => void,
  ) {
    this.#platform = platform;
    this.#plan = plan;
    this.#options = options;
    this.#engine = engine;
    this.#onTouched = onTouched;
  }

  /** Makes all targets ready, after every one of them was checked. */
  async prepare(): Promise<void> {
    checkTargets(this.#platform, this.#plan, this.#options);
    for (const planned of this.#plan.targets) {
      const fill = (request: FillRequest): Promise<void> => this.#fill(request);
      const ready = await prepareTarget(this.#platform, planned, this.#plan, this.#options, fill);
      this.#ready.set(planned.index, ready);
      for (const text of ready.notices) this.#options.onEvent({ kind: "notice", text });
    }
  }

  /** The back end that fills: the queued one where the system allows it. */
  #fillBackend(): BackendName {
    const { system } = this.#platform;
    const queued = backendFor(system, "writefile", 2, null);
    if (queued !== null && this.#platform.unavailability(queued) === null) return queued;
    return backendFor(system, "writefile", 1, null) ?? "null";
  }

  async #fill(request: FillRequest): Promise<void> {
    this.#onTouched();
    const { onEvent, stop } = this.#options;
    const { path, identity, sizeBytes, kind } = request;
    const caching = request.unbuffered ? "unbuffered" : "buffered";
    const unanswered = new UnansweredNotices(onEvent);
    const startMs = performance.now();
    let doneBytes = 0;
    const report = (bytes: number): void =>
      onEvent({
        kind: "target-fill",
        target: path,
        bytesDone: bytes,
        bytesTotal: sizeBytes,
        bytesPerSecond: bytes / Math.max(1e-3, (performance.now() - startMs) / 1000),
      });
    const parts = fillMembers({ path, sizeBytes, content: kind, caching }, this.#fillBackend(), this.#plan.seed);
    for (const part of parts) {
      const outcome = await this.#engine.runRound(
        roundOf([expecting(part, identity)]),
        ({ bytes, unansweredSeconds }) => {
          report(doneBytes + bytes);
          unanswered.look(path, unansweredSeconds);
          request.look();
        },
        stop,
      );
      if (stop.aborted && this.#engine.isStuck) throw new DiskbenchError(leftBehind(path));
      if (stop.aborted) throw new FillStopped(`the fill of ${path} was stopped`);
      const [first, ...others] = outcome.failures;
      if (first !== undefined) throw new DiskbenchError(first, ...others);
      const errors = outcome.samples?.errors;
      if (errors === undefined || errors.failed + errors.short > 0) throw fillFailed(path, errors?.byCode[0]?.error);
      doneBytes += outcome.samples?.write?.bytes ?? 0;
    }
    report(sizeBytes);
  }

  of({ targetIndex }: Pick<CaseMember, "targetIndex">): ReadyTarget {
    const ready = this.#ready.get(targetIndex);
    if (ready === undefined) throw new RangeError(`target ${targetIndex} is not ready`);
    return ready;
  }

  /**
   * Brings the target to rest before a round of `member`: what earlier rounds left in the cache is written back,
   * and a round through the cache that reads begins without it. Throws where something has come to use it. Returns what
   * is left in the cache; null: not asked.
   */
  async quiesce(member: CaseMember): Promise<Eviction | null> {
    const { settings, targetIndex } = member;
    if (!touchesTarget(settings.backend)) return null;
    const ready = this.of(member);
    ready.refuseUse();
    const buffered = settings.caching === "buffered";
    const wantsCold = buffered && reads(settings.operation);
    const written = this.#dirty.delete(targetIndex);
    if (buffered && writes(settings.operation)) this.#dirty.add(targetIndex);
    if (!written && !wantsCold) return null;
    return this.#engine.quiesce(
      {
        caseId: member.id,
        path: ready.path,
        writeBack: written,
        evictBytes: wantsCold ? ready.sizeBytes : null,
      },
      this.#options.stop,
    );
  }

  records(): readonly ResultTarget[] {
    return this.#plan.targets.map((planned) => this.#record(planned));
  }

  #record(planned: PlannedTarget): ResultTarget {
    const ready = this.#ready.get(planned.index);
    if (ready === undefined) return targetRecord(planned, NOTHING_DONE);
    const { allocation, created, reused, unbufferedBasis, mark } = ready;
    const kept = this.#options.keep && planned.kind === "file" && mark !== null;
    return targetRecord(planned, { allocation, created, reused, kept, unbufferedBasis, mark });
  }

  /**
   * Gives all targets up; files of diskbench's own are removed unless they are to be kept. What fails is returned.
   * `hung`: their device does not answer, and whoever touches them now would wait for it as well.
   */
  release(hung: boolean): readonly Failure[] {
    const failures: Failure[] = [];
    for (const ready of this.#ready.values()) {
      if (hung) {
        if ((ready.created || ready.reused) && !this.#options.keep) failures.push(leftBehind(ready.path));
        continue;
      }
      try {
        ready.release({ remove: !this.#options.keep });
      } catch (thrown) {
        failures.push(...failuresOf(thrown));
      }
    }
    this.#ready.clear();
    return failures;
  }
}

function fillFailed(path: string, system: Failure["system"]): DiskbenchError {
  return new DiskbenchError({
    code: system?.name === "ENOSPC" ? "NO_SPACE" : "IO_FAILED",
    where: path,
    what: "The test file could not be filled",
    ...(system === undefined ? {} : { system }),
    next: "Look at the device, its free space and the system's log",
  });
}
