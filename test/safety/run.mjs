// `npm run test:safety` -> the attacks and histories of this folder alone; `-- --full` makes them as long as we state.

import { runSuite } from "../support/run-suite.mjs";

runSuite(import.meta.dirname, process.argv.slice(2));
