// A round's specification as JSON, and how often to run it -> its samples, a line of JSON for each run. By the built supervisor and engine.

import { roundOf } from "../../dist/engine/round-spec.js";
import { EngineSupervisor } from "../../dist/engine/supervisor.js";
import { loadPlatform } from "../../dist/platform/index.js";

const [, , spec = "", runs = "1"] = process.argv;
/** Some of the threads wait long for a CPU before they begin. */
const STALL_TIMEOUT_SECONDS = 300;

const engine = await EngineSupervisor.start(await loadPlatform(), STALL_TIMEOUT_SECONDS);
for (let run = 0; run < Number(runs); run += 1) {
  const outcome = await engine.runRound(roundOf([JSON.parse(spec)]), () => undefined, new AbortController().signal);
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
await engine.close();
