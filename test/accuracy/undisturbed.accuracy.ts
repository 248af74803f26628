// Runs on a quiet machine that nothing happens to -> no check that says diskbench was stopped or kept from its work.

import { expect, onTestFinished, test } from "vitest";
import { describeWith } from "../support/requirements.ts";
import { QUIET_RUNS } from "./length.ts";
import { asItIs, measure } from "./measure.ts";
import { ownDevice } from "./own-device.ts";
import { untilQuiet } from "./quiet-machine.ts";

const PATIENCE_MS = 10_000;

describeWith(["root", "losetup", "/dev/loop-control"], "runs that nothing happens to", () => {
  test("name no stop and no wait", async () => {
    const { path, flags } = ownDevice(onTestFinished, 64 * 2 ** 20);
    const reads = { operation: "read", blockSize: "4KiB" };
    const profile = {
      rounds: 1,
      target: asItIs(path),
      defaults: { duration: "500ms", warmup: "100ms" },
      jobs: [
        { name: "synchronous", ...reads, method: "pwrite" },
        { name: "queued", ...reads, method: "io_uring", queueDepth: 16 },
        { name: "mapped", ...reads, method: "mapped" },
      ],
    };
    for (let run = 0; run < QUIET_RUNS; run += 1) {
      await untilQuiet(PATIENCE_MS);
      const { cases } = await measure(profile, { flags });
      for (const { job, rounds, checks } of cases) {
        const pauses = checks.find(({ code }) => code === "pauses");
        expect([run, job, pauses?.status, pauses?.message]).toEqual([run, job, "pass", pauses?.message]);
        expect(rounds[0]?.stopped).toEqual({ engineSeconds: 0, commandSeconds: 0 });
      }
    }
  });
});
