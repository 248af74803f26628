// Tests that change something of the whole machine (swap, zram, free loop devices) -> one of them at a time.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const LOCK = "/tmp/diskbench-test.lock";
const PATIENCE_MS = 60_000;

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Whether the process that holds the lock is gone. */
function isAbandoned(): boolean {
  try {
    process.kill(Number(readFileSync(`${LOCK}/holder`, "utf8")), 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

function tryToTake(): boolean {
  try {
    mkdirSync(LOCK);
  } catch {
    if (isAbandoned()) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
  writeFileSync(`${LOCK}/holder`, String(process.pid));
  return true;
}

function waitForTurn(): void {
  const until = Date.now() + PATIENCE_MS;
  while (!tryToTake()) {
    if (Date.now() > until) throw new Error(`${LOCK} is still held after ${PATIENCE_MS} ms: remove it if nothing runs`);
    sleep(20);
  }
}

// Who holds it may take it again: setting up a loop device takes it by itself.
let timesTaken = 0;

function giveBack(): void {
  timesTaken -= 1;
  if (timesTaken === 0) rmSync(LOCK, { recursive: true, force: true });
}

/** Waits for the lock, at most a minute, and returns how to give it back. */
export function takeGlobalLock(): () => void {
  if (timesTaken === 0) waitForTurn();
  timesTaken += 1;
  return giveBack;
}

/** Runs `body` while nobody else holds the lock. */
export function withGlobalLock<Result>(body: () => Result): Result {
  takeGlobalLock();
  try {
    return body();
  } finally {
    giveBack();
  }
}
