// Sizes -> page-aligned memory outside the JavaScript heap, private or shared between processes.

import { randomUUID } from "node:crypto";
import type { NativeMemory, SharedMemory } from "../platform.ts";
import { FILE_MAP, INVALID_HANDLE, MEMORY, PAGE } from "./constants.ts";
import { lastErrorFailed } from "./errors.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";

export interface MemorySizes {
  readonly pageBytes: number;
  /** Views and reservations begin at multiples of it: 64 KiB on every Windows so far. */
  readonly granularityBytes: number;
}

export function memorySizes(kernel32: Kernel32): MemorySizes {
  // SYSTEM_INFO on 64-bit Windows: dwPageSize at 4, dwAllocationGranularity at 40, 48 bytes in all.
  const info = Buffer.alloc(48);
  kernel32.GetSystemInfo(info);
  return { pageBytes: info.readUInt32LE(4), granularityBytes: info.readUInt32LE(40) };
}

const outOfMemory = (kernel32: Kernel32, call: string, what: string): Error =>
  lastErrorFailed(kernel32, call, {
    code: "UNSUPPORTED",
    what,
    next: "Lower blockSize, queueDepth or threads",
  });

/** Zeroed, committed and touched memory: no page fault is left for the measured loop. */
export function allocate(win32: Win32, sizeBytes: number): NativeMemory {
  const { kernel32 } = win32;
  const address = kernel32.VirtualAlloc(0, sizeBytes, MEMORY.COMMIT | MEMORY.RESERVE, PAGE.READWRITE);
  if (address === 0) throw outOfMemory(kernel32, "VirtualAlloc", `Cannot allocate ${sizeBytes} bytes for buffers`);
  const bytes = win32.view(address, sizeBytes).fill(0);
  return { address, bytes, free: () => void kernel32.VirtualFree(address, 0, MEMORY.RELEASE) };
}

function mapSection(win32: Win32, section: number, name: string, sizeBytes: number): SharedMemory {
  const { kernel32 } = win32;
  const address = kernel32.MapViewOfFileEx(section, FILE_MAP.WRITE | FILE_MAP.READ, 0, 0, sizeBytes, 0);
  if (address === 0) throw outOfMemory(kernel32, "MapViewOfFileEx", "Cannot map the shared counters");
  return {
    path: name,
    view: (start, viewed) => win32.view(address + start, viewed),
    close() {
      kernel32.UnmapViewOfFile(address);
      kernel32.CloseHandle(section);
    },
  };
}

/** A named section over the page file: it goes with the last process that holds it. */
export function createSharedMemory(win32: Win32, sizeBytes: number): SharedMemory {
  const name = `Local\\diskbench-${process.pid}-${randomUUID()}`;
  const section = win32.kernel32.CreateFileMappingW(INVALID_HANDLE, 0, PAGE.READWRITE, 0, sizeBytes, name);
  if (section === 0) throw outOfMemory(win32.kernel32, "CreateFileMappingW", "Cannot make shared memory");
  return mapSection(win32, section, name, sizeBytes);
}

export function openSharedMemory(win32: Win32, name: string, sizeBytes: number): SharedMemory {
  const section = win32.kernel32.OpenFileMappingW(FILE_MAP.WRITE | FILE_MAP.READ, 0, name);
  if (section === 0) throw outOfMemory(win32.kernel32, "OpenFileMappingW", `Cannot open shared memory ${name}`);
  return mapSection(win32, section, name, sizeBytes);
}
