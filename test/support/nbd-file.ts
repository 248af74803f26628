// nbdkit's filters (delay, error, rate, log) -> one file whose every I/O goes through them.

import { spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./requirements.ts";
import { temporaryDirectory } from "./places.ts";
import type { Undo } from "./undo.ts";

const PATIENCE_MS = 10_000;

async function appearance(path: string, sizeBytes: number): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; statSync(path).size !== sizeBytes;) {
    if (Date.now() > until) throw new Error(`nbdfuse did not serve ${path} within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * A FUSE file of `sizeBytes` served by nbdkit; `parameters` are nbdkit's, e.g. `--filter=log`, plugin and its
 * settings, by default plain memory. It cannot be created, resized or removed. Needs root or access to /dev/fuse.
 */
export async function nbdFile(undo: Undo, sizeBytes: number, parameters: readonly string[] = []): Promise<string> {
  const path = join(temporaryDirectory(undo), "disk");
  closeSync(openSync(path, "wx"));
  const memory = parameters.length === 0 ? ["memory", String(sizeBytes)] : parameters;
  const server = spawn("nbdfuse", [path, "--command", "nbdkit", "-s", "--exit-with-parent", ...memory], {
    stdio: "ignore",
  });
  undo(() => {
    runTool("fusermount3", "-u", path);
    server.kill();
  });
  await appearance(path, sizeBytes);
  return path;
}
