// An open handle -> what it is: kind, sizes, attributes, identity.

import type { FileIdentity, FileStatus, OpenFile } from "../platform.ts";
import {
  ACCESS,
  CONTROL,
  ERROR,
  FILE_ATTRIBUTE,
  FILE_FLAG,
  FILE_INFO,
  FILE_TYPE,
  INVALID_HANDLE,
} from "./constants.ts";
import { deviceControl } from "./device-control.ts";
import { fileCallFailed } from "./file-calls.ts";
import { openExisting } from "./handles.ts";
import type { Win32 } from "./kernel32.ts";
import { isDevicePath, systemPath } from "./path.ts";
import { extentsOf } from "./volume-extent.ts";

/** BY_HANDLE_FILE_INFORMATION, 52 bytes: byte positions (fileapi.h). */
const BY_HANDLE = { bytes: 52, attributes: 0, creationTime: 4, volumeSerial: 28, indexHigh: 44, indexLow: 48 } as const;
/** FILE_STANDARD_INFO, 24 bytes. */
const STANDARD = { bytes: 24, allocation: 0, endOfFile: 8 } as const;
/** FILE_ID_INFO, 24 bytes: volume serial number of 64 bits, file id of 128. */
const ID = { bytes: 24, volumeSerial: 0, fileId: 8 } as const;
/** FILE_ATTRIBUTE_TAG_INFO, 8 bytes. */
const ATTRIBUTE_TAG = { bytes: 8, tag: 4 } as const;
/** Set in the tags of what leads elsewhere: symbolic links, junctions (IsReparseTagNameSurrogate, winnt.h). */
const NAME_SURROGATE = 0x20000000;
/** FILE_COMPRESSION_INFO, 16 bytes; its size is what sparse and compressed files really occupy. */
const COMPRESSION = { bytes: 16, size: 0 } as const;
/** FILETIME counts 100 ns from 1601-01-01. */
const UNIX_EPOCH_FILETIME = 116444736000000000n;

const DEVICE_KINDS: Readonly<Record<number, string>> = {
  [FILE_TYPE.CHARACTER]: "a character device",
  [FILE_TYPE.PIPE]: "a pipe or socket",
};

/** One class of information about an open file; null where this system or file system lacks it. */
export function fileInformation(win32: Win32, handle: number, infoClass: number, sizeBytes: number): Buffer | null {
  const info = Buffer.alloc(sizeBytes);
  return win32.kernel32.GetFileInformationByHandleEx(handle, infoClass, info, sizeBytes) === 0 ? null : info;
}

function byHandle({ kernel32 }: Win32, file: OpenFile): Buffer {
  const info = Buffer.alloc(BY_HANDLE.bytes);
  if (kernel32.GetFileInformationByHandle(file.handle, info) !== 0) return info;
  const code = kernel32.GetLastError();
  throw fileCallFailed(kernel32, "GetFileInformationByHandle", code, file.path, "The file's status cannot be read");
}

export function attributesOf(win32: Win32, file: OpenFile): number {
  return byHandle(win32, file).readUInt32LE(BY_HANDLE.attributes);
}

/** `compressed`, `encrypted`, both, or null. Windows carries out every I/O on such files synchronously. */
export function transformationOf(win32: Win32, file: OpenFile): string | null {
  const attributes = attributesOf(win32, file);
  const names = [
    ...((attributes & FILE_ATTRIBUTE.COMPRESSED) !== 0 ? ["compressed"] : []),
    ...((attributes & FILE_ATTRIBUTE.ENCRYPTED) !== 0 ? ["encrypted"] : []),
  ];
  return names.length === 0 ? null : names.join(" and ");
}

/**
 * Of what was opened without following anything: whether it is a `link`, or a file that a driver `stands in` for (in a
 * cloud, deduplicated, compressed by the system), whose own bytes are not its contents; null: it is what it looks like.
 */
export function reparseKindOf(win32: Win32, file: OpenFile): "link" | "stand-in" | null {
  if ((attributesOf(win32, file) & FILE_ATTRIBUTE.REPARSE_POINT) === 0) return null;
  const info = fileInformation(win32, file.handle, FILE_INFO.ATTRIBUTE_TAG, ATTRIBUTE_TAG.bytes);
  // Where the tag is not told, the worse of both.
  return info === null || (info.readUInt32LE(ATTRIBUTE_TAG.tag) & NAME_SURROGATE) !== 0 ? "link" : "stand-in";
}

function identityOf(win32: Win32, handle: number, info: Buffer): FileIdentity {
  const id = fileInformation(win32, handle, FILE_INFO.ID, ID.bytes);
  const birthTimeNs = (info.readBigUInt64LE(BY_HANDLE.creationTime) - UNIX_EPOCH_FILETIME) * 100n;
  const index = (BigInt(info.readUInt32LE(BY_HANDLE.indexHigh)) << 32n) | BigInt(info.readUInt32LE(BY_HANDLE.indexLow));
  return {
    device:
      id === null
        ? info.readUInt32LE(BY_HANDLE.volumeSerial).toString(16)
        : id.readBigUInt64LE(ID.volumeSerial).toString(16),
    inode: id === null ? index.toString(16) : id.toString("hex", ID.fileId),
    // Wine has no birth time and shows the time of the last change for it.
    birthTimeNs: birthTimeNs > 0n && win32.wineVersion === null ? String(birthTimeNs) : null,
  };
}

/** Capacity of a disk or volume, in bytes; null when nothing tells. */
export function capacityBytes(win32: Win32, handle: number): number | null {
  // GET_LENGTH_INFORMATION; it wants read access, which a locked volume gives to nobody else.
  const length = deviceControl(win32, handle, CONTROL.DISK_GET_LENGTH_INFO, null, 8);
  if (length.data.length === 8) return Number(length.data.readBigInt64LE());
  const [extent, another] = extentsOf(win32, handle);
  if (extent !== undefined && another === undefined) return extent.lengthBytes;
  // DISK_GEOMETRY_EX: DISK_GEOMETRY of 24 bytes, then the size.
  const geometry = deviceControl(win32, handle, CONTROL.DISK_GET_DRIVE_GEOMETRY_EX, null, 256);
  return geometry.data.length >= 32 ? Number(geometry.data.readBigInt64LE(24)) : null;
}

function deviceStatus(win32: Win32, file: OpenFile): FileStatus {
  // STORAGE_DEVICE_NUMBER: device type, number, partition.
  const number = deviceControl(win32, file.handle, CONTROL.STORAGE_GET_DEVICE_NUMBER, null, 12);
  const sizeBytes = capacityBytes(win32, file.handle);
  if (sizeBytes === null) return { ...other("a device without a size"), identity: unknownIdentity(file) };
  const identity = number.data.length === 12 ? [0, 4, 8].map((at) => number.data.readUInt32LE(at)).join(":") : null;
  return {
    kind: "block-device",
    kindText: "a disk or volume",
    sizeBytes,
    allocatedBytes: sizeBytes,
    identity: identity === null ? unknownIdentity(file) : { device: identity, inode: "0", birthTimeNs: null },
  };
}

const other = (kindText: string): Omit<FileStatus, "identity"> => ({
  kind: "other",
  kindText,
  sizeBytes: 0,
  allocatedBytes: 0,
});

const unknownIdentity = (file: OpenFile): FileIdentity => ({
  device: file.path.toLowerCase(),
  inode: "0",
  birthTimeNs: null,
});

export function statusOf(win32: Win32, file: OpenFile): FileStatus {
  // What was opened is the whole disk then, and not what is meant.
  const reachedThroughDisk = file.extent === undefined ? null : statusAt(win32, file.path);
  if (reachedThroughDisk !== null) return reachedThroughDisk;
  if (isDevicePath(file.path)) return deviceStatus(win32, file);
  const deviceKind = DEVICE_KINDS[win32.kernel32.GetFileType(file.handle)];
  if (deviceKind !== undefined) return { ...other(deviceKind), identity: unknownIdentity(file) };
  const info = byHandle(win32, file);
  const isDirectory = (info.readUInt32LE(BY_HANDLE.attributes) & FILE_ATTRIBUTE.DIRECTORY) !== 0;
  const standard = fileInformation(win32, file.handle, FILE_INFO.STANDARD, STANDARD.bytes);
  const compression = fileInformation(win32, file.handle, FILE_INFO.COMPRESSION, COMPRESSION.bytes);
  const allocated = compression ?? standard;
  return {
    kind: isDirectory ? "directory" : "file",
    kindText: isDirectory ? "a directory" : "a regular file",
    sizeBytes: standard === null ? 0 : Number(standard.readBigInt64LE(STANDARD.endOfFile)),
    allocatedBytes: allocated === null ? 0 : Number(allocated.readBigInt64LE(0)),
    identity: identityOf(win32, file.handle, info),
  };
}

/** What stands at `path`, links followed; null when nothing does. Opens it for its attributes alone. */
export function statusAt(win32: Win32, path: string): FileStatus | null {
  const { kernel32 } = win32;
  // Without the flag CreateFileW does not open directories.
  const open = (access: number): number => openExisting(kernel32, systemPath(path), access, FILE_FLAG.BACKUP_SEMANTICS);
  // A volume tells its length only to those who may read it.
  let handle = isDevicePath(path) ? open(ACCESS.GENERIC_READ) : INVALID_HANDLE;
  if (handle === INVALID_HANDLE) handle = open(ACCESS.NONE);
  if (handle === INVALID_HANDLE) {
    const code = kernel32.GetLastError();
    if (code === ERROR.FILE_NOT_FOUND || code === ERROR.PATH_NOT_FOUND) return null;
    throw fileCallFailed(kernel32, "CreateFileW", code, path, "The file's status cannot be read");
  }
  try {
    return statusOf(win32, { handle, path });
  } finally {
    kernel32.CloseHandle(handle);
  }
}
