// A path as a person writes it -> the form that CreateFileW takes literally and at any length.

import { win32 } from "node:path";

const DEVICE = /^[\\/]{2}[.?][\\/]/;
/** Names that mean a device in every folder ("Naming Files, Paths, and Namespaces", Microsoft). */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[ ]*([.:].*)?$/i;

/** True for `\\.\PhysicalDrive0`, `\\.\X:` and the like: not a place in a file system. */
export function isDevicePath(path: string): boolean {
  return DEVICE.test(path) && systemPath(path).split("\\").length === 4;
}

export const diskPath = (number: number): string => `\\\\.\\PhysicalDrive${number}`;

/** `\\.\PhysicalDrive12` -> 12; null for a volume. */
export function diskNumberOfPath(path: string): number | null {
  const match = /^[\\/]{2}[.?][\\/]PhysicalDrive(\d+)$/i.exec(path);
  return match === null ? null : Number(match[1]);
}

/**
 * `\\?\C:\...` and `\\?\UNC\server\...` lift the limit of 260 characters and switch all interpretation off: `.` and
 * `..` are resolved here. Device paths are left alone; a reserved name becomes the device that it always was.
 */
export function systemPath(path: string): string {
  if (DEVICE.test(path)) return path.replaceAll("/", "\\");
  const name = win32.basename(path);
  if (RESERVED.test(name)) return `\\\\.\\${name}`;
  return win32.toNamespacedPath(win32.resolve(path));
}

/** The opposite, for messages and for functions that take no prefix. */
export function plainPath(path: string): string {
  return path.replace(/^\\\\\?\\UNC\\/i, "\\\\").replace(/^\\\\\?\\(?=[a-z]:)/i, "");
}
