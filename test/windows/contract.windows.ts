// The contract of all back ends, run against those of Windows.

import { join } from "node:path";
import { test } from "node:test";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import { BACKEND_NAMES, BACKEND_TRAITS, WINDOWS_METHODS, type BackendName } from "../../src/shared/methods.ts";
import { backendContract } from "../contract/backend-contract.ts";
import { temporaryDirectory } from "./temporary.ts";

const directory = temporaryDirectory("contract");

const calls: readonly string[] = [...WINDOWS_METHODS, "null", "simulated"];
const backends = BACKEND_NAMES.filter((name: BackendName) => calls.includes(BACKEND_TRAITS[name].nativeCall));

const platform = createPlatform();
let files = 0;
for (const backend of backends) {
  const makePath = (): string => join(directory, `${backend}-${(files += 1)}.dat`);
  for (const { name, run } of backendContract(platform, backend, makePath)) void test(name, run);
}
