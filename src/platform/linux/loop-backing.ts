// A loop device -> the file or device below it, by number instead of by a name that may lead elsewhere by now.

import { constants } from "node:fs";
import { libcClose, libcIoctl, libcOpen, O_CLOEXEC, resultOrErrno } from "./file-calls.ts";
import { statxOfPath } from "./statx.ts";
import type { BlockDevice } from "./sysfs.ts";

/** What lies below a loop device. Numbers are `major:minor`. */
export interface LoopBacking {
  /** The block device that it is; null: it is a file. */
  readonly deviceNumber: string | null;
  readonly fileSystemNumber: string;
  readonly inode: string;
}

/** LOOP_GET_STATUS64 and the offsets in `struct loop_info64` (linux/loop.h); the same on every architecture. */
export const LOOP_LAYOUT = { request: 0x4c05, size: 232, fileSystem: 0, inode: 8, device: 16 } as const;

// As the kernel packs them: twelve bits of major between twenty of minor (huge_encode_dev).
function numberAt(buffer: Buffer, offset: number): string {
  const packed = buffer.readUInt32LE(offset);
  return `${(packed >>> 8) & 0xfff}:${(packed & 0xff) | ((packed >>> 12) & 0xfff00)}`;
}

function askDevice(path: string): LoopBacking | null {
  const descriptor = resultOrErrno(() => libcOpen(path, constants.O_RDONLY | O_CLOEXEC, 0));
  if (descriptor < 0) return null;
  const at = LOOP_LAYOUT;
  const buffer = Buffer.alloc(at.size);
  const result = resultOrErrno(() => libcIoctl(descriptor, at.request, buffer));
  libcClose(descriptor);
  if (result < 0) return null;
  const deviceNumber = numberAt(buffer, at.device);
  return {
    deviceNumber: deviceNumber === "0:0" ? null : deviceNumber,
    fileSystemNumber: numberAt(buffer, at.fileSystem),
    inode: String(buffer.readBigUInt64LE(at.inode)),
  };
}

/** The name under which it was attached may have been removed, given to something else, or be one of another namespace. */
function followName(path: string): LoopBacking | null {
  try {
    const found = statxOfPath(path);
    if (found === null) return null;
    const { fileSystemNumber, inode, deviceNumber, mode } = found;
    const isDevice = (mode & constants.S_IFMT) === constants.S_IFBLK;
    return { deviceNumber: isDevice ? deviceNumber : null, fileSystemNumber, inode };
  } catch {
    return null;
  }
}

/** What lies below the loop device; its name decides for users who may not ask. Null: it is none, or nobody knows. */
export function loopBackingOf({ name, backingFile }: BlockDevice): LoopBacking | null {
  return backingFile === null ? null : (askDevice(`/dev/${name}`) ?? followName(backingFile));
}
