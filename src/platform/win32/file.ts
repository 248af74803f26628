// The control plane's file work on Windows: open, size, reserve, flush, lock, mark, remove.

import { DiskbenchError } from "../../shared/errors.ts";
import type {
  DirectIo,
  Eviction,
  FileDetails,
  Files,
  FollowedLinks,
  HeldDirectory,
  OpenFile,
  OpenOptions,
} from "../platform.ts";
import { allocationOf } from "./allocation.ts";
import { ACCESS, ERROR, FILE_ATTRIBUTE, FILE_FLAG, FILE_INFO, INVALID_HANDLE, LOCKFILE } from "./constants.ts";
import { claimDevice } from "./device-claim.ts";
import { directIo } from "./direct-io.ts";
import { fileCallFailed } from "./file-calls.ts";
import { reparseKindOf, statusAt, statusOf, transformationOf } from "./file-status.ts";
import { openExisting, setSize } from "./handles.ts";
import { ACCESS_RIGHTS, linkRefused, locate, toDetails, Win32Directory } from "./held-directory.ts";
import type { Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { readMark, writeMark } from "./mark.ts";
import { OverlappedArray } from "./overlapped.ts";
import { isDevicePath, systemPath } from "./path.ts";
import { enablePrivilege, MANAGE_VOLUME } from "./privilege.ts";
import { rawPlace } from "./raw-volume.ts";
import { lockVolumes } from "./volume-lock.ts";

const ORDER_FLAGS = { mixed: 0, sequential: FILE_FLAG.SEQUENTIAL_SCAN, random: FILE_FLAG.RANDOM_ACCESS } as const;
/** A byte that no file reaches: locks are mandatory on Windows and must not stand in the way of any data. */
const LOCK_OFFSET = 2 ** 52;
/** What a file system that cannot reserve space answers. */
const CANNOT_RESERVE: readonly number[] = [
  ERROR.INVALID_FUNCTION,
  ERROR.NOT_SUPPORTED,
  ERROR.INVALID_PARAMETER,
  ERROR.CALL_NOT_IMPLEMENTED,
];

function openFlags({ caching, writeThrough, overlapped, accessOrder }: OpenOptions): number {
  // Sums, not ORs: bit 31 would make a negative number of it.
  return (
    FILE_ATTRIBUTE.NORMAL +
    (caching === "unbuffered" ? FILE_FLAG.NO_BUFFERING : 0) +
    (writeThrough ? FILE_FLAG.WRITE_THROUGH : 0) +
    (overlapped ? FILE_FLAG.OVERLAPPED : 0) +
    (accessOrder === null ? 0 : ORDER_FLAGS[accessOrder])
  );
}

function refuseTransformed(win32: Win32, file: OpenFile): void {
  const transformed = transformationOf(win32, file);
  if (transformed === null) return;
  throw new DiskbenchError({
    code: "TARGET_UNUSABLE",
    what: `It is ${transformed} by the file system, which makes unbuffered I/O synchronous`,
    where: file.path,
    next: "Choose a folder without these attributes, or set `caching: buffered`",
  });
}

/** Whatever was put at the name since its links were followed is not used in its place. */
function refuseReparsePoint(win32: Win32, file: OpenFile): void {
  const kind = reparseKindOf(win32, file);
  if (kind === null) return;
  if (kind === "link") throw linkRefused(file.path);
  throw new DiskbenchError({
    code: "TARGET_UNUSABLE",
    what: "Its contents are kept elsewhere: in a cloud, deduplicated, or compressed by the system",
    where: file.path,
    next: "Choose another file as the target",
  });
}

class Win32Files implements Files {
  readonly #win32: Win32;
  /** Volumes locked on behalf of an exclusively opened device, by its handle. */
  readonly #lockedVolumes = new Map<number, readonly number[]>();
  /** What holds the claim to a device, by its handle. */
  readonly #claims = new Map<number, number>();
  /** Why SetFileValidData is not allowed; null: not asked yet. */
  #manageVolumeCode: number | null = null;

  constructor(win32: Win32) {
    this.#win32 = win32;
  }

  #failed(call: string, path: string, what: string): DiskbenchError {
    const { kernel32 } = this.#win32;
    return fileCallFailed(kernel32, call, kernel32.GetLastError(), path, what);
  }

  hold(path: string, links: FollowedLinks, make = false): HeldDirectory {
    return new Win32Directory(this.#win32, path, links, make);
  }

  locate(path: string, make = false): ReturnType<Files["locate"]> {
    return locate(this.#win32, path, make);
  }

  open(path: string, options: OpenOptions): OpenFile {
    const { kernel32 } = this.#win32;
    // The privilege counts only for files that are opened while it is on (SetFileValidData's page).
    if (options.access !== "read") this.#manageVolumeCode ??= enablePrivilege(this.#win32, MANAGE_VOLUME);
    const access = ACCESS_RIGHTS[options.access];
    // Whoever takes a volume for himself locks it by its own name; all others come through the disk.
    const place = options.exclusive ? { path: systemPath(path) } : rawPlace(this.#win32, path);
    const refusesLinks = options.links === "refuse" && !isDevicePath(path);
    const flags = openFlags(options) + (refusesLinks ? FILE_FLAG.OPEN_REPARSE_POINT : 0);
    const handle = openExisting(kernel32, place.path, access, flags);
    if (handle === INVALID_HANDLE) throw this.#failed("CreateFileW", path, "It cannot be opened");
    const file = { ...place, handle, path };
    try {
      if (refusesLinks) refuseReparsePoint(this.#win32, file);
      if (isDevicePath(path)) {
        if (options.exclusive) this.#lockedVolumes.set(handle, lockVolumes(this.#win32, file));
      } else if (options.caching === "unbuffered") refuseTransformed(this.#win32, file);
    } catch (thrown) {
      this.close(file);
      throw thrown;
    }
    return file;
  }

  close(file: OpenFile): void {
    const { kernel32 } = this.#win32;
    kernel32.CloseHandle(file.handle);
    // A volume is unlocked when the handle that locked it is closed.
    for (const volume of this.#lockedVolumes.get(file.handle) ?? []) kernel32.CloseHandle(volume);
    this.#lockedVolumes.delete(file.handle);
    const claim = this.#claims.get(file.handle);
    if (claim !== undefined) kernel32.CloseHandle(claim);
    this.#claims.delete(file.handle);
  }

  status(path: string): ReturnType<Files["status"]> {
    return statusAt(this.#win32, path);
  }

  statusOf(file: OpenFile): ReturnType<Files["statusOf"]> {
    return statusOf(this.#win32, file);
  }

  detailsOf(file: OpenFile): FileDetails {
    return toDetails(this.statusOf(file));
  }

  read(file: OpenFile, sizeBytes: number): Uint8Array {
    const { kernel32 } = this.#win32;
    const countAt = Math.ceil(sizeBytes / 8) * 8;
    const memory = allocate(this.#win32, countAt + 8);
    try {
      const read = kernel32.ReadFile(file.handle, memory.address, sizeBytes, memory.address + countAt, 0);
      if (read === 0) throw this.#failed("ReadFile", file.path, "It cannot be read");
      const bytes = Buffer.from(memory.bytes);
      return bytes.subarray(0, bytes.readUInt32LE(countAt));
    } finally {
      memory.free();
    }
  }

  write(file: OpenFile, bytes: Uint8Array): void {
    const { kernel32 } = this.#win32;
    const countAt = Math.ceil(bytes.length / 8) * 8;
    const memory = allocate(this.#win32, countAt + 8);
    try {
      memory.bytes.set(bytes);
      // On a disk a write that succeeds is whole.
      const written = kernel32.WriteFile(file.handle, memory.address, bytes.length, memory.address + countAt, 0);
      if (written !== 0) return;
      throw this.#failed("WriteFile", file.path, "It cannot be written");
    } finally {
      memory.free();
    }
  }

  directIo(file: OpenFile): DirectIo {
    return directIo(this.#win32, file);
  }

  /** There is nothing to try: the flag is kept or the open fails, and no call tells what the cache holds. */
  probeDirectIo(file: OpenFile): DirectIo {
    return directIo(this.#win32, file);
  }

  resize(file: OpenFile, sizeBytes: number): void {
    if (setSize(this.#win32.kernel32, file.handle, FILE_INFO.END_OF_FILE, sizeBytes)) return;
    throw this.#failed("SetFileInformationByHandle", file.path, "Its size cannot be set");
  }

  /** An allocation below the end of the file would cut it off. */
  reserve(file: OpenFile, sizeBytes: number): boolean {
    const { kernel32 } = this.#win32;
    const wantedBytes = Math.max(sizeBytes, this.statusOf(file).sizeBytes);
    if (setSize(kernel32, file.handle, FILE_INFO.ALLOCATION, wantedBytes)) return true;
    const code = kernel32.GetLastError();
    if (CANNOT_RESERVE.includes(code)) return false;
    throw fileCallFailed(kernel32, "SetFileInformationByHandle", code, file.path, "Its space cannot be reserved");
  }

  declareValid(file: OpenFile, sizeBytes: number): void {
    const { kernel32 } = this.#win32;
    const what = "Its data cannot be declared valid";
    const code = this.#manageVolumeCode ?? ERROR.SUCCESS;
    if (code !== ERROR.SUCCESS) {
      throw new DiskbenchError({
        ...fileCallFailed(kernel32, "AdjustTokenPrivileges", code, file.path, what).failures[0],
        cause: `This user lacks the privilege ${MANAGE_VOLUME}`,
        next: "Run as an administrator, or use `preallocate: fill`",
      });
    }
    if (kernel32.SetFileValidData(file.handle, sizeBytes) !== 0) return;
    throw this.#failed("SetFileValidData", file.path, what);
  }

  allocation(file: OpenFile, sizeBytes: number): ReturnType<Files["allocation"]> {
    return allocationOf(this.#win32, file, sizeBytes);
  }

  flush(file: OpenFile): void {
    if (this.#win32.kernel32.FlushFileBuffers(file.handle) !== 0) return;
    throw this.#failed("FlushFileBuffers", file.path, "Its data cannot be made durable");
  }

  /** Opening a file unbuffered makes the file system flush and purge its cached pages; whether all went, nobody says. */
  evict(file: OpenFile): Eviction {
    const { kernel32 } = this.#win32;
    kernel32.FlushFileBuffers(file.handle);
    const flags = FILE_FLAG.NO_BUFFERING + FILE_FLAG.OPEN_REPARSE_POINT;
    const handle = openExisting(kernel32, systemPath(file.path), ACCESS.GENERIC_READ, flags);
    if (handle !== INVALID_HANDLE) kernel32.CloseHandle(handle);
    return { complete: false, basis: null };
  }

  cachedBytes(): null {
    return null;
  }

  lock(file: OpenFile): boolean {
    const { kernel32 } = this.#win32;
    if (isDevicePath(file.path)) {
      const claim = claimDevice(this.#win32, file);
      if (claim !== null) this.#claims.set(file.handle, claim);
      return claim !== null;
    }
    const overlapped = new OverlappedArray(this.#win32, 1);
    try {
      overlapped.prepare(0, LOCK_OFFSET);
      const flags = LOCKFILE.EXCLUSIVE | LOCKFILE.FAIL_IMMEDIATELY;
      if (kernel32.LockFileEx(file.handle, flags, 0, 1, 0, overlapped.addresses[1] as number) !== 0) return true;
      const code = kernel32.GetLastError();
      if (code === ERROR.LOCK_VIOLATION || code === ERROR.IO_PENDING) return false;
      throw fileCallFailed(kernel32, "LockFileEx", code, file.path, "It cannot be locked");
    } finally {
      overlapped.free();
    }
  }

  writeMark(file: OpenFile, text: string): boolean {
    return writeMark(this.#win32, file, text);
  }

  readMark(file: OpenFile): string | null {
    return readMark(this.#win32, file);
  }

  /** Locks of parts are mandatory: who writes there is told. */
  isLockedInPart(): boolean {
    return false;
  }
}

export function createFiles(win32: Win32): Files {
  return new Win32Files(win32);
}
