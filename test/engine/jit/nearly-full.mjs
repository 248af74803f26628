// Whether to collect garbage first -> a young generation filled to nine tenths, piece by piece as a command at work does, then idle.

import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapSpaceStatistics } from "node:v8";
import { collectGarbage } from "../../../dist/engine/jit/gc.js";

const FULL = 0.9;

function usedShare() {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return space.space_used_size / (space.space_used_size + space.space_available_size);
}

if (process.argv[2] === "collect") collectGarbage();
writeSync(1, "begin\n");
for (let piece = 0; piece < 1000 && usedShare() < FULL; piece += 1) {
  Array.from({ length: 500 }, () => piece);
  await sleep(1);
}
await sleep(300);
writeSync(1, usedShare() >= FULL ? "still nearly full\n" : "end\n");
