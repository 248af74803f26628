// An error thrown by node's file functions -> the system's own words for it.

import { getSystemErrorMap } from "node:util";
import type { SystemError } from "../shared/errors.ts";

/** The call and code behind a thrown value; undefined when the system had no part in it. */
export function systemErrorOf(thrown: unknown): SystemError | undefined {
  if (!(thrown instanceof Error) || !("errno" in thrown) || typeof thrown.errno !== "number") return undefined;
  const [name, text] = getSystemErrorMap().get(thrown.errno) ?? ["UNKNOWN", thrown.message];
  const call = "syscall" in thrown && typeof thrown.syscall === "string" ? thrown.syscall : "system";
  // libuv gives the code as minus errno.
  return { call, code: Math.abs(thrown.errno), name, text };
}
