// A folder with a vitest configuration of its own -> its suite, run by vitest; `--full` among the words makes it longer.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** `words` beside `--full` go to vitest: names of files, `-t` and the like. Sets the exit code. */
export function runSuite(folder, words) {
  const full = words.includes("--full");
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const own = words.filter((word) => word !== "--full");
  const { status } = spawnSync(
    process.execPath,
    [vitest, "run", "--config", join(folder, "vitest.config.ts"), ...own],
    {
      cwd: ROOT,
      env: { ...process.env, ...(full ? { DISKBENCH_FULL: "1" } : {}) },
      stdio: "inherit",
    },
  );
  process.exitCode = status ?? 1;
}
