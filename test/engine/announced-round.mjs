// A round's specification as JSON, run by the built supervisor and engine -> its phases as they begin, and its I/Os, on stderr; the phases on stdout, too.

import { writeSync } from "node:fs";
import { Collector } from "../../dist/engine/collector.js";
import { EngineSupervisor } from "../../dist/engine/supervisor.js";
import { loadPlatform } from "../../dist/platform/index.js";

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
const { samples, failures } = await engine.runRound(
  JSON.parse(process.argv[2]),
  ({ phase }) => announce(phase),
  new AbortController().signal,
);
announce("done");
await engine.close();
process.stderr.write(
  `ios ${(samples?.read?.ios ?? 0) + (samples?.write?.ios ?? 0)} failures ${JSON.stringify(failures)}\n`,
);
