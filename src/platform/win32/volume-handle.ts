// A path -> the volume below it, opened for questions: its GUID name is good on folders that are mount points, too.

import { ACCESS, INVALID_HANDLE, SHARE } from "./constants.ts";
import { openExisting } from "./handles.ts";
import type { Win32 } from "./kernel32.ts";
import { isDevicePath, systemPath } from "./path.ts";
import { mountPointOf, wideText } from "./volume-information.ts";

const GUID_NAME_CHARACTERS = 64;

/** `\\?\Volume{...}` without the final backslash, which would mean the root folder; null for network shares. */
export function volumeNameOf(win32: Win32, path: string): string | null {
  const mountPoint = mountPointOf(win32, path);
  if (mountPoint === null) return null;
  const name = Buffer.alloc(GUID_NAME_CHARACTERS * 2);
  if (win32.kernel32.GetVolumeNameForVolumeMountPointW(mountPoint, name, GUID_NAME_CHARACTERS) === 0) return null;
  return wideText(name).replace(/\\$/, "");
}

function openForQuestions({ kernel32 }: Win32, path: string, access: number): number {
  return openExisting(kernel32, path, access, 0, SHARE.READ | SHARE.WRITE);
}

function asked<Answer>({ kernel32 }: Win32, handle: number, ask: (handle: number) => Answer): Answer | null {
  if (handle === INVALID_HANDLE) return null;
  try {
    return ask(handle);
  } finally {
    kernel32.CloseHandle(handle);
  }
}

/** Opens a device for questions that anyone may ask, without a word to its file system; null when it cannot be. */
export function withDeviceAsAnyone<Answer>(win32: Win32, path: string, ask: (handle: number) => Answer): Answer | null {
  return asked(win32, openForQuestions(win32, path, ACCESS.NONE), ask);
}

/** Opens a device for questions, with the right to read if it can be had; null when it cannot be opened at all. */
export function withDevice<Answer>(win32: Win32, path: string, ask: (handle: number) => Answer): Answer | null {
  // Some answers (lengths, layouts) are for readers only; most are for everyone.
  const handle = openForQuestions(win32, path, ACCESS.GENERIC_READ);
  return handle === INVALID_HANDLE ? withDeviceAsAnyone(win32, path, ask) : asked(win32, handle, ask);
}

/** The volume that holds `path`, or the device that `path` is. */
export function withVolumeOf<Answer>(win32: Win32, path: string, ask: (handle: number) => Answer): Answer | null {
  const name = isDevicePath(path) ? systemPath(path) : volumeNameOf(win32, path);
  return name === null ? null : withDevice(win32, name, ask);
}
