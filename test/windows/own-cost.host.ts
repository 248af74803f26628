// The null method on Windows and on this system in turn, and every method's window -> what the loop itself costs.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Result } from "../../src/result/result.ts";
import { median } from "../../src/stats/ranks.ts";
import { builtInProfile, callsOf, diskbench, full, resultOf, underWine, windowsPath, writeProfile } from "./host.ts";
import { temporaryDirectory } from "./temporary.ts";

/**
 * Wine, the crossing into it, and a clock through koffi, where on Linux the compiler calls it by itself, may make the
 * loop dearer by so much.
 */
const LIMIT = 1.6;
const PAIRS = full ? 15 : 5;
const WINDOW = full ? "2s" : "500ms";
/** Long enough for the compiler to be done. */
const WARM_UP = "300ms";

const directory = temporaryDirectory("own-cost");

/** CPU time per I/O of each case in nanoseconds, so that what else runs on the machine does not count. */
function cpuNsPerIo({ cases }: Result): number[] {
  return cases.map(({ rounds: [round] }) => {
    assert.ok(round !== undefined && round.total.ios > 0);
    return ((round.cpu.userSeconds + round.cpu.systemSeconds) * 1e9) / round.total.ios;
  });
}

void test(
  `the loop costs at most ${LIMIT} times what it costs on Linux`,
  { skip: underWine ? false : "there is no Linux beside this Windows" },
  async (context) => {
    const profile = writeProfile(directory, {
      name: "own-cost",
      rounds: 1,
      defaults: { duration: WINDOW, warmup: WARM_UP, blockSize: "4KiB" },
      jobs: [{ name: "null", method: "null", operation: "write", queueDepth: [1, 8] }],
    });
    const words = ["run", profile, "--json", "--quiet"];
    const costs: { readonly windows: number[]; readonly host: number[] }[] = [];
    let ids: readonly string[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const windows = resultOf(await diskbench(directory, words));
      const host = resultOf(await diskbench(directory, words, { on: "host" }));
      ids = windows.cases.map(({ id }) => id);
      costs.push({ windows: cpuNsPerIo(windows), host: cpuNsPerIo(host) });
    }
    for (const [index, id] of ids.entries()) {
      const windowsNs = median(costs.map(({ windows }) => windows[index] ?? Infinity));
      const hostNs = median(costs.map(({ host }) => host[index] ?? 0));
      assert.ok(windowsNs !== null && hostNs !== null);
      const ratio = windowsNs / hostNs;
      context.diagnostic(`${id}: ${windowsNs.toFixed(0)} ns, ${hostNs.toFixed(0)} ns on Linux, ${ratio.toFixed(2)} x`);
      assert.ok(ratio <= LIMIT, `${id}: ${ratio}`);
    }
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
