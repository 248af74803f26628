// The command itself -> what it costs beside the I/O: start-up, memory of the engine, a large result.

import { spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { EngineSupervisor } from "../../src/engine/supervisor.ts";
import { roundOf, type MemberSpec } from "../../src/engine/round-spec.ts";
import { loadPlatform } from "../../src/platform/index.ts";
import type { RoundSamples } from "../../src/samples/samples.ts";
import { median } from "../../src/stats/ranks.ts";

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost: number | null;
}

const command = fileURLToPath(new URL("../../../../bin/diskbench.js", import.meta.url));
const START_UP_RUNS = 21;

function millisecondsOf(parameters: readonly string[]): number {
  const start = performance.now();
  spawnSync(process.execPath, parameters, { stdio: "ignore" });
  return performance.now() - start;
}

/** `--help` and `--version` against a node that does nothing, taken in turns. */
export function startUp(): readonly Figure[] {
  const candidates = { nothing: ["-e", "0"], help: [command, "--help"], version: [command, "--version"] };
  const times = { nothing: [] as number[], help: [] as number[], version: [] as number[] };
  for (let run = 0; run < START_UP_RUNS; run += 1) {
    for (const name of ["nothing", "help", "version"] as const) times[name].push(millisecondsOf(candidates[name]));
  }
  const idle = median(times.nothing) ?? NaN;
  const ratio = (of: readonly number[]): number => (median(of) ?? NaN) / idle;
  return [
    { name: "--help / node -e 0", value: ratio(times.help), unit: "x", atMost: 2.2 },
    { name: "--version / node -e 0", value: ratio(times.version), unit: "x", atMost: 2.2 },
  ];
}

function residentMegabytes(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, "utf8");
  // Its kB are KiB (proc_pid_status(5)).
  return (Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN) * 1024) / 1e6;
}

/** Resident memory of the engine in the middle of a window, I/O buffers taken off. */
async function engineMegabytes(spec: MemberSpec): Promise<number> {
  const engine = await EngineSupervisor.start(await loadPlatform());
  try {
    const phases = new EventEmitter();
    const opened = once(phases, "measure");
    const round = engine.runRound(roundOf([spec]), ({ phase }) => phases.emit(phase), new AbortController().signal);
    await opened;
    await sleep(((spec.durationSeconds ?? 0) * 1000) / 2);
    const megabytes = residentMegabytes(engine.processId ?? 0);
    await round;
    return megabytes - (spec.ranges.length * spec.queueDepth * spec.blockSizeBytes) / 1e6;
  } finally {
    await engine.close();
  }
}

/** A second on the fake device: samples as a real round has them. */
export async function simulatedSamples(spec: MemberSpec): Promise<RoundSamples> {
  const engine = await EngineSupervisor.start(await loadPlatform());
  try {
    const { samples } = await engine.runRound(roundOf([spec]), () => undefined, new AbortController().signal);
    if (samples === null) throw new Error("the simulated round measured nothing");
    return samples;
  } finally {
    await engine.close();
  }
}

export async function memory(specOf: (threads: number) => MemberSpec): Promise<readonly Figure[]> {
  const one = await engineMegabytes(specOf(1));
  const eight = await engineMegabytes(specOf(8));
  const many = await engineMegabytes(specOf(32));
  return [
    { name: "engine, 1 worker", value: one, unit: "MB", atMost: 100 },
    { name: "engine, each further of 8", value: (eight - one) / 7, unit: "MB", atMost: 20 },
    { name: "engine, each further of 32", value: (many - one) / 31, unit: "MB", atMost: 20 },
  ];
}
