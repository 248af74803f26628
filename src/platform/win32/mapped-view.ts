// One slot -> a copy into or out of a mapped view of the file (CreateFileMapping, MapViewOfFile).

import { OPERATION, type Backend, type BackendOptions, type OperationCode, type RoundFile } from "../platform.ts";
import { SingleSlot } from "../single-slot.ts";
import { ERROR, FILE_MAP, INVALID_HANDLE, MEMORY, PAGE } from "./constants.ts";
import { lastErrorFailed } from "./errors.ts";
import { flushHandles } from "./slot-table.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { memorySizes } from "./memory.ts";

/** So much of the file per view: offsets within one stay small integers, and views begin at the allocation granularity. */
const WINDOW_BYTES = 2 ** 30;
/** Another thread may take the address range between the search for it and its use. */
const MAPPING_ATTEMPTS = 16;

/** A part of the file mapped right behind a mapping of the slot's buffer: `bytes` spans both. */
interface Window {
  readonly bytes: Uint8Array;
  readonly bufferAddress: number;
  readonly viewAddress: number;
  readonly viewBytes: number;
}

/**
 * The buffer is a section of its own, mapped once more in front of each window. So every I/O is a copy within one
 * typed array (`copyWithin`, a memmove), with offsets that are small integers: no call leaves JavaScript, and nothing
 * is allocated. A page that cannot be read is EXCEPTION_IN_PAGE_ERROR here: it ends the process, and the supervisor
 * reports it.
 */
export class MappedViewBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly #slot = new SingleSlot();
  readonly completedSlots = this.#slot.completedSlots;
  readonly completedResults = this.#slot.completedResults;
  readonly submitBatch = 1;
  readonly backPressure = 0;
  readonly completedSynchronously = null;
  readonly #win32: Win32;
  readonly #kernel32: Kernel32;
  readonly #files: readonly RoundFile[];
  /** Of `files`: a flush may be part of the measured loop, and makes no list of them. */
  readonly #handles: readonly number[];
  readonly #writes: boolean;
  readonly #bufferSpanBytes: number;
  readonly #bufferSection: number;
  readonly #sections: readonly number[];
  readonly #windows: Window[] = [];
  /** By file: its first window, and the one behind its last. */
  readonly #firstWindows: Int32Array;
  /** What has been written since the last flush, per window; low above high: nothing. */
  readonly #dirtyLow: Int32Array;
  readonly #dirtyHigh: Int32Array;

  constructor(win32: Win32, options: BackendOptions) {
    const { files, slotSizeBytes } = options;
    const writes = options.operations.includes("write");
    this.nativeOperations = ["MapViewOfFile", ...(writes ? ["FlushViewOfFile", "FlushFileBuffers"] : [])];
    this.#win32 = win32;
    this.#kernel32 = win32.kernel32;
    this.#files = files;
    this.#handles = files.map(({ handle }) => handle);
    this.#writes = writes;
    const { granularityBytes } = memorySizes(win32.kernel32);
    this.#bufferSpanBytes = Math.ceil(slotSizeBytes / granularityBytes) * granularityBytes;
    const [first] = files;
    this.#bufferSection = this.#createSection(INVALID_HANDLE, first.path, PAGE.READWRITE, this.#bufferSpanBytes);
    const protection = writes ? PAGE.READWRITE : PAGE.READONLY;
    this.#sections = files.map(({ handle, path }) => this.#createSection(handle, path, protection, 0));
    this.#firstWindows = new Int32Array(files.length + 1);
    for (const [file, { sizeBytes }] of files.entries()) {
      for (let start = 0; start < sizeBytes; start += WINDOW_BYTES) {
        // What begins in a window may end behind it: windows overlap by a slot.
        const viewBytes = Math.min(WINDOW_BYTES + slotSizeBytes, sizeBytes - start);
        this.#windows.push(this.#openWindow(file, start, viewBytes));
      }
      this.#firstWindows[file + 1] = this.#windows.length;
    }
    this.buffers = this.#windows[0]?.bytes.subarray(0, slotSizeBytes) ?? new Uint8Array(slotSizeBytes);
    this.#dirtyLow = new Int32Array(this.#windows.length).fill(0x7fffffff);
    this.#dirtyHigh = new Int32Array(this.#windows.length);
  }

  #failed(call: string, what: string, path: string): Error {
    return lastErrorFailed(this.#kernel32, call, { code: "TARGET_UNUSABLE", what, where: path });
  }

  #createSection(file: number, path: string, protection: number, sizeBytes: number): number {
    const section = this.#kernel32.CreateFileMappingW(file, 0, protection, 0, sizeBytes, null);
    if (section === 0) throw this.#failed("CreateFileMappingW", "The file cannot be mapped", path);
    return section;
  }

  #openWindow(file: number, start: number, viewBytes: number): Window {
    for (let attempt = 0; attempt < MAPPING_ATTEMPTS; attempt += 1) {
      const window = this.#mapSideBySide(this.#sections[file] as number, start, viewBytes);
      if (window !== null) return window;
    }
    const what = `No view of ${viewBytes} bytes of the file can be mapped`;
    throw this.#failed("MapViewOfFileEx", what, (this.#files[file] as RoundFile).path);
  }

  #mapSideBySide(fileSection: number, start: number, viewBytes: number): Window | null {
    const kernel32 = this.#kernel32;
    const spanBytes = this.#bufferSpanBytes + viewBytes;
    const access = this.#writes ? FILE_MAP.READ | FILE_MAP.WRITE : FILE_MAP.READ;
    const bufferAddress = kernel32.VirtualAlloc(0, spanBytes, MEMORY.RESERVE, PAGE.READWRITE);
    if (bufferAddress === 0) return null;
    kernel32.VirtualFree(bufferAddress, 0, MEMORY.RELEASE);
    const both = FILE_MAP.READ | FILE_MAP.WRITE;
    if (kernel32.MapViewOfFileEx(this.#bufferSection, both, 0, 0, this.#bufferSpanBytes, bufferAddress) === 0)
      return null;
    const viewAddress = bufferAddress + this.#bufferSpanBytes;
    const [high, low] = [Math.floor(start / 2 ** 32), start % 2 ** 32];
    if (kernel32.MapViewOfFileEx(fileSection, access, high, low, viewBytes, viewAddress) === 0) {
      const code = kernel32.GetLastError();
      kernel32.UnmapViewOfFile(bufferAddress);
      kernel32.SetLastError(code);
      return null;
    }
    return { bytes: this.#win32.view(bufferAddress, spanBytes), bufferAddress, viewAddress, viewBytes };
  }

  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number): number {
    if (operation > OPERATION.write) return -ERROR.NOT_SUPPORTED;
    const indexInFile = (offsetBytes / WINDOW_BYTES) | 0;
    const offsetInWindow = offsetBytes - indexInFile * WINDOW_BYTES;
    const index = (this.#firstWindows[file] as number) + indexInFile;
    const isThere = index < (this.#firstWindows[file + 1] as number);
    const window = isThere ? this.#windows[index] : undefined;
    if (window === undefined || offsetInWindow >= window.viewBytes) return -ERROR.HANDLE_EOF;
    const length = Math.min(lengthBytes, window.viewBytes - offsetInWindow);
    const place = this.#bufferSpanBytes + offsetInWindow;
    if (operation === OPERATION.read) {
      window.bytes.copyWithin(0, place, place + length);
      return length;
    }
    window.bytes.copyWithin(place, 0, length);
    const end = offsetInWindow + length;
    if (offsetInWindow < (this.#dirtyLow[index] as number)) this.#dirtyLow[index] = offsetInWindow;
    if (end > (this.#dirtyHigh[index] as number)) this.#dirtyHigh[index] = end;
    return length;
  }

  prepare(
    _slot: number,
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): void {
    this.#slot.prepare(operation, file, offsetBytes, lengthBytes, flags);
  }

  submit(): void {
    this.#slot.submitTo(this);
  }

  reap(): number {
    return this.#slot.reap();
  }

  /** FlushViewOfFile hands dirty pages to the system and does not wait for the disk; FlushFileBuffers does. */
  flush(): number {
    for (let index = 0; index < this.#windows.length; index += 1) {
      const low = this.#dirtyLow[index] as number;
      const dirtyBytes = (this.#dirtyHigh[index] as number) - low;
      if (dirtyBytes <= 0) continue;
      const window = this.#windows[index] as Window;
      if (this.#kernel32.FlushViewOfFile(window.viewAddress + low, dirtyBytes) === 0) {
        return -this.#kernel32.GetLastError();
      }
      this.#dirtyLow[index] = 0x7fffffff;
      this.#dirtyHigh[index] = 0;
    }
    return flushHandles(this.#kernel32, this.#handles);
  }

  close(): number {
    for (const { bufferAddress, viewAddress } of this.#windows) {
      this.#kernel32.UnmapViewOfFile(viewAddress);
      this.#kernel32.UnmapViewOfFile(bufferAddress);
    }
    for (const section of [this.#bufferSection, ...this.#sections]) this.#kernel32.CloseHandle(section);
    return 0;
  }
}
