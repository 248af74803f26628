// What Windows itself needs -> the volumes and disks that must never be a raw target.

import type { Win32 } from "./kernel32.ts";
import { registryTexts } from "./registry.ts";
import { volumeNameOf, withDevice } from "./volume-handle.ts";
import { wideText } from "./volume-information.ts";
import { diskNumbersOf } from "./volumes-list.ts";

const PATH_CHARACTERS = 1024;
function windowsFolder(win32: Win32): string[] {
  const path = Buffer.alloc(PATH_CHARACTERS * 2);
  return win32.kernel32.GetSystemWindowsDirectoryW(path, PATH_CHARACTERS) === 0 ? [] : [wideText(path)];
}

const MEMORY_KEY = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management";
const CRASH_KEY = "SYSTEM\\CurrentControlSet\\Control\\CrashControl";

/** Places that Windows needs, as paths of files or of device objects. */
const NEEDS: readonly { readonly what: string; readonly places: (win32: Win32) => string[] }[] = [
  { what: "holds Windows (boot disk)", places: windowsFolder },
  {
    what: "holds the system partition that the computer starts from",
    places: (win32) => registryTexts(win32, "SYSTEM\\Setup", "SystemPartition"),
  },
  { what: "holds a page file", places: (win32) => registryTexts(win32, MEMORY_KEY, "ExistingPageFiles") },
  { what: "holds the crash dump file", places: (win32) => registryTexts(win32, CRASH_KEY, "DedicatedDumpFile") },
];

export interface SystemPlace {
  /** A sentence's end: `holds a page file`. */
  readonly what: string;
  /** `\\?\Volume{...}`; null where only the disks are known. */
  readonly volume: string | null;
  readonly diskNumbers: readonly number[];
}

/** The volume that holds a file (`\??\C:\pagefile.sys`), or that a device object (`\Device\HarddiskVolume1`) is. */
function located(win32: Win32, what: string, place: string): SystemPlace {
  const isObject = /^\\Device\\/i.test(place);
  const volume = isObject ? null : volumeNameOf(win32, place.replace(/^\\\?\?\\/, ""));
  const opened = isObject ? `\\\\?\\GLOBALROOT${place}` : volume;
  const ask = (handle: number): number[] => diskNumbersOf(win32, handle);
  return { what, volume, diskNumbers: opened === null ? [] : (withDevice(win32, opened, ask) ?? []) };
}

export function systemPlaces(win32: Win32): SystemPlace[] {
  return NEEDS.flatMap(({ what, places }) => places(win32).map((place) => located(win32, what, place)));
}
