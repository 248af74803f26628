// A failed call on a file -> the error for a person: what it most likely means and what helps.

import type { DiskbenchError, Failure } from "../../shared/errors.ts";
import { callFailed } from "./errors.ts";
import type { Kernel32 } from "./kernel32.ts";

/** What a failed call most likely means, where the system's own words leave that open. */
const LIKELY_CAUSES: Readonly<Record<number, Pick<Failure, "cause" | "next">>> = {
  3: { cause: "A folder of the path does not exist", next: "Create it or choose another target" },
  4: { cause: "Too many files are open in this process" },
  5: {
    cause: "This user lacks the permission, or the file is read-only, a folder or about to be deleted",
    next: "Choose another target, or run as a user who may use this one (raw devices want an administrator)",
  },
  19: { cause: "The medium is write-protected" },
  21: { cause: "There is no medium in the drive, or the volume is locked by BitLocker" },
  32: { cause: "Another program has it open and does not share it", next: "Close that program" },
  33: { cause: "Another program has locked a part of it" },
  39: { cause: "The volume is full", next: "Free some space or choose a smaller size" },
  53: { cause: "The server of the path cannot be found" },
  67: { cause: "The share of the path cannot be found" },
  87: {
    cause: "For unbuffered I/O, offsets, sizes and addresses must be multiples of the sector size",
    next: "Choose a blockSize that is a multiple of the sector size",
  },
  112: { cause: "The volume is full", next: "Free some space or choose a smaller size" },
  123: { cause: 'A name holds one of < > : " | ? * or ends in a way that the file system does not allow' },
  206: { cause: "A name of the path is longer than the file system allows" },
  223: { cause: "The file system does not allow files of this size", next: "Choose a smaller size" },
  665: { cause: "The file system does not allow this", next: "Choose a target on another volume" },
  1117: { cause: "The device below reports an error", next: "Look into the system's event log" },
  1224: { cause: "A part of the file is mapped by a program", next: "Close that program" },
  1295: { cause: "This user's disk quota is used up", next: "Choose a smaller size or another target" },
  1314: { cause: "This user lacks a privilege", next: "Run as an administrator" },
};

const NO_SPACE_CODES: readonly number[] = [39, 112, 1295];

/** The error for `call` having failed with `code` on `path`. */
export function fileCallFailed(
  kernel32: Kernel32,
  call: string,
  code: number,
  path: string,
  what: string,
): DiskbenchError {
  return callFailed(kernel32, call, code, {
    code: NO_SPACE_CODES.includes(code) ? "NO_SPACE" : "TARGET_UNUSABLE",
    what,
    where: path,
    ...LIKELY_CAUSES[code],
  });
}
