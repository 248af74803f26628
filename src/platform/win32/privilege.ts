// A privilege's name -> the privilege switched on for this process, or the reason why not.

import { ERROR } from "./constants.ts";
import type { Win32 } from "./kernel32.ts";

/** Declaring data valid without writing it shows what the disk held before: it takes an administrator. */
export const MANAGE_VOLUME = "SeManageVolumePrivilege";

const TOKEN_QUERY = 0x8;
const TOKEN_ADJUST_PRIVILEGES = 0x20;
const SE_PRIVILEGE_ENABLED = 2;

/** GetLastError's value; 0: the privilege is on. */
export function enablePrivilege(win32: Win32, name: string): number {
  const { kernel32 } = win32;
  const token = Buffer.alloc(8);
  if (kernel32.OpenProcessToken(kernel32.GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, token) === 0) {
    return kernel32.GetLastError();
  }
  const handle = Number(token.readBigInt64LE());
  try {
    // TOKEN_PRIVILEGES with one entry: count, LUID, attributes.
    const wanted = Buffer.alloc(16);
    wanted.writeUInt32LE(1);
    if (kernel32.LookupPrivilegeValueW(null, name, wanted.subarray(4, 12)) === 0) return kernel32.GetLastError();
    wanted.writeUInt32LE(SE_PRIVILEGE_ENABLED, 12);
    const adjusted = kernel32.AdjustTokenPrivileges(handle, 0, wanted, wanted.length, null, null);
    // It says TRUE even when it granted nothing: ERROR_NOT_ALL_ASSIGNED is in the last error alone.
    const code = kernel32.GetLastError();
    return adjusted === 0 || code === ERROR.NOT_ALL_ASSIGNED ? code : ERROR.SUCCESS;
  } finally {
    kernel32.CloseHandle(handle);
  }
}
