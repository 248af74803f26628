// Imported profiles beside fio -> what vitest runs for `npm run test:import`: the same tests as in `npm test`, each told.

import { defineConfig } from "vitest/config";

const PATIENCE_MS = 5 * 60_000;

// oxlint-disable-next-line import/no-default-export -- vitest wants it so
export default defineConfig({
  test: {
    include: ["test/import/**/*.test.ts"],
    maxConcurrency: 3,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    reporters: ["verbose"],
  },
});
