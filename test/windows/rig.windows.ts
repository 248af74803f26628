// The rig itself: is what the other tests stand on really there?

import assert from "node:assert/strict";
import { release } from "node:os";
import { test } from "node:test";
import koffi from "koffi";

void test("this is Windows 10 or later with koffi", () => {
  assert.equal(process.platform, "win32");
  assert.ok(Number(release().split(".")[0]) >= 10, release());
  const processId = koffi.load("kernel32.dll").func("uint32_t GetCurrentProcessId()");
  assert.equal(processId(), process.pid);
});
