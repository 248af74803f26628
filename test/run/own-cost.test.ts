// What rounds over the null method take -> what diskbench says that it costs itself.

import { describe, expect, test } from "vitest";
import type { RoundOutcome } from "../../src/engine/supervisor.ts";
import { clockCostNs, OwnCosts } from "../../src/run/own-cost.ts";
import { loadPlatform } from "../../src/platform/index.ts";
import { fillMembers } from "../../src/run/round-specs.ts";
import { roundSamples } from "../result/fixture.ts";

const CALL_NS = 50;
const IOS = 100_000;
const NOTHING_WRONG: Omit<RoundOutcome, "samples"> = { failures: [], givenUp: null };
const [SPEC] = fillMembers({ path: "x", sizeBytes: 2 ** 20, content: "random", caching: "unbuffered" }, "pwrite", 1);

/** An engine whose rounds take these CPU times per I/O, one after the other; null: it measured nothing. */
function costs(...cpuNs: readonly (number | null)[]) {
  const rounds: number[] = [];
  const samples = roundSamples({ job: "null", settings: { operation: "read" }, ios: IOS }, 1);
  const ownCosts = new OwnCosts(
    {
      runRound(): Promise<RoundOutcome> {
        const next = cpuNs[rounds.length];
        if (next === undefined) throw new RangeError("no more rounds were expected");
        rounds.push(rounds.length);
        if (next === null) return Promise.resolve({ samples: null, ...NOTHING_WRONG });
        const cpu = {
          userSeconds: (next * IOS) / 1e9,
          systemSeconds: 0,
          machineSeconds: null,
          machineUserSeconds: null,
        };
        return Promise.resolve({ samples: { ...samples, cpu }, ...NOTHING_WRONG });
      },
    },
    () => CALL_NS,
  );
  const of = (iopsPerWorker: number) => {
    if (SPEC === undefined) throw new RangeError("a fill has a part");
    return ownCosts.of(SPEC, iopsPerWorker, new AbortController().signal);
  };
  return { of, rounds };
}

describe("the cost of a look at the clock", () => {
  test("is that of compiled code, the first time it is asked for", async () => {
    const { clock } = await loadPlatform();
    const firstNs = clockCostNs(clock);
    expect(firstNs).toBeLessThan(1.3 * Math.min(clockCostNs(clock), clockCostNs(clock)));
  });
});

describe("the tool's own cost", () => {
  test("is the CPU time per I/O of one round where that is next to nothing", async () => {
    const { of, rounds } = costs(600);
    const cost = await of(20_000);
    expect(cost?.loopNs).toBeCloseTo(600);
    expect(cost?.callNs).toBe(CALL_NS);
    expect(rounds).toHaveLength(1);
  });

  test("is the least of several where it seems to matter: slow code was measured while the CPUs were busy", async () => {
    const { of, rounds } = costs(1500, 400, 70);
    expect((await of(200_000))?.loopNs).toBeCloseTo(70);
    expect(rounds).toHaveLength(3);
  });

  test("is believed when it does not get less", async () => {
    const { of, rounds } = costs(90, 80, 95, 85, 100);
    expect((await of(2_000_000))?.loopNs).toBeCloseTo(80);
    expect(rounds).toHaveLength(5);
  });

  test("is measured again for a faster case of the same kind, and not for a slower one", async () => {
    const { of, rounds } = costs(600, 60);
    await of(20_000);
    await of(10_000);
    expect(rounds).toHaveLength(1);
    expect((await of(200_000))?.loopNs).toBeCloseTo(60);
    expect((await of(20_000))?.loopNs).toBeCloseTo(60);
    expect(rounds).toHaveLength(2);
  });

  test("is unknown when the engine could not measure it", async () => {
    expect(await costs(null).of(20_000)).toBeNull();
  });
});
