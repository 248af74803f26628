// The tests of the project -> what vitest runs, and for how long a test may take.

import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

/**
 * Scenes that are told apart by time: a stop of a second, a word within a second, two seconds of CPU. Whatever else the
 * machine does meanwhile can spoil one, so each gets a second try, which the report shows. No other test does: what
 * fails now and then is a fault.
 */
const TIMED = [
  "test/cli/verdicts.test.ts",
  "test/cli/waiting.test.ts",
  "test/system/checks.test.ts",
  "test/system/interruption.test.ts",
  "test/system/stops.test.ts",
  "test/system/waiting.test.ts",
];

export default defineConfig({
  test: {
    // Most tests wait for processes and devices: on two cores, one worker (vitest's choice) leaves half of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Each of them is a command with an engine: five at once on two cores keep each other from answering in time.
    maxConcurrency: 3,
    // Rigs for loop devices and mounts are shared by the machine; their tests take a lock, so leave them time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "all", include: ["test/**/*.test.ts"], exclude: [...configDefaults.exclude, ...TIMED] },
      },
      { extends: true, test: { name: "timed", include: TIMED, retry: 1 } },
    ],
  },
});
