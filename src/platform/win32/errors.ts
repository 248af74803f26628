// GetLastError's number -> the name in winerror.h and the system's own sentence.

import { DiskbenchError, type Failure, type SystemError } from "../../shared/errors.ts";
import { ERROR } from "./constants.ts";
import type { Kernel32 } from "./kernel32.ts";

/** Any code beyond the table is shown by its number. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(ERROR).map(([name, code]) => [code, name === "WAIT_TIMEOUT" ? name : `ERROR_${name}`]),
);

const FORMAT_MESSAGE_IGNORE_INSERTS = 0x200;
const FORMAT_MESSAGE_FROM_SYSTEM = 0x1000;
/** No line breaks in the text. */
const FORMAT_MESSAGE_MAX_WIDTH_MASK = 0xff;
const TEXT_FLAGS = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
const TEXT_CHARACTERS = 512;

/** The code's symbol, e.g. 32 -> `ERROR_SHARING_VIOLATION`; an unknown one is named by its number. */
export function errorName(code: number): string {
  return NAMES.get(code) ?? `error ${code}`;
}

/** The system's sentence for a code, in the system's language, without its full stop. */
function errorText(kernel32: Kernel32, code: number): string {
  const text = Buffer.alloc(TEXT_CHARACTERS * 2);
  const characters = kernel32.FormatMessageW(TEXT_FLAGS, 0, code, 0, text, TEXT_CHARACTERS, 0);
  const sentence = text
    .toString("utf16le", 0, characters * 2)
    .trim()
    .replace(/\.$/, "");
  return sentence === "" ? "no text for this code" : sentence;
}

export function systemError(kernel32: Kernel32, call: string, code: number): SystemError {
  return { call, code, name: errorName(code), text: errorText(kernel32, code) };
}

export function callFailed(
  kernel32: Kernel32,
  call: string,
  code: number,
  failure: Omit<Failure, "system">,
): DiskbenchError {
  return new DiskbenchError({ ...failure, system: systemError(kernel32, call, code) });
}

/** For a call that failed just now. */
export function lastErrorFailed(kernel32: Kernel32, call: string, failure: Omit<Failure, "system">): DiskbenchError {
  return callFailed(kernel32, call, kernel32.GetLastError(), failure);
}

/** Refusals for want of memory: a queue this deep is too much now, the same call may succeed later (WriteFile's page). */
export function isBackPressure(code: number): boolean {
  switch (code) {
    case ERROR.NOT_ENOUGH_MEMORY:
    case ERROR.NO_SYSTEM_RESOURCES:
    case ERROR.WORKING_SET_QUOTA:
    case ERROR.INVALID_USER_BUFFER:
    case ERROR.NOT_ENOUGH_QUOTA:
      return true;
    default:
      return false;
  }
}
