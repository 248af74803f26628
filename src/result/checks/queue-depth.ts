// Depth reached beside depth asked -> whether the queue was ever as deep as the case says.

import { mean } from "../../stats/moments.ts";
import type { Check, Round } from "../result.ts";
import { deviceOf, onlyInforms } from "./device-traffic.ts";
import {
  cannotBeChecked,
  isWine,
  pass,
  percent,
  sumOver,
  traitsOf,
  warn,
  writesOf,
  type CaseEvidence,
} from "./case-evidence.ts";

/**
 * The loop that fills the queue also empties it: on a fast device a few slots are always in its hands, and 25 of 32 in
 * flight is as good as it gets. Less than half means that something else sets the depth.
 */
const REACHED = 0.5;
/** From here on the loop itself is what keeps the queue short: it had no time to fill it. */
const BUSY_SUBMITTING = 0.5;
/** Little's law, rate x mean latency, is exact for long windows; at the edges of short ones I/Os are cut. */
const LAW_TOLERANCE = 0.15;
const ROUNDS_OF_THE_QUEUE = 100;

/** What to do where the system does not queue at all. */
const AT_ONCE = {
  windows: "use preallocate: fill, and caching: unbuffered",
  wine: "Wine queues no file I/O, so measure deep queues on Windows itself",
} as const;

function lawDepth({ total }: Round): number {
  return (total.iops * (total.latencyNs.mean ?? 0)) / 1e9;
}

/**
 * Average length of the device's own queue while it had one; null where it does not count, counts no time, or has a
 * queue of its own making: behind a page cache, or a file system that spreads what it is asked for.
 */
function deviceDepth(evidence: CaseEvidence): number | null {
  if (onlyInforms(evidence) !== null) return null;
  const { rounds } = evidence.case;
  const devices = rounds.map((round) => deviceOf(round, "own")).filter((device) => device !== null);
  const busy = sumOver(devices, (device) => device.busySeconds);
  return busy === 0 ? null : sumOver(devices, (device) => device.queueSeconds) / busy;
}

function whyNot(evidence: CaseEvidence): string | null {
  const { settings, rounds } = evidence.case;
  if (settings.nativeCall === "null") return "this method does no I/O";
  if (!traitsOf(evidence).queued || settings.queueDepth === 1) return "one I/O at a time is what was asked for";
  if (writesOf(evidence) && (settings.flush === "each" || settings.flush.startsWith("every"))) {
    return "the queue is emptied before every flush";
  }
  const leastIos = settings.queueDepth * settings.threads * 10;
  if (rounds.some(({ total }) => total.ios < leastIos))
    return `a round has fewer than ${leastIos} I/Os, too few to fill the queue for long`;
  return null;
}

export function checkQueueDepth(evidence: CaseEvidence): Check {
  const code = "queue-depth";
  const why = whyNot(evidence);
  if (why !== null) return cannotBeChecked(code, why);
  const { settings, rounds } = evidence.case;
  const asked = settings.queueDepth * settings.threads;
  const seconds = sumOver(rounds, (round) => round.measuredSeconds) * settings.threads;
  const reached = mean(rounds.map((round) => round.effectiveQueueDepth)) ?? 0;
  const law = mean(rounds.map(lawDepth)) ?? 0;
  const submitting = sumOver(rounds, (round) => round.submittingSeconds) / seconds;
  const ios = sumOver(rounds, (round) => round.total.ios);
  const synchronous = rounds.every((round) => round.completedSynchronously !== null)
    ? sumOver(rounds, (round) => round.completedSynchronously ?? 0) / ios
    : null;
  const facts = {
    askedDepth: asked,
    reachedDepth: reached,
    littlesLawDepth: law,
    deviceDepthWhileBusy: deviceDepth(evidence),
    submittingShare: submitting,
    completedSynchronouslyShare: synchronous,
  };
  const short = `Of ${asked} I/Os asked for ${reached.toFixed(1)} were in flight on average`;
  if (reached < REACHED * asked) {
    const cause =
      synchronous !== null && synchronous > BUSY_SUBMITTING
        ? `${percent(synchronous)} of them were complete when the call returned; ${AT_ONCE[isWine(evidence) ? "wine" : "windows"]}`
        : submitting > BUSY_SUBMITTING
          ? `the calls that hand them over took ${percent(submitting)} of the window, so the CPU sets the pace and not the device; use more threads, or a smaller queueDepth`
          : "the loop was kept from filling the queue; look at the check pauses, or use more threads";
    return warn(code, `${short}: ${cause}.`, facts);
  }
  if (ios > ROUNDS_OF_THE_QUEUE * asked && Math.abs(law - reached) > LAW_TOLERANCE * reached) {
    return warn(
      code,
      `${short}, but by rate and latency it was ${law.toFixed(1)} (Little's law): take neither for certain, and repeat with a longer duration.`,
      facts,
    );
  }
  return pass(code, `${short}.`, facts);
}
