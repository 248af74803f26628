// `npm run test:import` -> imported profiles beside fio, run by vitest; `-- --full` draws 300 combinations of options.

import { runSuite } from "../support/run-suite.mjs";

runSuite(import.meta.dirname, process.argv.slice(2));
