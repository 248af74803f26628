// A thread that is kept from its work -> how much of that fell between two moments.

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { PauseWatch } from "../../src/engine/pause-watch.ts";
import { collectGarbage } from "../../src/engine/jit/gc.ts";
import { loadPlatform } from "../../src/platform/index.ts";

const platform = await loadPlatform();
const { now } = platform.clock;

/** Makes so much garbage that it has to be collected. */
function litter(): number {
  let kept: object[] = [];
  for (let index = 0; index < 2_000_000; index += 1) {
    kept.push({ index });
    if (kept.length > 50_000) kept = [];
  }
  return kept.length;
}

test("collections between open and close are counted, with how long they took", async () => {
  const watch = new PauseWatch(platform);
  watch.open(now());
  litter();
  watch.close(now());
  const pauses = await watch.finish();
  expect(pauses?.collections).toBeGreaterThan(0);
  expect(pauses?.longestCollectionSeconds).toBeGreaterThan(0);
  expect(pauses?.collectionSeconds).toBeGreaterThanOrEqual(pauses?.longestCollectionSeconds ?? Infinity);
});

test("those before and after are not", async () => {
  const watch = new PauseWatch(platform);
  litter();
  await sleep(5);
  watch.open(now());
  watch.close(now());
  await sleep(5);
  litter();
  expect(await watch.finish()).toMatchObject({ collections: 0, collectionSeconds: 0, longestCollectionSeconds: 0 });
});

test("of a collection that outlasts the window, and of one that began before it, the part inside counts", async () => {
  for (const [opensAt, closesAt] of [
    [0, 0.5],
    [0.5, 1],
  ] as const) {
    const watch = new PauseWatch(platform);
    const beginNs = now();
    collectGarbage();
    const tookNs = now() - beginNs;
    expect(tookNs).toBeGreaterThan(2e6);
    watch.open(beginNs + opensAt * tookNs);
    watch.close(beginNs + closesAt * tookNs);
    const pauses = await watch.finish();
    expect(pauses?.collections).toBe(1);
    expect(pauses?.collectionSeconds).toBeGreaterThan(0);
    expect(pauses?.collectionSeconds).toBeLessThan(tookNs / 2 / 1e9 + 1e-3);
    expect(pauses?.longestCollectionSeconds).toBe(pauses?.collectionSeconds);
  }
});

test("a window that did not open has none", async () => {
  expect(await new PauseWatch(platform).finish()).toBeNull();
});
