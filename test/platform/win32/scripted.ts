// A script -> a Windows in which every overlapped call answers as written, with memory that knows when it is freed.

import { vi } from "vitest";
import type { Kernel32, Win32 } from "../../../src/platform/win32/kernel32.ts";
import type { BackendOptions } from "../../../src/platform/platform.ts";

export const STATUS_PENDING = 0x103;
/** NTSTATUS -> Win32 code, for those that the tests use. */
export const STATUSES: Readonly<Record<number, number>> = {
  [0xc0000011 | 0]: 38,
  [0xc0000120 | 0]: 995,
  [0xc000009a | 0]: 1450,
  [0xc0000185 | 0]: 1117,
};
export const STATUS_OF = new Map(Object.entries(STATUSES).map(([status, code]) => [code, Number(status)]));

/** What becomes of one attempt to start an I/O. */
export type Step =
  /** TRUE: done when the call returns. */
  | { readonly start: "true"; readonly bytes?: number }
  /** FALSE, 997; later it ends with so many bytes or with an error code. `never`: the system keeps it. */
  | { readonly start: "pending"; readonly end?: { readonly bytes: number } | { readonly code: number } | "never" }
  /** FALSE with this code. */
  | { readonly start: "refused"; readonly code: number };

interface Request {
  readonly overlapped: number;
  readonly bytes: number;
  readonly end: { readonly bytes: number } | { readonly code: number } | "never";
  readonly routine: number;
  /** Whether the call that started it said TRUE: what is left is the announcement. */
  readonly done: boolean;
}

/** One I/O as it was asked for. */
export interface Call {
  readonly name: string;
  readonly handle: number;
  readonly buffer: number;
  readonly bytes: number;
  readonly offset: number;
}

/** Above 2^32, with bit 31 set: both halves of an address matter, and the low one is negative as an integer. */
const FIRST_ADDRESS = 0x7ffaf0000000;
const PAGE_BYTES = 4096;
const GRANULARITY_BYTES = 65536;

export class ScriptedWindows implements Win32 {
  wineVersion: string | null = null;
  /** Used up from the front; when it is empty every start is pending and ends well. */
  readonly steps: Step[] = [];
  readonly calls: Call[] = [];
  /** How many completions the system hands out per look at most. */
  completionsPerWait = Infinity;
  skipOnSuccess = true;
  /** Requests that it has in hand, oldest first. */
  readonly held: Request[] = [];
  readonly closedHandles: number[] = [];
  readonly violations: string[] = [];
  readonly memory = new Map<number, Uint8Array>();
  cancelled = 0;
  /** So far: bytes that the system has reported as transferred. */
  transferredBytes = 0;
  lastError = 0;
  readonly kernel32: Kernel32;
  readonly #routines = new Map<number, (code: number, bytes: number, overlappedLow: number) => void>();
  #nextAddress = FIRST_ADDRESS;
  #nextHandle = 0x100;
  #portBound = false;

  /** `overrides` replace functions; any that is neither there nor here fails the test that calls it. */
  constructor(overrides: Partial<Kernel32> = {}) {
    const known: Partial<Kernel32> = { ...this.#functions(), ...overrides };
    this.kernel32 = new Proxy(known, {
      get: (functions, name) =>
        Reflect.get(functions, name) ??
        (() => {
          throw new Error(`${String(name)} is not in the script`);
        }),
    }) as Kernel32;
  }

  newHandle(): number {
    this.#nextHandle += 4;
    return this.#nextHandle;
  }

  fail(code: number): 0 {
    this.lastError = code;
    return 0;
  }

  #blockAt(address: number): { readonly start: number; readonly bytes: Uint8Array } {
    for (const [start, bytes] of this.memory) {
      if (address >= start && address < start + bytes.length) return { start, bytes };
    }
    throw new Error(`address ${address.toString(16)} is not allocated`);
  }

  view(address: number, sizeBytes: number): Uint8Array {
    const { start, bytes } = this.#blockAt(address);
    return new Uint8Array(bytes.buffer, bytes.byteOffset + address - start, sizeBytes);
  }

  words(address: number, count: number): Int32Array {
    const bytes = this.view(address, count * 4);
    return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  }

  word64(address: number): number {
    const [low = 0, high = 0] = this.words(address, 2);
    return high * 4294967296 + (low >>> 0);
  }

  completionRoutine(routine: (code: number, bytes: number, overlappedLow: number) => void): {
    address: number;
    release: () => void;
  } {
    const address = 0x7ff700000000 + this.#routines.size;
    this.#routines.set(address, routine);
    return { address, release: () => void this.#routines.delete(address) };
  }

  get routineCount(): number {
    return this.#routines.size;
  }

  #start(name: string, handle: number, buffer: number, bytes: number, overlapped: number, routine: number): number {
    const offset = this.words(overlapped, 8);
    const at = (offset[5] ?? 0) * 4294967296 + ((offset[4] ?? 0) >>> 0);
    this.calls.push({ name, handle, buffer, bytes, offset: at });
    if (this.held.some((request) => request.overlapped === overlapped)) this.violations.push("OVERLAPPED used twice");
    if (offset.subarray(0, 4).some((word) => word !== 0)) this.violations.push("OVERLAPPED used again uncleared");
    const step = this.steps.shift() ?? { start: "pending" };
    if (step.start === "refused") return this.fail(step.code);
    const end = step.start === "true" ? { bytes: step.bytes ?? bytes } : (step.end ?? { bytes });
    const request: Request = { overlapped, bytes, end, routine, done: step.start === "true" };
    if (request.done) {
      this.#finish({ ...request, done: false });
      // A routine is called, and a port gets its packet, all the same; but the port can be asked not to.
      if (routine !== 0 || (this.#portBound && !this.skipOnSuccess)) this.held.push(request);
      return 1;
    }
    offset[0] = STATUS_PENDING;
    this.held.push(request);
    return routine === 0 ? this.fail(997) : 1;
  }

  /** Writes the outcome into the OVERLAPPED, as the kernel does. */
  #finish({ overlapped, end, done }: Request): { status: number; bytes: number } {
    if (end === "never") throw new Error("it never ends");
    const status = "code" in end ? (STATUS_OF.get(end.code) ?? -1) : 0;
    const bytes = "code" in end ? 0 : end.bytes;
    const words = this.words(overlapped, 8);
    words[0] = status;
    words[2] = bytes;
    if (!done) this.transferredBytes += bytes;
    return { status, bytes };
  }

  /** The next request that the system gives back; null: none for now. */
  #next(): Request | null {
    const index = this.held.findIndex(({ end }) => end !== "never");
    return index < 0 ? null : (this.held.splice(index, 1)[0] ?? null);
  }

  /** Time passes only while the system is waited for. */
  #waitInVain(timeoutMs: number): void {
    if (timeoutMs < 0) throw new Error("it would wait for ever");
    vi.advanceTimersByTime(timeoutMs);
  }

  /** Lets the system finish some of what it holds, without telling anyone (event, poll). */
  finishQuietly(): number {
    let finished = 0;
    while (finished < this.completionsPerWait) {
      const request = this.#next();
      if (request === null) break;
      this.#finish(request);
      finished += 1;
    }
    return finished;
  }

  #dequeue(_port: number, entries: number, count: number, removed: number, timeoutMs: number): number {
    const words = this.words(entries, count * 8);
    let found = 0;
    while (found < Math.min(count, this.completionsPerWait)) {
      const request = this.#next();
      if (request === null) break;
      const { status, bytes } = this.#finish(request);
      words.set(
        [0, 0, request.overlapped | 0, Math.floor(request.overlapped / 4294967296), status, -1, bytes, -1],
        found * 8,
      );
      found += 1;
    }
    this.words(removed, 1)[0] = found;
    if (found > 0) return 1;
    this.#waitInVain(timeoutMs);
    return this.fail(258);
  }

  #runRoutines(timeoutMs: number): number {
    let run = 0;
    while (run < this.completionsPerWait) {
      const request = this.#next();
      if (request === null) break;
      const { status, bytes } = this.#finish(request);
      try {
        this.#routines.get(request.routine)?.(STATUSES[status] ?? 0, bytes, request.overlapped | 0);
      } catch {
        this.violations.push("an error left a completion routine");
      }
      run += 1;
    }
    if (run > 0) return 192;
    this.#waitInVain(timeoutMs);
    return 0;
  }

  #cancel(overlapped: number): number {
    const index = this.held.findIndex((request) => request.overlapped === overlapped);
    const request = this.held[index];
    if (request === undefined) return this.fail(1168);
    if (request.end === "never") return 1;
    this.cancelled += 1;
    this.held[index] = { ...request, end: { code: 995 } };
    return 1;
  }

  #free(address: number): number {
    const block = this.memory.get(address);
    if (block === undefined) this.violations.push("freed what was not allocated");
    for (const { overlapped } of this.held) {
      if (overlapped >= address && overlapped < address + (block?.length ?? 0)) {
        this.violations.push("memory freed while the system may write to it");
      }
    }
    this.memory.delete(address);
    return 1;
  }

  allocate(sizeBytes: number): number {
    const address = this.#nextAddress;
    this.#nextAddress += Math.ceil(sizeBytes / GRANULARITY_BYTES) * GRANULARITY_BYTES;
    this.memory.set(address, new Uint8Array(sizeBytes));
    return address;
  }

  #functions(): Partial<Kernel32> {
    const start =
      (name: string) =>
      (handle: number, buffer: number, bytes: number, _count: number, overlapped: number): number =>
        this.#start(name, handle, buffer, bytes, overlapped, 0);
    const startEx =
      (name: string) =>
      (handle: number, buffer: number, bytes: number, overlapped: number, routine: number): number =>
        this.#start(name, handle, buffer, bytes, overlapped, routine);
    return {
      WriteFile: start("WriteFile"),
      ReadFile: start("ReadFile"),
      WriteFileGather: start("WriteFileGather"),
      ReadFileScatter: start("ReadFileScatter"),
      WriteFileEx: startEx("WriteFileEx"),
      ReadFileEx: startEx("ReadFileEx"),
      GetLastError: () => this.lastError,
      SetLastError: (code) => void (this.lastError = code),
      RtlNtStatusToDosError: (status) => STATUSES[status] ?? 317,
      FormatMessageW: () => 0,
      GetSystemInfo(info) {
        const view = new DataView(info?.buffer ?? new ArrayBuffer(48), info?.byteOffset ?? 0);
        view.setUint32(4, PAGE_BYTES, true);
        view.setUint32(40, GRANULARITY_BYTES, true);
      },
      VirtualAlloc: (_address, sizeBytes) => this.allocate(sizeBytes),
      VirtualFree: (address) => this.#free(address),
      CloseHandle: (handle) => this.closedHandles.push(handle),
      CancelIoEx: (_handle, overlapped) => this.#cancel(overlapped),
      CreateIoCompletionPort: (file) => {
        this.#portBound ||= file !== -1;
        return this.newHandle();
      },
      SetFileCompletionNotificationModes: () => (this.skipOnSuccess ? 1 : this.fail(1)),
      CreateEventW: () => this.newHandle(),
      GetQueuedCompletionStatusEx: (port, entries, count, removed, timeoutMs) =>
        this.#dequeue(port, entries, count, removed, timeoutMs),
      WaitForMultipleObjects: (_count, _handles, _all, timeoutMs) => {
        if (this.finishQuietly() === 0) this.#waitInVain(timeoutMs);
        return 0;
      },
      GetOverlappedResult: (_handle, overlapped, transferred) => {
        const words = this.words(overlapped, 8);
        const status = words[0] ?? 0;
        this.words(transferred, 1)[0] = words[2] ?? 0;
        return status < 0 ? this.fail(STATUSES[status] ?? 317) : 1;
      },
      SwitchToThread: () => {
        if (this.finishQuietly() === 0) this.#waitInVain(50);
        return 1;
      },
      SleepEx: (timeoutMs) => this.#runRoutines(timeoutMs),
      FlushFileBuffers: () => 1,
      QueryPerformanceCounter: () => 1,
    };
  }
}

export const HANDLE = 0x44;

/** The one file of most tests, of so many bytes. */
export const fileOf = (sizeBytes: number): BackendOptions["files"] => [
  { handle: HANDLE, path: "C:\\data\\target.dat", sizeBytes },
];

export function backendOptions(options: Partial<BackendOptions> = {}): BackendOptions {
  return {
    files: fileOf(2 ** 40),
    slotSizeBytes: 4096,
    queueDepth: 4,
    clock: { name: "test", resolutionNs: 1, now: () => 1 },
    operations: ["read", "write"],
    seed: 1,
    submitBatch: null,
    ...options,
  };
}
