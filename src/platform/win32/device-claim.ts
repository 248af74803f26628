// A raw device -> taken for this process, by a named object: devices refuse LockFileEx, and not all of them hold volumes.

import type { OpenFile } from "../platform.ts";
import { ERROR } from "./constants.ts";
import { fileCallFailed } from "./file-calls.ts";
import type { Win32 } from "./kernel32.ts";

/** In the name space of all sessions ("Kernel object namespaces", Microsoft); a backslash may stand nowhere else. */
const claimName = (path: string): string =>
  `Global\\diskbench ${path
    .toLowerCase()
    .replace(/^[\\/]{2}[.?][\\/]/, "")
    .replaceAll(/[\\/]/g, "_")}`;

/** The handle that holds the claim; null: another process has it. */
export function claimDevice({ kernel32 }: Win32, { path }: OpenFile): number | null {
  const handle = kernel32.CreateEventW(0, 1, 0, claimName(path));
  const code = kernel32.GetLastError();
  if (handle !== 0 && code !== ERROR.ALREADY_EXISTS) return handle;
  if (handle !== 0) kernel32.CloseHandle(handle);
  // Another user's object cannot even be opened.
  if (handle !== 0 || code === ERROR.ACCESS_DENIED) return null;
  throw fileCallFailed(kernel32, "CreateEventW", code, path, "It cannot be claimed");
}
