// A thread that is kept from its work -> how much of that fell between two moments.

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { PauseWatch } from "../../src/engine/pause-watch.ts";
import { loadPlatform } from "../../src/platform/index.ts";

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
  const watch = new PauseWatch(await loadPlatform());
  watch.open();
  litter();
  watch.close();
  const pauses = await watch.finish();
  expect(pauses?.collections).toBeGreaterThan(0);
  expect(pauses?.longestCollectionSeconds).toBeGreaterThan(0);
  expect(pauses?.collectionSeconds).toBeGreaterThanOrEqual(pauses?.longestCollectionSeconds ?? Infinity);
});

test("those before and after are not", async () => {
  const watch = new PauseWatch(await loadPlatform());
  litter();
  await sleep(5);
  watch.open();
  watch.close();
  await sleep(5);
  litter();
  expect(await watch.finish()).toMatchObject({ collections: 0, collectionSeconds: 0, longestCollectionSeconds: 0 });
});

test("a window that did not open has none", async () => {
  expect(await new PauseWatch(await loadPlatform()).finish()).toBeNull();
});
