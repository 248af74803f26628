// Samples recorded in this process -> what the collector makes of them: a round without an engine process around it.

import { Collector } from "../../src/engine/collector.ts";
import { PHASE, scratchThreadMemory, THREAD_NUMBER, THREAD_WORD } from "../../src/engine/loop/round-memory.ts";
import type { ThreadMemory } from "../../src/engine/loop/round-memory.ts";
import { roundOf, type MemberSpec } from "../../src/engine/round-spec.ts";
import { createPlatform } from "../../src/platform/linux/platform.ts";
import { memberSpecOf } from "../support/builders.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";

export const BLOCK_BYTES = 4096;
export const INTERVAL_NS = 1e9;

const SPEC: MemberSpec = memberSpecOf({
  caseId: "synthetic",
  backend: "null",
  operation: "read",
  readPercent: 100,
  ranges: [{ thread: 0, firstBlock: 0, blockCount: 1, ios: null }],
  intervalSeconds: INTERVAL_NS / 1e9,
});

/** One thread's memory and the collector that empties it. */
export class SyntheticRound {
  readonly memory: ThreadMemory = scratchThreadMemory();
  readonly collector: Collector;
  readonly platform = createPlatform();

  constructor() {
    const { memory } = this;
    const control = { control: new Int32Array(16), times: new Float64Array(16) };
    this.collector = new Collector({ ...control, threads: [memory] }, roundOf([SPEC]));
  }

  /** Ends the window, `openNs` to `closeNs`, after `Recorder.finish`. */
  finish(openNs: number, closeNs: number): RoundSamples {
    const { numbers, words } = this.memory;
    numbers[THREAD_NUMBER.openNs] = openNs;
    numbers[THREAD_NUMBER.closeNs] = closeNs;
    numbers[THREAD_NUMBER.transfersEndNs] = closeNs;
    Atomics.store(words, THREAD_WORD.phase, PHASE.done);
    return this.collector.finish(this.platform, { outcomes: [], aborted: false, machineCores: null });
  }
}
