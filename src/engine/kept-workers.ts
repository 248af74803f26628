// What is left of the machine -> how many workers the engine keeps for later rounds; pure.

import type { Headroom } from "../platform/platform.ts";
import { THREAD } from "../rules/needs.ts";

/** Of what is left. The rules of a plan reckon with the workers of one round. */
const SHARE = 0.25;

export function mostKeptWorkers({ memory, addressSpace, mappings, descriptors, tasks }: Headroom): number {
  const needs = [
    [memory, THREAD.memoryBytes],
    [addressSpace, THREAD.addressBytes],
    [mappings, THREAD.mappings],
    [descriptors, THREAD.descriptors],
    [tasks, 1],
  ] as const;
  return Math.min(
    ...needs.map(([room, perWorker]) => (room === null ? Infinity : Math.floor((SHARE * room.amount) / perWorker))),
  );
}
