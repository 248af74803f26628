// A round's specification as JSON, and a number of rounds -> IOPS of so many by kept workers and by new ones, in turns. By the built engine.

import { roundOf } from "../../dist/engine/round-spec.js";
import { EngineSupervisor } from "../../dist/engine/supervisor.js";
import { loadPlatform } from "../../dist/platform/index.js";

const [spec, rounds] = [JSON.parse(process.argv[2]), Number(process.argv[3])];
const platform = await loadPlatform();
const engines = {
  kept: await EngineSupervisor.start(platform),
  new: await EngineSupervisor.start(platform, undefined, "new"),
};

async function iopsOf(workers, roundIndex) {
  const { signal } = new AbortController();
  const { samples, failures } = await engines[workers].runRound(
    roundOf([{ ...spec, roundIndex }]),
    () => undefined,
    signal,
  );
  if (samples === null || failures.length > 0) throw new Error(JSON.stringify(failures));
  return ((samples.read?.ios ?? 0) + (samples.write?.ios ?? 0)) / samples.measuredSeconds;
}

// The first rounds on a target find it as its filling left it.
for (const workers of ["kept", "new"]) await iopsOf(workers, 0);
const series = { kept: [], new: [] };
for (let round = 0; round < rounds; round += 1) {
  // Who begins changes from round to round.
  const order = round % 2 === 0 ? ["kept", "new"] : ["new", "kept"];
  for (const workers of order) series[workers].push(await iopsOf(workers, round));
}
for (const engine of Object.values(engines)) await engine.close();
process.stdout.write(`${JSON.stringify(series)}\n`);
