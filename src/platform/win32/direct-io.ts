// An open file -> what unbuffered I/O on it must be aligned to, and who says so.

import type { DirectIo, OpenFile } from "../platform.ts";
import { FILE_INFO } from "./constants.ts";
import { fileInformation, transformationOf } from "./file-status.ts";
import type { Win32 } from "./kernel32.ts";
import { isDevicePath } from "./path.ts";
import { sectorSizes } from "./storage-property.ts";
import { withVolumeOf } from "./volume-handle.ts";
import { fileSystemSectorBytes } from "./volume-information.ts";

/** FILE_STORAGE_INFO, 28 bytes: logical sector first, then three physical ones. */
const STORAGE_INFO_BYTES = 28;

interface Source {
  readonly name: string;
  readonly logicalSectorBytes: (win32: Win32, file: OpenFile) => number | null;
}

/** The best first. */
const SOURCES: readonly Source[] = [
  {
    name: "FileStorageInfo",
    logicalSectorBytes: (win32, file) =>
      fileInformation(win32, file.handle, FILE_INFO.STORAGE, STORAGE_INFO_BYTES)?.readUInt32LE() ?? null,
  },
  {
    name: "StorageAccessAlignmentProperty",
    logicalSectorBytes: (win32, file) =>
      withVolumeOf(win32, file.path, (handle) => sectorSizes(win32, handle))?.logicalBytes ?? null,
  },
  {
    name: "GetDiskFreeSpace",
    logicalSectorBytes: (win32, file) => fileSystemSectorBytes(win32, file.path),
  },
];

/**
 * FILE_FLAG_NO_BUFFERING is kept or refused, never quietly ignored ("File Buffering", Microsoft), so the sector size is
 * all there is to ask for; zero for files that it does nothing good for. Wine does ignore it, and the basis says so.
 */
export function directIo(win32: Win32, file: OpenFile): DirectIo {
  const transformed = isDevicePath(file.path) ? null : transformationOf(win32, file);
  if (transformed !== null) {
    const basis = `the file is ${transformed}, which makes unbuffered I/O synchronous`;
    return { offsetAlignmentBytes: 0, memoryAlignmentBytes: 0, basis };
  }
  const wine = win32.wineVersion === null ? "" : `; Wine ${win32.wineVersion} ignores FILE_FLAG_NO_BUFFERING`;
  for (const { name, logicalSectorBytes } of SOURCES) {
    const sectorBytes = logicalSectorBytes(win32, file);
    if (sectorBytes !== null && sectorBytes > 0) {
      return { offsetAlignmentBytes: sectorBytes, memoryAlignmentBytes: sectorBytes, basis: name + wine };
    }
  }
  const basis = `the system does not tell the sector size here${wine}`;
  return { offsetAlignmentBytes: null, memoryAlignmentBytes: null, basis };
}
