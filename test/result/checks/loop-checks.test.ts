// How the loop fared -> what queue-depth, generator and pauses say of it.

import { describe, expect, test } from "vitest";
import type { Round } from "../../../src/result/result.ts";
import { checkCase } from "../../../src/result/checks/index.ts";
import { evidenceWith, REFUSED, resultWith, testRows, type Changes, type Row } from "./fixture.ts";

const BUFFERED = { caching: "buffered", flush: "end" } as const;
const DEEP = { queueDepth: 32 };
const pauses =
  (changes: Partial<NonNullable<Round["pauses"]>>) =>
  ({ pauses: ordinary }: Round): Partial<Round> => ({ pauses: ordinary && { ...ordinary, ...changes } });

/** What the two CPUs of the machine did in the window, as shares of one: programs, and anything at all. */
const busyCpus =
  (userCores: number, busyCores: number) =>
  ({ cpu, measuredSeconds }: Round): Partial<Round> => ({
    cpu: {
      ...cpu,
      machineUserSeconds: cpu.userSeconds + userCores * measuredSeconds,
      machineSeconds: busyCores * measuredSeconds,
    },
  });

/** A rate and a latency whose product is that depth. */
function law(depth: number): Pick<Round, "total"> {
  const [round] = resultWith().cases[0]?.rounds ?? [];
  if (round === undefined) throw new RangeError("a fixture has rounds");
  return { total: { ...round.total, latencyNs: { ...round.total.latencyNs, mean: (depth / round.total.iops) * 1e9 } } };
}

const ROWS: readonly Row[] = [
  [
    "full",
    "queue-depth",
    { settings: DEEP, round: () => ({ effectiveQueueDepth: 30, ...law(30) }) },
    "pass",
    /30\.0 were in flight/,
  ],
  [
    "25 of 32, the rest in hand",
    "queue-depth",
    { settings: DEEP, round: () => ({ effectiveQueueDepth: 25, ...law(25) }) },
    "pass",
    /./,
  ],
  [
    "busy submitting",
    "queue-depth",
    {
      settings: DEEP,
      round: ({ measuredSeconds }) => ({ effectiveQueueDepth: 6, ...law(6), submittingSeconds: 0.9 * measuredSeconds }),
    },
    "warn",
    /Of 32 .* 6\.0 were.*90 % of the window.*the CPU sets the pace/,
  ],
  [
    "completed synchronously",
    "queue-depth",
    {
      settings: DEEP,
      round: ({ total }) => ({
        effectiveQueueDepth: 2,
        ...law(2),
        submittingSeconds: 0,
        completedSynchronously: total.ios,
      }),
    },
    "warn",
    /100 % of them were complete when the call returned/,
  ],
  [
    "short for no reason known",
    "queue-depth",
    { settings: DEEP, round: () => ({ effectiveQueueDepth: 2, ...law(2), submittingSeconds: 0 }) },
    "warn",
    /look at the check pauses/,
  ],
  [
    "against Little's law",
    "queue-depth",
    { settings: DEEP, round: () => ({ effectiveQueueDepth: 30, ...law(20) }) },
    "warn",
    /Little's law/,
  ],
  ["one at a time", "queue-depth", {}, "pass", REFUSED],
  ["synchronous", "queue-depth", { settings: { method: "pwrite" } }, "pass", REFUSED],
  [
    "emptied by flushes",
    "queue-depth",
    { settings: { ...DEEP, flush: "every 4" }, round: () => ({ effectiveQueueDepth: 2 }) },
    "pass",
    REFUSED,
  ],
  ["cheap", "generator", { ios: 20_000 }, "pass", /itself takes 0\.1 %/],
  ["noticeable", "generator", { ios: 20_000, ownCost: { loopNs: 10_000, callNs: 1000 } }, "warn", /itself takes 15 %/],
  ["a lower bound", "generator", { ios: 20_000, ownCost: { loopNs: 40_000, callNs: 1000 } }, "warn", /lower bound/],
  [
    "bound in the kernel",
    "generator",
    { round: ({ measuredSeconds, cpu }) => ({ cpu: { ...cpu, systemSeconds: measuredSeconds } }) },
    "warn",
    /CPU-bound in the kernel/,
  ],
  [
    "noticeable, and bound in the kernel",
    "generator",
    {
      ios: 20_000,
      ownCost: { loopNs: 10_000, callNs: 1000 },
      round: ({ measuredSeconds, cpu }) => ({ cpu: { ...cpu, systemSeconds: measuredSeconds } }),
    },
    "warn",
    /itself takes 15 % .*CPU-bound in the kernel/,
  ],
  [
    "mapped, without any call",
    "generator",
    { settings: { method: "mmap", nativeCall: "mmap", caching: "buffered" }, ownCost: { loopNs: 40, callNs: 9000 } },
    "pass",
    /itself takes 0\.0 %/,
  ],
  [
    "polling for completions",
    "generator",
    { settings: { polling: true }, ownCost: { loopNs: 40_000, callNs: 0 } },
    "pass",
    REFUSED,
  ],
  [
    "a kernel thread that polls for submissions",
    "generator",
    { settings: { submitThread: true }, ownCost: { loopNs: 40_000, callNs: 0 } },
    "pass",
    REFUSED,
  ],
  [
    "copying through the cache",
    "generator",
    { settings: BUFFERED, round: ({ measuredSeconds, cpu }) => ({ cpu: { ...cpu, systemSeconds: measuredSeconds } }) },
    "pass",
    /./,
  ],
  [
    "polling",
    "generator",
    { settings: { completion: "poll" }, ownCost: { loopNs: 40_000, callNs: 0 } },
    "pass",
    REFUSED,
  ],
  ["unknown cost", "generator", { ownCost: null }, "pass", REFUSED],
  ["undisturbed", "pauses", {}, "pass", /0 garbage collections/],
  [
    "collecting",
    "pauses",
    { round: pauses({ collections: 9, collectionSeconds: 0.1 }) },
    "warn",
    /18 garbage collections took up to 6\.\d %/,
  ],
  [
    "one long collection",
    "pauses",
    { round: pauses({ collections: 1, longestCollectionSeconds: 0.03 }) },
    "warn",
    /longest 30\.0 ms/,
  ],
  [
    "waiting for a CPU",
    "pauses",
    { round: pauses({ waitedForCpuSeconds: 0.4 }) },
    "warn",
    /waited for a CPU during 26 %.*stop what else/,
  ],
  [
    "too many threads",
    "pauses",
    { settings: { threads: 4 }, round: pauses({ waitedForCpuSeconds: 2 }) },
    "warn",
    /fewer threads than the 2 CPUs/,
  ],
  [
    "waking up again and again while the device works on",
    "pauses",
    { settings: DEEP, round: pauses({ waitedForCpuSeconds: 0.3, waitsForCpu: 60_000 }) },
    "pass",
    /away from the CPU for .* at a time at most/,
  ],
  [
    "waiting much while the device works on",
    "pauses",
    { settings: DEEP, round: pauses({ waitedForCpuSeconds: 0.5 }) },
    "warn",
    /waited for a CPU during 33 % of a window, up to /,
  ],
  [
    "a wait of some milliseconds",
    "pauses",
    { round: pauses({ waitedForCpuSeconds: 0.02 }) },
    "pass",
    /0 garbage collections; away from the CPU/,
  ],
  [
    "waits that nobody counts",
    "pauses",
    { round: pauses({ waitedForCpuSeconds: null }) },
    "pass",
    /waits for a CPU are not told here/,
  ],
  [
    "waits that are few beside the window and many beside the tail",
    "pauses",
    { settings: { queueDepth: 16 }, round: pauses({ waitedForCpuSeconds: 0.06 }) },
    "warn",
    /waited for a CPU during 3\.\d %.*can account for 100 % .*slowest hundredth/,
  ],
  [
    "the same of a device whose tail is far longer",
    "pauses",
    { settings: { queueDepth: 2 }, round: pauses({ waitedForCpuSeconds: 0.02 }) },
    "pass",
    /away from the CPU/,
  ],
  [
    "no more than waking up takes",
    "pauses",
    { settings: { queueDepth: 16 }, round: pauses({ waitedForCpuSeconds: 0.06, waitsForCpu: 20_000 }) },
    "pass",
    /away from the CPU/,
  ],
  [
    "waits whose number nobody counts",
    "pauses",
    { settings: { queueDepth: 16 }, round: pauses({ waitedForCpuSeconds: 0.06, waitsForCpu: null }) },
    "pass",
    /away from the CPU/,
  ],
  [
    "a stopped engine",
    "pauses",
    { round: ({ index }) => ({ stopped: { engineSeconds: index === 1 ? 1.25 : 0, commandSeconds: 0 } }) },
    "fail",
    /^In 1 of 2 rounds .* in round 2 the engine stood still for up to 1\.3s .*counts in no figure/,
  ],
  [
    "a stopped command, whatever the clock of the window",
    "pauses",
    { round: () => ({ pauses: null, stopped: { engineSeconds: 0, commandSeconds: 2 } }) },
    "fail",
    /^In 2 of 2 rounds .* the command stood still for up to 2s .*no round is left that counts/,
  ],
  [
    "other programs on all CPUs, and a loop that has its share",
    "pauses",
    { settings: DEEP, round: busyCpus(1.6, 1.98) },
    "warn",
    /^Other programs used 80 % of this machine's CPU time in a window, and 1\.\d % was idle.*stop what else uses the CPUs/,
  ],
  ["other programs, and idle CPUs", "pauses", { round: busyCpus(1.1, 1.7) }, "pass", /away from the CPU/],
  ["CPUs that the kernel keeps busy", "pauses", { round: busyCpus(0.3, 2) }, "pass", /away from the CPU/],
  ["another clock", "pauses", { round: () => ({ pauses: null }) }, "pass", REFUSED],
];

testRows(ROWS);

describe("the device's own count of its queue", () => {
  const depth = (changes: Changes): unknown =>
    checkCase(evidenceWith(changes)).find(({ code }) => code === "queue-depth")?.facts["deviceDepthWhileBusy"];

  test("stands beside the depth reached where every I/O goes to the device as it is", () => {
    expect(depth({ settings: DEEP })).toBe(7);
  });

  test.each<readonly [string, Changes]>([
    ["through the page cache", { settings: { ...DEEP, ...BUFFERED } }],
    ["on btrfs", { settings: DEEP, target: { fileSystem: "btrfs" } }],
  ])("is left out %s", (_, changes) => {
    expect(depth(changes)).toBeNull();
  });
});
