// The examples of the documentation -> what vitest runs for `npm run test:examples`: each as it stands there.

import { defineConfig } from "vitest/config";

// oxlint-disable-next-line import/no-default-export -- vitest wants it so
export default defineConfig({
  test: { include: ["test/examples/**/*.examples.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
