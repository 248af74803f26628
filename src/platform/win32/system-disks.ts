// What Windows itself needs -> the volumes and disks that must never be a raw target.

import { ERROR } from "./constants.ts";
import type { Win32 } from "./kernel32.ts";
import { volumeNameOf, withDevice } from "./volume-handle.ts";
import { wideText } from "./volume-information.ts";
import { diskNumbersOf, textList } from "./volumes-list.ts";

const PATH_CHARACTERS = 1024;
/** HKEY_LOCAL_MACHINE, a handle that is a negative 32-bit number. */
const LOCAL_MACHINE = 0x80000002 | 0;
/** RRF_RT_REG_SZ, RRF_RT_REG_EXPAND_SZ (expanded on the way) and RRF_RT_REG_MULTI_SZ. */
const TEXT_TYPES = 0x2 | 0x4 | 0x20;
const VALUE_BYTES = 8192;

/** The texts in a registry value; none when it is missing. */
function registryTexts(win32: Win32, key: string, value: string): string[] {
  const data = Buffer.alloc(VALUE_BYTES);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  const code = win32.kernel32.RegGetValueW(LOCAL_MACHINE, key, value, TEXT_TYPES, null, data, size);
  return code === ERROR.SUCCESS ? textList(data.subarray(0, size.readUInt32LE())) : [];
}

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
