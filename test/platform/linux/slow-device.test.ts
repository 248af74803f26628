// Queued back ends over a device that takes half a second per read -> they wait without spinning, and close in order.

import { expect, test } from "vitest";
import { createPlatform } from "../../../src/platform/linux/platform.ts";
import { OPERATION, type Backend } from "../../../src/platform/platform.ts";
import { nbdFile } from "../../support/nbd-file.ts";
import { describeWith } from "../../support/requirements.ts";
import type { Undo } from "../../support/undo.ts";

const MEBIBYTE = 2 ** 20;
const DELAY_MS = 500;
const DEPTH = 4;
const platform = createPlatform();

async function openSlow(undo: Undo, name: "io-uring" | "io-uring-vectored" | "libaio"): Promise<Backend> {
  const parameters = ["--filter=delay", "memory", String(MEBIBYTE), `delay-read=${DELAY_MS}ms`];
  const path = await nbdFile(undo, MEBIBYTE, parameters);
  const file = platform.files.open(path, {
    access: "read",
    caching: "unbuffered",
    writeThrough: false,
    overlapped: false,
    accessOrder: "random",
    exclusive: false,
  });
  undo(() => platform.files.close(file));
  return platform.openBackend(name, {
    files: [{ ...file, sizeBytes: MEBIBYTE }],
    slotSizeBytes: platform.pageSizeBytes,
    queueDepth: DEPTH,
    clock: platform.clock,
    operations: ["read"],
    seed: 1,
    submitBatch: null,
  });
}

function submitAll(backend: Backend): void {
  for (let slot = 0; slot < DEPTH; slot += 1)
    backend.prepare(slot, OPERATION.read, 0, slot * platform.pageSizeBytes, platform.pageSizeBytes, 0);
  backend.submit();
}

describeWith(["root", "nbdkit", "nbdfuse"], "a slow device", () => {
  test.for(["io-uring", "io-uring-vectored"] as const)(
    "%s waits in the kernel, not in a loop",
    async (name, context) => {
      const backend = await openSlow(context.onTestFinished, name);
      const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
      submitAll(backend);
      expect(backend.reap(0)).toBe(0);
      expect(performance.now() - startMs).toBeLessThan(DELAY_MS / 2);
      let completed = 0;
      while (completed < DEPTH) completed += backend.reap(1);
      const { user, system } = process.cpuUsage(startCpu);
      expect(performance.now() - startMs).toBeGreaterThan(DELAY_MS * 0.9);
      expect((user + system) / 1000).toBeLessThan(DELAY_MS / 2);
      expect(backend.close()).toBe(0);
    },
  );

  test("libaio gives back what it was given, though FUSE makes io_submit wait", async ({ onTestFinished }) => {
    const backend = await openSlow(onTestFinished, "libaio");
    submitAll(backend);
    let completed = 0;
    while (completed < DEPTH) completed += backend.reap(1);
    expect(completed).toBe(DEPTH);
    expect(backend.close()).toBe(0);
  });

  test.for(["io-uring", "io-uring-vectored", "libaio"] as const)(
    "%s closes with reads outstanding, and only when they are over",
    async (name, context) => {
      const backend = await openSlow(context.onTestFinished, name);
      submitAll(backend);
      backend.reap(0);
      const startMs = performance.now();
      expect(backend.close()).toBe(0);
      expect(performance.now() - startMs).toBeLessThan(5000);
    },
  );
});
