// An error thrown by node's own file functions -> the system's part of a failure.

import type { SystemError } from "../shared/errors.ts";

/** The symbol of a system error, e.g. `ENOENT`; null for anything else that was thrown. */
export function systemErrorName(thrown: unknown): string | null {
  return thrown instanceof Error && "syscall" in thrown && "code" in thrown ? String(thrown.code) : null;
}

/** Call, code, name and text of a system error; undefined for anything else that was thrown. */
export function systemErrorOf(thrown: unknown): SystemError | undefined {
  const name = systemErrorName(thrown);
  if (name === null || !(thrown instanceof Error) || !("errno" in thrown) || !("syscall" in thrown)) return undefined;
  // "EACCES: permission denied, lstat '/root/x'"
  const text = /^[^:]*: ([^,]*)/.exec(thrown.message)?.[1] ?? thrown.message;
  return { call: String(thrown.syscall), code: Math.abs(Number(thrown.errno)), name, text };
}
