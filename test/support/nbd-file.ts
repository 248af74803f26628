// nbdkit's filters (delay, error, rate, log) -> one file whose every I/O goes through them.

import { spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { childrenOf } from "./diskbench.ts";
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
  return (await nbdServer(undo, sizeBytes, parameters)).path;
}

export interface NbdServer {
  /** The file. */
  readonly path: string;
  /** The process of nbdkit, which may be stopped or ended. */
  readonly serverId: number;
  /** That of nbdfuse, which asks it. */
  readonly fuseServerId: number;
}

/** The same, for tests that do something to the server. */
export async function nbdServer(undo: Undo, sizeBytes: number, parameters: readonly string[] = []): Promise<NbdServer> {
  const path = join(temporaryDirectory(undo), "disk");
  closeSync(openSync(path, "wx"));
  const memory = parameters.length === 0 ? ["memory", String(sizeBytes)] : parameters;
  const server = spawn("nbdfuse", [path, "--command", "nbdkit", "-s", "--exit-with-parent", ...memory], {
    stdio: "ignore",
  });
  undo(() => {
    // An I/O that is still under way, because the server was stopped, must not keep it.
    runTool("fusermount3", "-u", "-z", path);
    server.kill();
  });
  await appearance(path, sizeBytes);
  const fuseServerId = server.pid ?? 0;
  return { path, serverId: childrenOf(fuseServerId)[0] ?? 0, fuseServerId };
}
