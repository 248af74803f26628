// DISKBENCH_FULL -> for how long attacks go on, and how many histories are played.

const full = process.env["DISKBENCH_FULL"] === "1";

export const ATTACK_SECONDS = full ? 600 : 3;
/** The same with windows that strace widens. */
export const WIDENED_SECONDS = full ? 60 : 3;
export const HISTORIES = full ? 1000 : 12;
/** Of one test; far more than it takes on a quiet machine. */
export const PATIENCE_MS = full ? 7_200_000 : 120_000;
