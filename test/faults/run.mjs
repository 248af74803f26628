// `npm run test:faults` -> the fault suite, run by vitest; `-- --full` repeats what is struck at random moments more often.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const parameters = process.argv.slice(2);
const full = parameters.includes("--full");
const folder = import.meta.dirname;
const vitest = join(folder, "..", "..", "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--config", join(folder, "vitest.config.ts"), ...parameters.filter((each) => each !== "--full")],
  {
    cwd: join(folder, "..", ".."),
    env: { ...process.env, ...(full ? { DISKBENCH_FULL: "1" } : {}) },
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
