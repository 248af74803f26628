// The null method on Windows and on this system in turn, and every method's window -> what the loop itself costs.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Result } from "../../src/result/result.ts";
import { builtInProfile, callsOf, diskbench, full, resultOf, underWine, windowsPath, writeProfile } from "./host.ts";
import { temporaryDirectory } from "./temporary.ts";

/**
 * An I/O may cost so many times what it costs on Linux with the same clock. Wine's is called through koffi, where on
 * Linux the compiler calls it by itself: what that costs differs from machine to machine, and is the same in all loops.
 * Of ten pairs on two busy cores the least were 1.17 to 1.36 times.
 */
const LIMIT = 1.45;
/** Of one I/O. A batch of eight is looked at when it goes and when it comes. */
const CLOCK_LOOKS: Readonly<Record<number, number>> = { 1: 1, 8: 2 / 8 };
const PAIRS = full ? 15 : 10;
const MOST_PAIRS = 3 * PAIRS;
const WINDOW = full ? "2s" : "500ms";
/** Long enough for the compiler to be done. */
const WARM_UP = "300ms";

const directory = temporaryDirectory("own-cost");

/** Nanoseconds of a look at the clock, from the result's own check of it. */
function clockNs({ checks }: Result): number {
  const costNs = checks.find(({ code }) => code === "clock")?.facts["costNs"];
  assert.ok(typeof costNs === "number");
  return costNs;
}

/** CPU time per I/O of each case in nanoseconds, so that what else runs on the machine does not count. */
function cpuNsPerIo({ cases }: Result): number[] {
  return cases.map(({ rounds: [round] }) => {
    assert.ok(round !== undefined && round.total.ios > 0);
    return ((round.cpu.userSeconds + round.cpu.systemSeconds) * 1e9) / round.total.ios;
  });
}

void test(
  `the loop costs at most ${LIMIT} times what it costs on Linux, with the same clock`,
  { skip: underWine ? false : "there is no Linux beside this Windows" },
  async (context) => {
    const profile = writeProfile(directory, {
      name: "own-cost",
      rounds: 1,
      defaults: { duration: WINDOW, warmup: WARM_UP, blockSize: "4KiB" },
      jobs: [{ name: "null", method: "null", operation: "write", queueDepth: [1, 8] }],
    });
    const words = ["run", profile, "--json", "--quiet"];
    const pairs: { readonly windows: Result; readonly host: Result }[] = [];
    // The rest of the machine only ever makes a loop dearer: what is too dear is looked at again.
    const least = (of: (pair: (typeof pairs)[number]) => number | undefined): number => {
      const value = Math.min(...pairs.map((pair) => of(pair) ?? NaN));
      assert.ok(value > 0);
      return value;
    };
    const ratios = (): number[] => {
      const clock = { windowsNs: least(({ windows }) => clockNs(windows)), hostNs: least(({ host }) => clockNs(host)) };
      return (pairs[0]?.host.cases ?? []).map(({ id, settings }, index) => {
        const windowsNs = least(({ windows }) => cpuNsPerIo(windows)[index]);
        const hostNs = least(({ host }) => cpuNsPerIo(host)[index]);
        const looks = CLOCK_LOOKS[settings.queueDepth];
        assert.ok(looks !== undefined);
        const ratio = (windowsNs - looks * (clock.windowsNs - clock.hostNs)) / hostNs;
        const costs = `${windowsNs.toFixed(0)} ns, ${hostNs.toFixed(0)} ns on Linux`;
        const clocks = `a look ${clock.windowsNs.toFixed(0)} ns, ${clock.hostNs.toFixed(0)} ns on Linux`;
        context.diagnostic(
          `${pairs.length} pairs: ${id}: ${costs}; ${clocks}; ${ratio.toFixed(2)} x with the same clock`,
        );
        return ratio;
      });
    };
    do {
      for (let pair = 0; pair < PAIRS; pair += 1) {
        const windows = resultOf(await diskbench(directory, words));
        pairs.push({ windows, host: resultOf(await diskbench(directory, words, { on: "host" })) });
      }
    } while (ratios().some((ratio) => ratio > LIMIT) && pairs.length < MOST_PAIRS);
    for (const ratio of ratios()) assert.ok(ratio <= LIMIT, String(ratio));
  },
);

void test("no garbage is collected in the window of any method", async (context) => {
  const path = join(directory, "test.dat");
  const target = ["--target", windowsPath(path), "--size", "16MiB"];
  const length = ["--duration", full ? "10s" : "400ms", "--warmup", "100ms"];
  const mixed = ["--set", "defaults.operation=mixed", "--set", "defaults.readPercent=50"];
  const words = ["run", builtInProfile("methods"), "--json", "--quiet", ...target, ...length, ...mixed];
  for (const each of resultOf(await diskbench(directory, words)).cases) {
    const [round] = each.rounds;
    assert.ok(round?.pauses !== null && round?.pauses !== undefined, "collections are counted");
    const { collections } = round.pauses;
    // Its completions enter JavaScript, which is what the figure is for; see also `allocation.windows.ts`.
    if (each.settings.nativeCall === "WriteFileEx") {
      context.diagnostic(`${callsOf(each)}: ${collections} collections in ${round.total.ios} I/Os`);
    }
    assert.equal(collections, 0, callsOf(each));
  }
  assert.equal(existsSync(path), false, "the test file is removed");
});
