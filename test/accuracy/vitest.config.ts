// The accuracy tests -> what vitest runs for `npm run test:accuracy`: one after the other, each as long as it takes.

import { defineConfig } from "vitest/config";

const PATIENCE_MS = 30 * 60_000;

// oxlint-disable-next-line import/no-default-export -- vitest wants it so
export default defineConfig({
  test: {
    include: ["test/accuracy/**/*.accuracy.ts"],
    // Two measurements side by side would measure each other.
    fileParallelism: false,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    reporters: ["verbose"],
  },
});
