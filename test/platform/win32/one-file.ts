// One file of a scripted Windows -> the control plane's functions, ready to be asked about it.

import type { OpenOptions } from "../../../src/platform/platform.ts";
import { createFiles } from "../../../src/platform/win32/file.ts";
import type { Kernel32 } from "../../../src/platform/win32/kernel32.ts";
import { ScriptedFiles, type Thing } from "./scripted-files.ts";

export const PATH = "C:\\data\\target.dat";
export const SYSTEM_PATH = "\\\\?\\C:\\data\\target.dat";
export const PLAIN: OpenOptions = {
  access: "read-write",
  caching: "buffered",
  writeThrough: false,
  overlapped: false,
  accessOrder: null,
  exclusive: false,
};

export function withFile(thing: Thing, overrides: Partial<Kernel32> = {}, more: Record<string, Thing> = {}) {
  const win32 = new ScriptedFiles({ [SYSTEM_PATH]: thing, ...more }, overrides);
  return { win32, files: createFiles(win32) };
}
