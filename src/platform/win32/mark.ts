// A file's ownership mark <-> text in an alternate data stream beside the data, `name:diskbench`.

import type { OpenFile } from "../platform.ts";
import { ACCESS, DISPOSITION, ERROR, FILE_FLAG, FILE_INFO, INVALID_HANDLE, SHARE } from "./constants.ts";
import { fileCallFailed } from "./file-calls.ts";
import { statusOf } from "./file-status.ts";
import { setSize } from "./handles.ts";
import type { Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { isDevicePath, systemPath } from "./path.ts";
import { volumeInformation } from "./volume-information.ts";

const STREAM = ":diskbench";
const LIMIT_BYTES = 4096;
/** FILE_NAMED_STREAMS: the file system keeps streams (NTFS, ReFS; not FAT, exFAT, nor Wine). */
const NAMED_STREAMS = 0x40000;

const keepsStreams = (win32: Win32, file: OpenFile): boolean =>
  !isDevicePath(file.path) && ((volumeInformation(win32, file.path)?.flags ?? 0) & NAMED_STREAMS) !== 0;

/**
 * Opens the stream by name and makes sure that it belongs to the file that is open: a stream's handle has its file's
 * identity. Null: there is none, or the name leads to another file by now.
 */
function openStream(win32: Win32, file: OpenFile, access: number, disposition: number): number | null {
  const { kernel32 } = win32;
  const path = systemPath(file.path) + STREAM;
  // Of a link that has come there the stream is its own: no other file is given one.
  const handle = kernel32.CreateFileW(path, access, SHARE.ALL, 0, disposition, FILE_FLAG.OPEN_REPARSE_POINT, 0);
  if (handle === INVALID_HANDLE) {
    const code = kernel32.GetLastError();
    if (code === ERROR.FILE_NOT_FOUND) return null;
    throw fileCallFailed(kernel32, "CreateFileW", code, file.path + STREAM, "Its mark cannot be opened");
  }
  const own = statusOf(win32, file).identity;
  const found = statusOf(win32, { handle, path: file.path }).identity;
  if (own.device === found.device && own.inode === found.inode) return handle;
  kernel32.CloseHandle(handle);
  return null;
}

/** Replaces the mark. False where there is no room for one beside the data. */
export function writeMark(win32: Win32, file: OpenFile, text: string): boolean {
  if (!keepsStreams(win32, file)) return false;
  const { kernel32 } = win32;
  const handle = openStream(win32, file, ACCESS.GENERIC_WRITE, DISPOSITION.OPEN_ALWAYS);
  if (handle === null) return false;
  const memory = allocate(win32, LIMIT_BYTES + 8);
  const length = Buffer.from(memory.bytes.buffer, memory.bytes.byteOffset, LIMIT_BYTES).write(text);
  const written = kernel32.WriteFile(handle, memory.address, length, memory.address + LIMIT_BYTES, 0);
  // An earlier mark may have been longer. Cut only now: on opening it might have been another file's.
  const cut = written !== 0 && setSize(kernel32, handle, FILE_INFO.END_OF_FILE, length);
  const code = cut ? ERROR.SUCCESS : kernel32.GetLastError();
  kernel32.CloseHandle(handle);
  memory.free();
  if (code !== ERROR.SUCCESS) throw fileCallFailed(kernel32, "WriteFile", code, file.path, "It cannot be marked");
  return true;
}

export function readMark(win32: Win32, file: OpenFile): string | null {
  if (!keepsStreams(win32, file)) return null;
  const { kernel32 } = win32;
  const handle = openStream(win32, file, ACCESS.GENERIC_READ, DISPOSITION.OPEN_EXISTING);
  if (handle === null) return null;
  const memory = allocate(win32, LIMIT_BYTES + 8);
  const read = kernel32.ReadFile(handle, memory.address, LIMIT_BYTES, memory.address + LIMIT_BYTES, 0);
  const code = read === 0 ? kernel32.GetLastError() : ERROR.SUCCESS;
  const bytes = Buffer.from(memory.bytes);
  kernel32.CloseHandle(handle);
  memory.free();
  if (code !== ERROR.SUCCESS) throw fileCallFailed(kernel32, "ReadFile", code, file.path, "Its mark cannot be read");
  return bytes.toString("utf8", 0, bytes.readUInt32LE(LIMIT_BYTES));
}
