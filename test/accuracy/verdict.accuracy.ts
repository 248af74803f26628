// Two devices, one of them throttled to 90 % of the other -> `ab` says which is slower, by how much, and nothing else.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Comparison } from "../../src/compare/comparison.ts";
import { diskbench, workplace } from "../support/diskbench.ts";
import { describeWith } from "../support/requirements.ts";
import { undoAfterAll, type Undo } from "../support/undo.ts";
import { expectBetween, present } from "./figures.ts";
import { VERDICT_ROUNDS } from "./length.ts";
import { asItIs } from "./measure.ts";
import { ownDevice, type OwnDevice } from "./own-device.ts";
import { untilQuiet } from "./quiet-machine.ts";
import { throttleEach, THROTTLE } from "./throttle.ts";

const SIZE_BYTES = 64 * 2 ** 20;
const READS_PER_SECOND = 1000;
/** 1,000 / 900 - 1. A throttle can be so even that the interval has hardly any width. */
const WORSE_PERCENT = 100 / 9;
const HARDLY = 0.05;

interface Verdict {
  readonly comparison: Comparison;
  readonly code: number;
  /** What a person sees. */
  readonly table: string;
}

describeWith(["root", "losetup", "/dev/loop-control", THROTTLE], "ab on two throttled devices", () => {
  const undo = undoAfterAll();
  let devices: readonly OwnDevice[] = [];
  beforeAll(() => {
    devices = [ownDevice(undo, SIZE_BYTES), ownDevice(undo, SIZE_BYTES)];
  });

  /** The second device at `share` of the first one's rate. */
  async function judge(done: Undo, share: number): Promise<Verdict> {
    const rates = [READS_PER_SECOND, READS_PER_SECOND * share];
    const limited = devices.map((device, index) => ({ device, limits: { readsPerSecond: present(rates[index]) } }));
    const directory = workplace(done, {
      "verdict.json": {
        targets: devices.map(({ path }) => asItIs(path)),
        defaults: { duration: "3s", warmup: "500ms" },
        jobs: [{ name: "reads", operation: "read", pattern: "random", blockSize: "4KiB", queueDepth: 8 }],
      },
    });
    const flags = devices.flatMap((device) => device.flags);
    const words = ["ab", "verdict.json", "--gate", "iops", "--rounds", String(VERDICT_ROUNDS), "--quiet", "--json"];
    // A throttle that gets no CPU lets through less, on either device.
    await untilQuiet(60_000);
    const measured = await diskbench(done, [...words, ...flags], { directory, prefix: throttleEach(done, limited) });
    expect(measured.stderr).toBe("");
    const [file = ""] = readdirSync(join(directory, "results"));
    const shown = await diskbench(done, ["compare", join("results", file), "--gate", "iops"], { directory });
    expect(shown.code).toBe(measured.code);
    return { comparison: JSON.parse(measured.stdout) as Comparison, code: measured.code, table: shown.stdout };
  }

  const iopsOf = ({ cases }: Comparison) => {
    const found = cases[0]?.metrics.find(({ metric }) => metric === "iops");
    if (found === undefined) throw new Error("no IOPS");
    return found;
  };

  test("90 %: regressed by 11.1 %, shown as 10 % fewer IOPS, exit 1", async ({ onTestFinished }) => {
    const { comparison, code, table } = await judge(onTestFinished, 0.9);
    const { worse, change, verdict } = iopsOf(comparison);
    expectBetween("lower bound of worse by, in %", present(worse?.low) * 100, 5, WORSE_PERCENT + HARDLY);
    expectBetween("upper bound of worse by, in %", present(worse?.high) * 100, WORSE_PERCENT - HARDLY, 17);
    expectBetween("change of IOPS in %", present(change?.estimate) * 100, -11, -9);
    expect(verdict).toBe("regressed");
    expect(code).toBe(1);
    expect(table).toMatch(/^ {2}iops .*-(?:9\.\d\d|10\.\d)% .* regressed$/m);
  });

  test("equal: pass, exit 0", async ({ onTestFinished }) => {
    const { comparison, code } = await judge(onTestFinished, 1);
    const { worse, verdict } = iopsOf(comparison);
    expectBetween("lower bound of worse by, in %", present(worse?.low) * 100, -15, HARDLY);
    expectBetween("upper bound of worse by, in %", present(worse?.high) * 100, -HARDLY, 5);
    expect(verdict).toBe("pass");
    expect(code).toBe(0);
  });
});
