// The tool's own cost per I/O and its CPU time -> whether the tool or the CPU was the bottleneck, and not the device.

import { median } from "../../stats/ranks.ts";
import type { Check, Round } from "../result.ts";
import { cannotBeChecked, pass, percent, touchesMedium, traitsOf, warn, type CaseEvidence } from "./case-evidence.ts";

const NOTICEABLE = 0.1;
const LOWER_BOUND = 0.5;
const SATURATED = 0.95;

/** CPU time of each worker, as a share of one core. */
function coreShare(round: Round, threads: number, of: "userSeconds" | "systemSeconds"): number {
  return round.measuredSeconds === 0 ? 0 : round.cpu[of] / threads / round.measuredSeconds;
}

export function checkGenerator(evidence: CaseEvidence): Check {
  const code = "generator";
  const { settings, summary, rounds } = evidence.case;
  if (!touchesMedium(evidence)) return cannotBeChecked(code, "this method is nothing but the tool's own cost");
  if (settings.completion === "poll" || settings.polling || settings.submitThread) {
    return cannotBeChecked(code, "polling keeps a core busy by intention");
  }
  if (summary === null || evidence.ownCost === null)
    return cannotBeChecked(code, "the tool's own cost was not measured");
  const { loopNs } = evidence.ownCost;
  const { mapped } = traitsOf(evidence);
  // A mapped file is read and written without any call.
  const callNs = mapped ? 0 : evidence.ownCost.callNs;
  const iopsPerWorker = summary.iops.median / settings.threads;
  const share = ((loopNs + callNs) * iopsPerWorker) / 1e9;
  const user = median(rounds.map((round) => coreShare(round, settings.threads, "userSeconds"))) ?? 0;
  const system = median(rounds.map((round) => coreShare(round, settings.threads, "systemSeconds"))) ?? 0;
  const facts = {
    loopNs,
    callNs,
    iopsPerWorker,
    ownShareOfCore: share,
    userShareOfCore: user,
    systemShareOfCore: system,
  };
  const own = `diskbench itself takes ${percent(share)} of a core at this rate`;
  // Through the page cache copying is the work: a busy CPU is what is measured there.
  const throughCache = settings.caching === "buffered" || mapped;
  const boundInKernel = user + system > SATURATED && system > user && !throughCache;
  const kernel = `each worker spends ${percent(system)} of a core in the kernel, so that this case is CPU-bound in the kernel and not by the device`;
  const more = boundInKernel ? ` (${kernel})` : "";
  if (share > LOWER_BOUND) {
    return warn(
      code,
      `${own}: the figure is a lower bound of the device${more}; use more threads or larger blocks.`,
      facts,
    );
  }
  if (share > NOTICEABLE) {
    const advice = "use larger blocks, or more threads, to see what the device does without it";
    return warn(code, `${own}, which the figure includes${more}; ${advice}.`, facts);
  }
  if (boundInKernel) {
    return warn(code, `${kernel.replace(/^e/, "E")}; use more threads, or a method that costs less there.`, facts);
  }
  return pass(code, `${own}.`, facts);
}
