// A back end on a scripted Windows -> its I/Os handed over, collected, and the accounts settled.

import { expect } from "vitest";
import { OPERATION, type Backend } from "../../../src/platform/platform.ts";
import type { ScriptedWindows } from "./scripted.ts";

export const BLOCK_BYTES = 4096;

/** Collects until `count` I/Os are back: their slots and results, in order. */
export function collect(backend: Backend, count: number): { slots: number[]; results: number[] } {
  const slots: number[] = [];
  const results: number[] = [];
  for (let look = 0; slots.length < count; look += 1) {
    expect(look, "looks for completions").toBeLessThan(1000);
    const collected = backend.reap(1);
    slots.push(...backend.completedSlots.subarray(0, collected));
    results.push(...backend.completedResults.subarray(0, collected));
  }
  return { slots, results };
}

export function submitAll(backend: Backend, queueDepth: number): void {
  for (let slot = 0; slot < queueDepth; slot += 1) {
    backend.prepare(slot, OPERATION.write, 0, slot * BLOCK_BYTES, BLOCK_BYTES, 0);
    backend.submit();
  }
}

export function expectAllGivenBack(win32: ScriptedWindows, backend: Backend): void {
  expect(backend.close()).toBe(0);
  expect(win32.held).toEqual([]);
  expect(win32.memory.size, "blocks of memory left").toBe(0);
  expect(win32.routineCount, "completion routines left").toBe(0);
  expect(win32.violations).toEqual([]);
}
