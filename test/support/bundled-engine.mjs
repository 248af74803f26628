// The supervisor of dist/, which would fork an engine of its own -> one that forks the bundle's, which people run.

import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

/** Call it before a supervisor is started. */
export function useBundledEngine() {
  const { fork } = childProcess;
  childProcess.fork = (file, ...rest) => fork(new URL(String(file).replace("/dist/engine/", "/dist/bundle/")), ...rest);
  syncBuiltinESMExports();
}
