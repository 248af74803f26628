// errno -> name and sentence, as Linux words them.

import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import type { SystemError } from "../../shared/errors.ts";
import { DiskbenchError, type Failure } from "../../shared/errors.ts";

const NAMES = new Map<number, string>(Object.entries(constants.errno).map(([name, code]) => [code, name]));
// Kernel codes that node has no name for (include/uapi/asm-generic/errno.h).
for (const [code, name] of [
  [52, "EBADE"],
  [61, "ENODATA"],
  [84, "EILSEQ"],
  [117, "EUCLEAN"],
  [121, "EREMOTEIO"],
  [123, "ENOMEDIUM"],
] as const) {
  if (!NAMES.has(code)) NAMES.set(code, name);
}

const TEXTS = new Map<number, string>([...getSystemErrorMap()].map(([code, [, text]]) => [-code, text]));

/** The code's symbol, e.g. 5 -> `EIO`; an unknown one is named by its number. */
export function errorName(code: number): string {
  return NAMES.get(code) ?? `errno ${code}`;
}

export function systemError(call: string, code: number): SystemError {
  return { call, code, name: errorName(code), text: TEXTS.get(code) ?? "no text for this code" };
}

export function callFailed(call: string, code: number, failure: Omit<Failure, "system">): DiskbenchError {
  return new DiskbenchError({ ...failure, system: systemError(call, code) });
}
