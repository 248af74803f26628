// The contract of all back ends, on the places that Linux treats differently: in memory, and through the page cache.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { createPlatform } from "../../src/platform/linux/platform.ts";
import type { BackendOptions, Platform } from "../../src/platform/platform.ts";
import type { BackendName } from "../../src/shared/methods.ts";
import { backendContract } from "./backend-contract.ts";

// What contract.test.ts runs unbuffered on the disk under the checkout.
const BACKENDS: readonly BackendName[] = ["pwrite", "pwritev", "mmap", "libaio", "io-uring", "io-uring-vectored"];
const platform = createPlatform();
const buffering: Platform = {
  ...platform,
  files: { ...platform.files, open: (path, options) => platform.files.open(path, { ...options, caching: "buffered" }) },
};

const cache = join(import.meta.dirname, "..", "..", ".cache");
const MEMORY = "/dev/shm";
mkdirSync(cache, { recursive: true });

function placeIn(parent: string): () => string {
  const directory = mkdtempSync(join(parent, "diskbench-test-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  let files = 0;
  return () => join(directory, `${(files += 1)}.dat`);
}

/** The same platform, with back ends opened in another way. */
const driving = (changes: Partial<BackendOptions>): Platform => ({
  ...platform,
  openBackend: (name, options) => platform.openBackend(name, { ...options, ...changes }),
});

const RINGS: readonly BackendName[] = ["io-uring", "io-uring-vectored"];
describe("fed by a thread of the kernel", () => {
  const makePath = placeIn(cache);
  const threaded = driving({ ring: { polling: false, submitThread: true } });
  test.each(RINGS.flatMap((name) => backendContract(threaded, name, makePath)))("$name", ({ run }) => run());
});

describe.each([1, 2])("in batches of at most %i", (submitBatch) => {
  const makePath = placeIn(cache);
  const batched = driving({ submitBatch });
  test.each(["io-uring", "libaio"].flatMap((name) => backendContract(batched, name as BackendName, makePath)))(
    "$name",
    ({ run }) => run(),
  );
});

describe("buffered, on a disk", () => {
  const makePath = placeIn(cache);
  test.each(BACKENDS.flatMap((name) => backendContract(buffering, name, makePath)))("$name", ({ run }) => run());
});

describe.runIf(existsSync(MEMORY))("buffered, on tmpfs", () => {
  const makePath = placeIn(MEMORY);
  test.each(BACKENDS.flatMap((name) => backendContract(buffering, name, makePath)))("$name", ({ run }) => run());
});
