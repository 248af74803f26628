// What a run tells at the start of a round -> the event that tests of progress begin with.

import type { RunEvent } from "../../src/run/events.ts";

export const START: Extract<RunEvent, { kind: "round-start" }> = {
  kind: "round-start",
  caseId: "rand-write/writefile/write/random/4KiB/q8/t1",
  roundNumber: 3,
  roundCount: 18,
  warmupSeconds: 2,
  durationSeconds: 10,
  remainingSeconds: 190,
};
