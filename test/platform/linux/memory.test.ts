// Sizes -> memory that is zeroed, resident, and in huge pages where it is large.

import { existsSync, readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { allocate } from "../../../src/platform/linux/memory.ts";

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

test.each([16, 65_536, MEBIBYTE, 5 * MEBIBYTE])("%i bytes are zero, writable and resident", (sizeBytes) => {
  const memory = allocate(sizeBytes);
  onTestFinished(() => memory.free());
  expect(memory.bytes).toHaveLength(sizeBytes);
  expect(memory.bytes.every((byte) => byte === 0)).toBe(true);
  expect(mapped(memory.address, "Rss")).toBeGreaterThanOrEqual(sizeBytes);
  memory.bytes.fill(0xa5);
  expect(memory.bytes.at(-1)).toBe(0xa5);
});

test.skipIf(!hasHugePages)("blocks of 1 MiB lie in huge pages, so that a device takes each at once", () => {
  const memory = allocate(4 * MEBIBYTE);
  onTestFinished(() => memory.free());
  expect(mapped(memory.address, "AnonHugePages")).toBeGreaterThanOrEqual(2 * MEBIBYTE);
});
