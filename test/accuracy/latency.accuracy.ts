// Devices of known or independently measured latency -> diskbench's latencies agree with fio's in the same place.

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { onTestFinished, test } from "vitest";
import { pairedShift } from "../../src/stats/hodges-lehmann.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { inPairs, inTurns } from "./abba.ts";
import { expectBetween, expectWithin, present } from "./figures.ts";
import { fioReads, type FioOptions } from "./fio.ts";
import { DELAY_ROUNDS, LOOP_ROUNDS, WINDOW_SECONDS } from "./length.ts";
import { asItIs, measure, onlyRound } from "./measure.ts";
import { ownDevice } from "./own-device.ts";
import { untilQuiet } from "./quiet-machine.ts";

/** How long a comparison in microseconds waits for others to leave the machine, before each of its runs. */
const PATIENCE_MS = 3000;

interface Latency {
  readonly meanNs: number;
  readonly p50Ns: number;
}

/** The same that `fioReads` does. `flags` are those that the target needs. */
async function ownReads(options: FioOptions, flags: readonly string[]): Promise<Latency> {
  const { path, seconds, warmupSeconds } = options;
  const defaults = { duration: `${seconds}s`, warmup: `${warmupSeconds * 1000}ms` };
  const jobs = [{ method: "pwrite", operation: "read", pattern: "random", blockSize: "4KiB" }];
  const { cases } = await measure({ rounds: 1, target: asItIs(path), defaults, jobs }, { flags });
  const { mean, p50 } = onlyRound(cases[0]).total.latencyNs;
  return { meanNs: present(mean), p50Ns: present(p50) };
}

describeWith(["root", "nbdkit", "nbdfuse", "fio", "/dev/fuse"], "a file that answers after a known time", () => {
  test.each([2, 10])("%i ms: the median is fio's", async (delayMs) => {
    const size = 64 * 2 ** 20;
    const parameters = ["--filter=delay", "memory", String(size), `rdelay=${delayMs}ms`];
    const path = await nbdFile(onTestFinished, size, parameters);
    const options = { path, seconds: WINDOW_SECONDS, warmupSeconds: 0.3 };
    const { ours, theirs, tried } = await inTurns(
      { rounds: DELAY_ROUNDS, atMostRounds: DELAY_ROUNDS * 2, percent: 3 },
      async () => (await ownReads(options, ["--force"])).p50Ns / 1e6,
      async () => fioReads(options).p50Ns / 1e6,
    );
    expectWithin(`delay of ${delayMs} ms: p50 in ms beside fio's (${tried} rounds)`, ours, theirs, 3);
    expectBetween(`delay of ${delayMs} ms: p50 in ms`, ours, delayMs, delayMs * 1.5);
  });
});

/** Where the kernel's threads for work that is bound to no processor may run, a loop device's among them (workqueue.rst). */
const UNBOUND_WORK = "/sys/devices/virtual/workqueue/cpumask";

/** Keeps this process, what it starts and the kernel threads that serve loop devices on processor 0 until the test is over. */
function stayOnOneProcessor(): void {
  const processorsOfWork = readFileSync(UNBOUND_WORK, "utf8");
  writeFileSync(UNBOUND_WORK, "1");
  onTestFinished(() => writeFileSync(UNBOUND_WORK, processorsOfWork));
  const affinity = (processors: string): void =>
    void runTool("taskset", "--all-tasks", "--cpu-list", "--pid", processors, String(process.pid));
  affinity("0");
  onTestFinished(() => affinity(`0-${cpus().length - 1}`));
}

describeWith(["root", "losetup", "/dev/loop-control", "fio"], "a loop device", () => {
  test("4 KiB reads one at a time: the mean latency is fio's", async () => {
    const { path, flags } = ownDevice(onTestFinished, 256 * 2 ** 20);
    // Where a reader sits beside the kernel thread that serves the device makes two rates of one: both sit alike.
    stayOnOneProcessor();
    const options = { path, seconds: WINDOW_SECONDS, warmupSeconds: 0.3 };
    const logRatios = await inPairs(
      2 * LOOP_ROUNDS,
      async () => {
        await untilQuiet(PATIENCE_MS);
        return (await ownReads(options, flags)).meanNs;
      },
      async () => {
        await untilQuiet(PATIENCE_MS);
        return fioReads(options).meanNs;
      },
    );
    // Some machines' own speed changes by a half within seconds: then the interval says what can be said at all.
    const { low, high } = pairedShift(logRatios, 0.9);
    expectBetween("mean latency / fio's, lower bound", Math.exp(low ?? -Infinity), 0, 1.05);
    expectBetween("mean latency / fio's, upper bound", Math.exp(high ?? Infinity), 0.95, Infinity);
  });
});
