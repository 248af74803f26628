// Paths and open handles -> the two calls on them that several parts of the platform make.

import { DISPOSITION, SHARE } from "./constants.ts";
import type { Kernel32 } from "./kernel32.ts";

/** A handle to what is there; INVALID_HANDLE: the last error says why not. `path` is in the form that `systemPath` gives. */
export function openExisting(
  kernel32: Kernel32,
  path: string,
  access: number,
  flags = 0,
  share: number = SHARE.ALL,
): number {
  return kernel32.CreateFileW(path, access, share, 0, DISPOSITION.OPEN_EXISTING, flags, 0);
}

/** Sets one of the sizes that a file has (FILE_INFO); false: the last error says why not. */
export function setSize(kernel32: Kernel32, handle: number, which: number, sizeBytes: number): boolean {
  const info = Buffer.alloc(8);
  info.writeBigInt64LE(BigInt(sizeBytes));
  return kernel32.SetFileInformationByHandle(handle, which, info, info.length) !== 0;
}
