// The tests of the project -> what vitest runs, and for how long a test may take.

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Most tests wait for processes and devices: on two cores, one worker (vitest's choice) leaves half of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Each of them is a command with an engine: five at once on two cores keep each other from answering in time.
    maxConcurrency: 3,
    // Rigs for loop devices and mounts are shared by the machine; their tests take a lock, so leave them time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
