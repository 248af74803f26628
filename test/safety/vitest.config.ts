// The attacks and histories of this folder -> what vitest runs, one file after the other.

import { defineConfig } from "vitest/config";

// oxlint-disable-next-line import/no-default-export -- vitest wants it so
export default defineConfig({
  test: {
    include: ["test/safety/*.test.ts"],
    fileParallelism: false,
    testTimeout: 1_200_000,
  },
});
