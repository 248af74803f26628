// Rounds' specifications as JSON, and how often to run them in turn -> its phases as they begin, and the I/Os, on stderr; the phases on stdout, too. By the built supervisor and the bundled engine.

import { writeSync } from "node:fs";
import { Collector } from "../../dist/engine/collector.js";
import { roundOf } from "../../dist/engine/round-spec.js";
import { EngineSupervisor } from "../../dist/engine/supervisor.js";
import { loadPlatform } from "../../dist/platform/index.js";
import { useBundledEngine } from "../support/bundled-engine.mjs";

useBundledEngine();
const engine = await EngineSupervisor.start(await loadPlatform());
let announced = "";
const announce = (phase) => {
  if (phase === announced) return;
  for (const descriptor of [1, 2]) writeSync(descriptor, `phase ${phase}\n`);
  announced = phase;
};
// A look may come too late to see the window closed; samples are made of what was collected when it is.
const { finish } = Collector.prototype;
Collector.prototype.finish = function (...parameters) {
  announce("drain");
  return finish.apply(this, parameters);
};
let ios = 0;
const failed = [];
const specs = JSON.parse(process.argv[2]);
const order = Array.from({ length: Number(process.argv[3] ?? 1) }, () => specs).flat();
for (const spec of order) {
  const { samples, failures } = await engine.runRound(
    roundOf([spec]),
    ({ phase }) => announce(phase),
    new AbortController().signal,
  );
  announce("done");
  ios += (samples?.read?.ios ?? 0) + (samples?.write?.ios ?? 0);
  failed.push(...failures);
}
await engine.close();
// V8 may have been in the middle of a line when the engine ended.
process.stderr.write(`\nios ${ios} failures ${JSON.stringify(failed)}\n`);
