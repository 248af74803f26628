// DISKBENCH_FULL -> how long the accuracy tests measure.

const full = process.env["DISKBENCH_FULL"] === "1";

/** Throttles work in slices of 100 ms, so that a rate over less than 20 s is off by half a percent. */
export const RATE_SECONDS = full ? 60 : 20;
/** Windows of what is not bound by a throttle. */
export const WINDOW_SECONDS = full ? 10 : 1;
/** Rounds of each of two tools that are compared with each other on a device whose delay is known. */
export const DELAY_ROUNDS = full ? 10 : 4;
/** The same where only the tools themselves say how fast the device is. */
export const LOOP_ROUNDS = 10;
/** Of very many threads, while the machine is busy with something else. */
export const CROWDED_RUNS = full ? 200 : 5;
/** Of each of two sides that are compared. */
export const VERDICT_ROUNDS = full ? 20 : 8;
/** Runs of which none may say that it was disturbed. */
export const QUIET_RUNS = full ? 50 : 4;
/** Rounds by workers that are kept, and as many by new ones; ... */
export const KEPT_ROUNDS = full ? 50 : 10;
/** ... and their windows. */
export const KEPT_WINDOW_SECONDS = full ? 0.25 : 0.1;
