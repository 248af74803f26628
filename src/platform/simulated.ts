// Slots -> a fake device in virtual time: seeded latencies, failures and short transfers, the same in every run.

import { TRANSFER_COUNT } from "../shared/operations.ts";
import type { Backend, BackendOptions, Clock, OperationCode } from "./platform.ts";
import { mulberry32 } from "../shared/random.ts";

/** What the fake device is like. `DISKBENCH_SIMULATION` holds such an object as JSON, for tests of the whole tool. */
export interface Simulation {
  readonly baseNs: number;
  /** Mean of the exponential tail on top of it. */
  readonly tailNs: number;
  readonly channels: number;
  readonly bytesPerSecond: number;
  /** Share of I/Os, 0 to 1, that fail with `errorCode`. */
  readonly errorRate: number;
  readonly errorCode: number;
  /** Share of I/Os that transfer only half of their length. */
  readonly shortRate: number;
  /** After so many I/Os the device does not answer any more, in real time: waits and flushes never end. */
  readonly hangsAfterIos: number;
}

const DEFAULT_SIMULATION: Simulation = {
  baseNs: 60_000,
  tailNs: 20_000,
  channels: 8,
  bytesPerSecond: 3e9,
  errorRate: 0,
  errorCode: 5,
  shortRate: 0,
  // Not Infinity, which JSON does not know.
  hangsAfterIos: Number.MAX_VALUE,
};

/** Time that passes at each look at the clock, as on a real one. */
const CLOCK_STEP_NS = 50;

/** The default device, changed by the JSON object in `text`. */
export function parseSimulation(text: string | undefined): Simulation {
  return { ...DEFAULT_SIMULATION, ...(text === undefined ? {} : (JSON.parse(text) as Partial<Simulation>)) };
}

export class SimulatedBackend implements Backend {
  readonly nativeOperations: readonly string[] = ["simulated"];
  readonly buffers: Uint8Array;
  readonly submitBatch = 1;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly backPressure = 0;
  readonly completedSynchronously = null;
  readonly clock: Clock;
  readonly #simulation: Simulation;
  readonly #random: () => number;
  readonly #prepared: number[] = [];
  /** How much each slot's I/O moves. */
  readonly #lengths: Int32Array;
  /** When each slot's I/O is done; Infinity: the slot is free. */
  readonly #doneNs: Float64Array;
  readonly #channelFreeNs: Float64Array;
  #nowNs = 0;
  #completed = 0;

  constructor(options: BackendOptions, simulation: Simulation) {
    this.#simulation = simulation;
    this.#random = mulberry32(options.seed);
    this.buffers = new Uint8Array(options.queueDepth * options.slotSizeBytes);
    this.#lengths = new Int32Array(options.queueDepth);
    this.completedSlots = new Int32Array(options.queueDepth);
    this.completedResults = new Int32Array(options.queueDepth);
    this.#doneNs = new Float64Array(options.queueDepth).fill(Infinity);
    this.#channelFreeNs = new Float64Array(simulation.channels);
    this.clock = { name: "simulated", resolutionNs: 1, now: () => (this.#nowNs += CLOCK_STEP_NS) };
  }

  prepare(slot: number, operation: OperationCode, _file: number, _offsetBytes: number, lengthBytes: number): void {
    this.#lengths[slot] = operation < TRANSFER_COUNT ? lengthBytes : 0;
    this.#prepared.push(slot);
  }

  submit(): void {
    const { baseNs, tailNs, bytesPerSecond } = this.#simulation;
    for (const slot of this.#prepared) {
      const transferNs = ((this.#lengths[slot] as number) / bytesPerSecond) * 1e9;
      const serviceNs = Math.round(baseNs + transferNs - Math.log(1 - this.#random()) * tailNs);
      let channel = 0;
      this.#channelFreeNs.forEach((freeNs, index) => {
        if (freeNs < (this.#channelFreeNs[channel] as number)) channel = index;
      });
      const doneNs = Math.max(this.#nowNs, this.#channelFreeNs[channel] as number) + serviceNs;
      this.#channelFreeNs[channel] = doneNs;
      this.#doneNs[slot] = doneNs;
    }
    this.#prepared.length = 0;
  }

  reap(minimum: number): number {
    if (minimum > 0) {
      this.#hang();
      const next = this.#doneNs.reduce((earliest, doneNs) => Math.min(earliest, doneNs), Infinity);
      if (next !== Infinity) this.#nowNs = Math.max(this.#nowNs, next);
    }
    let completed = 0;
    this.#doneNs.forEach((doneNs, slot) => {
      if (doneNs > this.#nowNs) return;
      this.#doneNs[slot] = Infinity;
      this.completedSlots[completed] = slot;
      this.completedResults[completed] = this.#outcome(this.#lengths[slot] as number);
      completed += 1;
    });
    this.#completed += completed;
    return completed;
  }

  #hang(): void {
    if (this.#completed < this.#simulation.hangsAfterIos) return;
    for (const nothing = new Int32Array(new SharedArrayBuffer(4)); ;) Atomics.wait(nothing, 0, 0);
  }

  #outcome(lengthBytes: number): number {
    const { errorRate, errorCode, shortRate } = this.#simulation;
    const draw = this.#random();
    if (draw < errorRate) return -errorCode;
    return draw < errorRate + shortRate ? lengthBytes / 2 : lengthBytes;
  }

  flush(): number {
    this.#hang();
    this.#nowNs += this.#simulation.baseNs;
    return 0;
  }

  close(): number {
    return 0;
  }
}
