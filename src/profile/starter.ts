// Nothing -> the profile that a newcomer starts from.

const STARTER = {
  name: "my-disk",
  description:
    "Random reads and writes of 4 KiB, alone and 32 at a time, on a file of 1 GiB that is removed afterwards. Lists multiply into cases; `--dry-run` shows what would be done.",
  rounds: 3,
  target: { path: "diskbench.dat", size: "1GiB" },
  defaults: { duration: "5s", warmup: "1s", pattern: "random", blockSize: "4KiB", operation: ["read", "write"] },
  jobs: [
    { name: "alone", queueDepth: 1 },
    { name: "queued", queueDepth: 32 },
  ],
};

/** The JSON text that `diskbench init` writes: small, valid, explained by its description. */
export function starterProfile(): string {
  return `${JSON.stringify(STARTER, null, 2)}\n`;
}
