// An I/O completion port -> the completions of a slot table, dequeued in batches.

import type { BackendOptions, NativeMemory } from "../platform.ts";
import {
  ERROR,
  FILE_SKIP_COMPLETION_PORT_ON_SUCCESS,
  FILE_SKIP_SET_EVENT_ON_HANDLE,
  INVALID_HANDLE,
} from "./constants.ts";
import { callFailed, lastErrorFailed } from "./errors.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { resultOfStatus, type SlotTable } from "./slot-table.ts";

/** OVERLAPPED_ENTRY on 64-bit Windows, 32 bytes, in 32-bit words (minwinbase.h). */
const ENTRY = { bytes: 32, words: 8, overlapped: 2, status: 4, transferred: 6 } as const;

/** A port to which all files of a round are bound; two back ends hold one. */
export class BoundPort {
  /** By file: whether no packet comes for an I/O that was done when its call returned. */
  readonly skipsSuccess: readonly boolean[];
  readonly #kernel32: Kernel32;
  readonly #table: SlotTable;
  readonly #port: number;
  readonly #memory: NativeMemory;
  readonly #entries: Int32Array;
  readonly #removed: Int32Array;
  /** Addresses of the entries and of the DWORD behind them; why they are in an array: `SlotAddresses`. */
  readonly #addresses: readonly (number | null)[];

  constructor(win32: Win32, { queueDepth, files }: BackendOptions, table: SlotTable) {
    const { kernel32 } = win32;
    this.#kernel32 = kernel32;
    this.#table = table;
    const entryBytes = queueDepth * ENTRY.bytes;
    this.#memory = allocate(win32, entryBytes + 4);
    this.#entries = new Int32Array(this.#memory.bytes.buffer, this.#memory.bytes.byteOffset, queueDepth * ENTRY.words);
    this.#removed = new Int32Array(this.#memory.bytes.buffer, this.#memory.bytes.byteOffset + entryBytes, 1);
    this.#addresses = [null, this.#memory.address, this.#memory.address + entryBytes];
    this.#port = kernel32.CreateIoCompletionPort(INVALID_HANDLE, 0, 0, 1);
    this.skipsSuccess = files.map(({ handle, path }) => {
      if (this.#port === 0 || kernel32.CreateIoCompletionPort(handle, this.#port, 0, 1) === 0) {
        throw lastErrorFailed(kernel32, "CreateIoCompletionPort", {
          code: "UNSUPPORTED",
          what: "The target cannot be bound to a completion port",
          where: path,
          next: "Use `completion: event` or `completion: poll`",
        });
      }
      // Spares a packet for each I/O that is done when the call returns. Where it is refused, the packet comes.
      const modes = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE;
      return kernel32.SetFileCompletionNotificationModes(handle, modes) !== 0;
    });
  }

  collect(timeoutMs: number): void {
    const [entries, removed] = [this.#entries, this.#removed];
    const kernel32 = this.#kernel32;
    const table = this.#table;
    const succeeded = kernel32.GetQueuedCompletionStatusEx(
      this.#port,
      this.#addresses[1] as number,
      table.outstanding,
      this.#addresses[2] as number,
      timeoutMs,
      0,
    );
    if (succeeded === 0) {
      this.#checkTimeout();
      return;
    }
    // The call succeeds though single I/Os failed, and the OVERLAPPED itself may be written only by dequeuing.
    const count = removed[0] as number;
    for (let word = 0; word < count * ENTRY.words; word += ENTRY.words) {
      const slot = table.overlapped.slotAt(entries[word + ENTRY.overlapped] as number);
      const status = entries[word + ENTRY.status] as number;
      table.complete(slot, resultOfStatus(kernel32, status, entries[word + ENTRY.transferred] as number));
    }
  }

  #checkTimeout(): void {
    const code = this.#kernel32.GetLastError();
    if (code === ERROR.WAIT_TIMEOUT) return;
    throw callFailed(this.#kernel32, "GetQueuedCompletionStatusEx", code, {
      code: "IO_FAILED",
      what: "The completion port cannot be read",
    });
  }

  /** Nothing is outstanding any more. */
  close(): void {
    this.#kernel32.CloseHandle(this.#port);
    this.#memory.free();
  }
}
