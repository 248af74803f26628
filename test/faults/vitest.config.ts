// The fault suite -> what vitest runs for `npm run test:faults`: one file after the other, each as long as it takes.

import { defineConfig } from "vitest/config";

const PATIENCE_MS = 30 * 60_000;

// oxlint-disable-next-line import/no-default-export -- vitest wants it so
export default defineConfig({
  test: {
    include: ["test/faults/**/*.faults.ts"],
    // Faults that need a short time to strike would strike at other moments beside each other.
    fileParallelism: false,
    maxConcurrency: 4,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    reporters: ["verbose"],
  },
});
