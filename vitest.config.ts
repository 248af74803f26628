// The tests of the project -> what vitest runs, and for how long a test may take.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Rigs for loop devices and mounts are shared by the machine; their tests take a lock, so leave them time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
