// A fast device at several depths -> rate times latency is the number of I/Os in flight (Little, 1961).

import { onTestFinished, test } from "vitest";
import { describeWith } from "../support/requirements.ts";
import { expectWithin, present } from "./figures.ts";
import { WINDOW_SECONDS } from "./length.ts";
import { asItIs, label, measure, onlyRound } from "./measure.ts";
import { ownDevice } from "./own-device.ts";

describeWith(["root", "losetup", "/dev/loop-control"], "a loop device at depth 1, 4, 8 and 32", () => {
  test("holds as many I/Os as IOPS times mean latency", async () => {
    const { path, flags } = ownDevice(onTestFinished, 256 * 2 ** 20);
    const profile = {
      rounds: 1,
      target: asItIs(path),
      defaults: { duration: `${WINDOW_SECONDS}s`, warmup: "300ms", operation: "read", blockSize: "4KiB" },
      jobs: [
        { name: "synchronous", method: "pwrite" },
        { name: "queued", method: ["io_uring", "libaio"], queueDepth: [1, 4, 8, 32] },
      ],
    };
    const { cases } = await measure(profile, { flags });
    for (const each of cases) {
      const { total, effectiveQueueDepth } = onlyRound(each);
      const fromRate = total.iops * (present(total.latencyNs.mean) / 1e9);
      expectWithin(`${label(each)}: IOPS x mean latency beside the integral`, fromRate, effectiveQueueDepth, 1);
    }
  });
});
