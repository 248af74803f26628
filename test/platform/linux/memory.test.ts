// Sizes -> memory that is zeroed, resident, and in huge pages where it holds blocks of several pages.

import { existsSync, readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { allocate, allocateSlots } from "../../../src/platform/linux/memory.ts";

const MEBIBYTE = 2 ** 20;
const SETTING = "/sys/kernel/mm/transparent_hugepage/enabled";
const hasHugePages = existsSync(SETTING) && !readFileSync(SETTING, "utf8").includes("[never]");

/** A figure of the mapping that begins at `address`, in bytes (proc_pid_smaps(5)). */
function mapped(address: number, figure: string): number {
  const maps = readFileSync("/proc/self/smaps", "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const map = maps.find((each) => {
    const [first = "", last = ""] = each.slice(0, each.indexOf(" ")).split("-");
    return Number.parseInt(first, 16) <= address && address < Number.parseInt(last, 16);
  });
  return Number(new RegExp(`^${figure}: +(\\d+) kB`, "m").exec(map ?? "")?.[1]) * 1024;
}

test.each([
  ["memory", 16, () => allocate(16)],
  ["memory", MEBIBYTE, () => allocate(MEBIBYTE)],
  ["blocks of a page", 131_072, () => allocateSlots(32, 4096)],
  ["blocks of several pages", 65_536, () => allocateSlots(1, 65_536)],
  ["blocks of several pages", 5 * MEBIBYTE, () => allocateSlots(5, MEBIBYTE)],
])("%s: %i bytes are zero, writable and resident", (_what, sizeBytes, make) => {
  const memory = make();
  onTestFinished(() => memory.free());
  expect(memory.bytes).toHaveLength(sizeBytes);
  expect(memory.bytes.every((byte) => byte === 0)).toBe(true);
  expect(mapped(memory.address, "Rss")).toBeGreaterThanOrEqual(sizeBytes);
  memory.bytes.fill(0xa5);
  expect(memory.bytes.at(-1)).toBe(0xa5);
});

// Otherwise it is chance how many pieces a block has for a device, and a sweep over depth would jump where it changes.
test.skipIf(!hasHugePages).each([
  [1, 8192],
  [1, 65_536],
  [8, 65_536],
  [4, MEBIBYTE],
])("%i blocks of %i bytes lie in huge pages, each in one piece", (count, slotSizeBytes) => {
  const memory = allocateSlots(count, slotSizeBytes);
  onTestFinished(() => memory.free());
  expect(mapped(memory.address, "AnonHugePages")).toBeGreaterThanOrEqual(2 * MEBIBYTE);
});

test("blocks of a page are in one piece anyway, and take no huge page", () => {
  const memory = allocateSlots(32, 4096);
  onTestFinished(() => memory.free());
  expect(mapped(memory.address, "AnonHugePages")).toBe(0);
});
