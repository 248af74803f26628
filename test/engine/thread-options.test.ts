// A round's specification -> what its back end is opened with.

import { expect, it } from "vitest";
import { backendOptions } from "../../src/engine/thread-options.ts";
import { memberSpecOf } from "../support/builders.ts";
import { createPlatform } from "../../src/platform/linux/platform.ts";

it("a ring gets its own settings and nothing else of the round", () => {
  const spec = memberSpecOf({ polling: true, batch: 4 });
  const { ring, submitBatch } = backendOptions(createPlatform(), spec, { handle: -1, path: "/x" }, 4096, 1);
  expect(ring).toEqual({ polling: true, submitThread: false });
  expect(submitBatch).toBe(4);
});
