// `npm run test:faults` -> the fault suite, run by vitest; `-- --full` repeats what is struck at random moments more often.

import { runSuite } from "../support/run-suite.mjs";

runSuite(import.meta.dirname, process.argv.slice(2));
