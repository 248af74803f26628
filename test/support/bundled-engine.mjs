// Import it before the built supervisor -> the engine that it forks is the bundle's, which is the one that people run.

import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

const { fork } = childProcess;
childProcess.fork = (file, ...rest) => fork(new URL(String(file).replace("/dist/engine/", "/dist/bundle/")), ...rest);
syncBuiltinESMExports();
