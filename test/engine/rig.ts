// A round's specification in a few words -> the round, run in this process, and its samples.

import { memberSpecOf } from "../support/builders.ts";
import { Collector } from "../../src/engine/collector.ts";
import { warmUpLoop } from "../../src/engine/jit/loop-warmup.ts";
import { PauseWatch } from "../../src/engine/pause-watch.ts";
import { memoryLayout } from "../../src/engine/loop/memory-layout.ts";
import { CONTROL, CONTROL_TIME, STOP, viewOwnMemory, viewRoundMemory } from "../../src/engine/loop/round-memory.ts";
import { kindsOf, roundOf, type MemberSpec, type ThreadOutcome } from "../../src/engine/round-spec.ts";
import { runThreadRound } from "../../src/engine/thread-round.ts";
import { streamSeed, type ThreadRange } from "../../src/workload/source.ts";
import { loadPlatform } from "../../src/platform/index.ts";
import {
  OPERATION,
  type Backend,
  type BackendOptions,
  type OperationCode,
  type Platform,
} from "../../src/platform/platform.ts";
import { parseSimulation, SimulatedBackend, type Simulation } from "../../src/platform/simulated.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";
import { unsharedMemory } from "./unshared-memory.ts";

export const platform = await loadPlatform();
export const BLOCK_BYTES = 4096;
/** Time between the call and the moment at which the window may open. */
const HEAD_START_NS = 20e6;

/** `threads` ranges over the same `blockCount` blocks, or one part of them each; `ios` is divided as a plan does. */
export function rangesOf(
  threads: number,
  blockCount: number,
  { ios = null, divided = false }: { readonly ios?: number | null; readonly divided?: boolean } = {},
): readonly ThreadRange[] {
  return Array.from({ length: threads }, (_, thread) => ({
    thread,
    firstBlock: divided ? Math.floor(blockCount / threads) * thread : 0,
    blockCount: divided ? Math.floor(blockCount / threads) : blockCount,
    ios: ios === null ? null : Math.floor(ios / threads) + (thread < ios % threads ? 1 : 0),
  }));
}

export const memberSpec = (wish: Partial<MemberSpec>): MemberSpec =>
  memberSpecOf({
    fileSizeBytes: 1024 * BLOCK_BYTES,
    blockSizeBytes: BLOCK_BYTES,
    ranges: rangesOf(1, 1024),
    durationSeconds: 1,
    ...wish,
  });

/** The real platform, on which the method `simulated` has the device that is given. */
export function withDevice(device: Partial<Simulation>): Platform {
  const simulation = { ...parseSimulation(undefined), ...device };
  return {
    ...platform,
    openBackend: (name, options) =>
      name === "simulated" ? new SimulatedBackend(options, simulation) : platform.openBackend(name, options),
  };
}

/** One thing that a thread asked of its back end. */
export interface Asked {
  readonly thread: number;
  readonly direction: "read" | "write";
  readonly offsetBytes: number;
}

/** The platform, with every I/O that is prepared written down. */
export function listening(inner: Platform, asked: Asked[]): Platform {
  let thread = -1;
  const listen = (backend: Backend): Backend => {
    thread += 1;
    const own = thread;
    return new Proxy(backend, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        const hear = (operation: OperationCode, offsetBytes: number): void =>
          void asked.push({ thread: own, direction: operation === OPERATION.read ? "read" : "write", offsetBytes });
        if (name === "transfer") {
          return (...io: Parameters<NonNullable<Backend["transfer"]>>) => {
            hear(io[0], io[2]);
            return target.transfer?.(...io);
          };
        }
        if (name !== "prepare") return value.bind(target) as unknown;
        return (...io: Parameters<Backend["prepare"]>) => {
          hear(io[1], io[3]);
          target.prepare(...io);
        };
      },
    });
  };
  return { ...inner, openBackend: (name, options: BackendOptions) => listen(inner.openBackend(name, options)) };
}

export interface Round {
  readonly samples: RoundSamples;
  readonly outcomes: readonly ThreadOutcome[];
  /** One of the `STOP` reasons. */
  readonly stop: number;
}

/** Runs a round, its threads one after the other; on real time that is only right for one thread, or with `ios`. */
export function runRound(wish: Partial<MemberSpec>, on: Platform = platform): Round {
  const spec = memberSpec(wish);
  const threads = spec.ranges.length;
  const layout = memoryLayout(kindsOf([spec]));
  const shared = unsharedMemory(threads, layout);
  const memory = viewRoundMemory(shared, layout, threads);
  const collector = new Collector(memory, roundOf([spec]));
  memory.times[CONTROL_TIME.startNs] = on.clock.now();
  memory.times[CONTROL_TIME.windowOpenNs] = on.clock.now() + spec.warmupSeconds * 1e9 + HEAD_START_NS;
  Atomics.store(memory.control, CONTROL.go, 2);
  const outcomes = spec.ranges.map(({ thread }): ThreadOutcome => {
    const pauses = new PauseWatch(on);
    const seed = streamSeed(spec, thread, "measure");
    if (spec.jitWarmup) warmUpLoop(on, spec, seed, "whole");
    const own = viewOwnMemory(shared, layout, thread);
    const outcome = runThreadRound(on, spec, own, thread, { pauses, say: () => undefined });
    collector.drain();
    return { ...outcome, pauses: null };
  });
  const samples = collector.finish(on, { outcomes, aborted: false, machineCores: null });
  return { samples, outcomes, stop: memory.control[CONTROL.stop] ?? STOP.none };
}
