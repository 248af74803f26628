// Rounds' specifications as JSON -> run one after the other, then what the engine and its workers do while nothing is asked of them, and how it ends. By the built engine.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { roundOf } from "../../dist/engine/round-spec.js";
import { EngineSupervisor } from "../../dist/engine/supervisor.js";
import { loadPlatform } from "../../dist/platform/index.js";

const IDLE_MS = 500;

const engine = await EngineSupervisor.start(await loadPlatform());
const ios = [];
const failures = [];
for (const spec of JSON.parse(process.argv[2])) {
  const outcome = await engine.runRound(roundOf([spec]), () => undefined, new AbortController().signal);
  ios.push((outcome.samples?.read?.ios ?? 0) + (outcome.samples?.write?.ios ?? 0));
  failures.push(outcome.failures.map(({ code }) => code));
}
/** CPU time so far, in ticks of 10 ms: the 14th and 15th figure, of which the first two stand before the rest (proc_pid_stat(5)). */
const ticks = () => {
  const figures = readFileSync(`/proc/${engine.processId}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return Number(figures[11]) + Number(figures[12]);
};
// What the last round has left to do.
await sleep(IDLE_MS / 2);
const before = ticks();
await sleep(IDLE_MS);
const idleTicks = ticks() - before;
const startMs = performance.now();
const left = await engine.close();
process.stdout.write(`${JSON.stringify({ ios, failures, idleTicks, closeMs: performance.now() - startMs, left })}\n`);
