// What crosses threads and processes: shared memory, the clock, the last error, back ends in workers.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { PauseWatch } from "../../src/engine/pause-watch.ts";
import { loadWin32 } from "../../src/platform/win32/kernel32.ts";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import type { ChildAnswer } from "./child.ts";
import { temporaryDirectory } from "./temporary.ts";

const platform = createPlatform();

void test("what another process wrote into shared memory outlives its crash", async () => {
  const shared = platform.createSharedMemory(70_000);
  const bytes = shared.view(0, 70_000);
  assert.ok(bytes.every((byte) => byte === 0));
  const child = fork(new URL("child.js", import.meta.url), [shared.path, String(bytes.length)]);
  const before = platform.clock.now();
  const answer = await new Promise<ChildAnswer>((resolve) =>
    child.once("message", resolve as (value: unknown) => void),
  );
  const after = platform.clock.now();
  assert.equal(answer.found, 0);
  assert.ok(before < answer.nowNs && answer.nowNs < after, "the clock is the same in both processes");
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
  assert.equal(bytes[69_999], 42);
  const again = platform.openSharedMemory(shared.path, 70_000);
  assert.equal(again.view(69_000, 1000)[999], 42);
  again.close();
  shared.close();
  assert.throws(() => platform.openSharedMemory(shared.path, 70_000), /OpenFileMappingW: ERROR_FILE_NOT_FOUND/);
});

void test("the clock never goes back and advances as time does", () => {
  const { clock } = platform;
  let last = clock.now();
  const [startedNs, startedMs] = [last, performance.now()];
  while (performance.now() - startedMs < 100) {
    const now = clock.now();
    assert.ok(now >= last);
    last = now;
  }
  const elapsedMs = (last - startedNs) / 1e6;
  assert.ok(elapsedMs > 95 && elapsedMs < 400, `${elapsedMs} ms`);
});

void test("the last error survives whatever JavaScript does in between", () => {
  const { kernel32 } = loadWin32();
  for (let code = 1; code < 200; code += 1) {
    kernel32.SetLastError(code);
    // Each of these makes system calls that set the thread's last error themselves.
    existsSync("C:\\no\\such\\file");
    Buffer.alloc(1 << 20).fill(1);
    assert.equal(kernel32.GetLastError(), code);
  }
});

void test("garbage collections are counted when they fall into the window, and only then", async () => {
  const litter = (): void => {
    // Far more than the young generation holds.
    for (let index = 0; index < 2_000_000; index += 1) kept[index % 100] = { index: [index, index + 1] };
  };
  const kept: unknown[] = [];
  const pauses = new PauseWatch(platform);
  litter();
  pauses.open(platform.clock.now());
  pauses.close(platform.clock.now());
  assert.equal((await pauses.finish())?.collections, 0);
  const second = new PauseWatch(platform);
  second.open(platform.clock.now());
  litter();
  second.close(platform.clock.now());
  assert.ok(((await second.finish())?.collections ?? 0) > 0);
});

for (const backend of ["write-file", "completion-port", "completion-event", "write-file-ex", "mapped-view"] as const) {
  void test(`${backend} works in several threads at once`, async () => {
    const path = join(temporaryDirectory(backend), "file.dat");
    writeFileSync(path, Buffer.alloc(1 << 20));
    const results = await Promise.all(
      [0, 1].map(
        (thread) =>
          new Promise((resolve, reject) => {
            const worker = new Worker(new URL("worker.js", import.meta.url), { workerData: { backend, path, thread } });
            worker.once("message", resolve);
            worker.once("error", reject);
          }),
      ),
    );
    assert.deepEqual(results, [1000, 1000]);
    assert.equal(statSync(path).size, 1 << 20);
  });
}
