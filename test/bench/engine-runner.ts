// A round's specification as JSON -> the round, run by the real supervisor and engine; says when the window opens.

import { EngineSupervisor } from "../../src/engine/supervisor.ts";
import { roundOf, type MemberSpec } from "../../src/engine/round-spec.ts";
import { loadPlatform } from "../../src/platform/index.ts";
import { mergeDirections } from "../../src/samples/merge.ts";
import { latencySummary } from "../../src/samples/summary.ts";

const spec = JSON.parse(process.argv[2] ?? "") as MemberSpec;
const engine = await EngineSupervisor.start(await loadPlatform());
let opened = false;
const { samples, failures } = await engine.runRound(
  roundOf([spec]),
  ({ phase }) => {
    if (opened || phase !== "measure") return;
    opened = true;
    process.send?.("open");
  },
  new AbortController().signal,
);
await engine.close();
if (samples === null || failures.length > 0) throw new Error(JSON.stringify(failures));
const total = mergeDirections([samples.read, samples.write].filter((direction) => direction !== null));
const latency = latencySummary(total.latency);
const figures = { iops: total.ios / samples.measuredSeconds, p50Ns: latency.p50, p99Ns: latency.p99 };
// oxlint-disable-next-line no-console -- the figures are this program's output
console.log(JSON.stringify(figures));
process.disconnect?.();
