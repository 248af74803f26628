// The contract of all back ends, run against those of the system that the tests run on.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadPlatform } from "../../src/platform/index.ts";
import { BACKEND_NAMES, BACKEND_TRAITS, LINUX_METHODS, WINDOWS_METHODS } from "../../src/shared/methods.ts";
import { backendContract } from "./backend-contract.ts";

const platform = await loadPlatform();
// In the checkout, not in the system's temporary directory: that may be in memory.
const cache = join(import.meta.dirname, "..", "..", ".cache");
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(join(cache, "contract-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const nativeCalls: readonly string[] = platform.system === "linux" ? LINUX_METHODS : WINDOWS_METHODS;
const backends = BACKEND_NAMES.filter((name) => {
  const { nativeCall } = BACKEND_TRAITS[name];
  return nativeCall === "null" || nativeCall === "simulated" || nativeCalls.includes(nativeCall);
});

let files = 0;
describe.each(backends)("%s", (backend) => {
  const makePath = (): string => join(directory, `${backend}-${(files += 1)}.dat`);
  test("can be used on this machine", () => {
    expect(platform.unavailability(backend)).toBeNull();
  });
  test.each(backendContract(platform, backend, makePath))("$name", ({ run }) => run());
});
