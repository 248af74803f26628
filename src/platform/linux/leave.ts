// A process whose main thread waits in the kernel -> one that signals end, and that any of its threads can end.

import { bind } from "./libc.ts";

/** SIGHUP, SIGINT, SIGTERM (signal(7)). */
const ENDING = [1, 2, 15];
const ENDING_BITS = ENDING.reduce((bits, number) => bits | (1 << (number - 1)), 0);
/** No `struct sigaction` is larger. If all are zero it asks for the default action, which ends the process. */
const ACTION_BYTES = 256;
const DEFAULT_ACTION = Buffer.alloc(ACTION_BYTES);
const SIG_BLOCK = 0;
const SIG_UNBLOCK = 1;
/** No `sigset_t` is larger. Signal n is bit n - 1. */
const SET_BYTES = 128;

const exit = bind<(code: number) => void>("void _exit(int code)");
const sigaction = bind<(number: number, action: Buffer | null, before: Buffer | null) => number>(
  "int sigaction(int number, void *action, void *before)",
);
const setMask = bind<(how: number, set: Buffer, before: Buffer | null) => number>(
  "int pthread_sigmask(int how, void *set, void *before)",
);
const readPending = bind<(set: Buffer) => number>("int sigpending(void *set)");

/**
 * Ends the whole process from whatever thread, without what node does before: that waits for its threads, of which one
 * may be in a system call that does not come back (exit_group(2)).
 */
export function leaveNow(exitCode: number): void {
  exit(exitCode);
}

/**
 * Has SIGHUP, SIGINT and SIGTERM end the process at once. Node has a handler for them, which never comes to run while
 * the main thread waits for a FUSE or NFS server: such a wait is broken off by a signal that kills, not by one that is
 * handled. The function that comes back puts everything as it was.
 */
export function letSignalsEnd(): () => void {
  const before = ENDING.map((number) => {
    const action = Buffer.alloc(ACTION_BYTES);
    sigaction(number, DEFAULT_ACTION, action);
    return { number, action };
  });
  takePending();
  return () => {
    for (const { number, action } of before) sigaction(number, action, null);
  };
}

/** Whether one of them was sent that nobody could take yet, because the main thread is in a call that is not broken off. */
export function isEndAsked(): boolean {
  const set = Buffer.alloc(SET_BYTES);
  readPending(set);
  return (set.readUInt32LE() & ENDING_BITS) !== 0;
}

/**
 * What was sent before has been left to the main thread, and keeps others of its kind from being sent. A thread that
 * stops blocking a signal looks for one that is pending, and takes it.
 */
function takePending(): void {
  const set = Buffer.alloc(SET_BYTES);
  set.writeUInt32LE(ENDING_BITS);
  setMask(SIG_BLOCK, set, null);
  setMask(SIG_UNBLOCK, set, null);
}
