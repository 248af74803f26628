// `npm run test:accuracy` -> the accuracy tests, run by vitest; `-- --full` repeats and lengthens what can be.

import { runSuite } from "../support/run-suite.mjs";

runSuite(import.meta.dirname, process.argv.slice(2));
