// Slots -> overlapped WriteFile and ReadFile, one event per slot, results by GetOverlappedResult.

import { DiskbenchError } from "../../shared/errors.ts";
import { OPERATION, type Backend, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { setWord64 } from "../native-words.ts";
import { transferCalls } from "../transfer-calls.ts";
import { ERROR, INFINITE, MAXIMUM_WAIT_OBJECTS, STATUS_PENDING } from "./constants.ts";
import { lastErrorFailed } from "./errors.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { SlotTable } from "./slot-table.ts";

const WAIT_FAILED = -1;

export class CompletionEventBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly #kernel32: Kernel32;
  readonly #table: SlotTable;
  readonly #events: readonly number[];
  readonly #memory: NativeMemory;
  /** The events of outstanding slots, without gaps, as WaitForMultipleObjects wants them; behind them a DWORD. */
  readonly #waitList: Int32Array;
  readonly #transferred: Int32Array;
  readonly #addresses: readonly (number | null)[];
  #firstLookedAt = 0;

  constructor(win32: Win32, options: BackendOptions) {
    const { queueDepth } = options;
    if (queueDepth > MAXIMUM_WAIT_OBJECTS) {
      throw new DiskbenchError({
        code: "UNSUPPORTED",
        what: `completion: event cannot have a queue depth of ${queueDepth}`,
        cause: `WaitForMultipleObjects takes at most ${MAXIMUM_WAIT_OBJECTS} events`,
        next: "Use `completion: port`, or a queueDepth up to 64",
      });
    }
    const table = new SlotTable(win32, options);
    this.#kernel32 = win32.kernel32;
    this.#table = table;
    this.nativeOperations = transferCalls(
      options,
      "WriteFile",
      "ReadFile",
      "WaitForMultipleObjects",
      "GetOverlappedResult",
    );
    this.buffers = table.buffers;
    this.submitBatch = table.submitBatch;
    this.completedSlots = table.completedSlots;
    this.completedResults = table.completedResults;
    const listBytes = queueDepth * 8;
    this.#memory = allocate(win32, listBytes + 4);
    const { buffer, byteOffset } = this.#memory.bytes;
    this.#waitList = new Int32Array(buffer, byteOffset, queueDepth * 2);
    this.#transferred = new Int32Array(buffer, byteOffset + listBytes, 1);
    this.#addresses = [null, this.#memory.address, this.#memory.address + listBytes];
    this.#events = Array.from({ length: queueDepth }, () => createEvent(win32.kernel32));
    this.#events.forEach((event, slot) => table.overlapped.setEvent(slot, event));
  }

  get backPressure(): number {
    return this.#table.backPressure;
  }

  get completedSynchronously(): number {
    return this.#table.completedSynchronously;
  }

  get deferred(): number {
    return this.#table.deferred;
  }

  prepare(slot: number, operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number): void {
    this.#table.prepare(slot, operation, file, offsetBytes, lengthBytes);
  }

  submit(): void {
    const table = this.#table;
    for (let slot = table.nextPrepared(); slot >= 0; slot = table.nextPrepared()) {
      table.issued(slot, this.#start(slot));
    }
  }

  #start(slot: number): number {
    const table = this.#table;
    if (!table.isCarriedOut(slot)) return -ERROR.NOT_SUPPORTED;
    const handle = table.handleOf(slot);
    const lengthBytes = table.lengths[slot] as number;
    const buffer = table.bufferAddresses[slot + 1] as number;
    const overlapped = table.overlapped.addresses[slot + 1] as number;
    const started =
      table.operations[slot] === OPERATION.write
        ? this.#kernel32.WriteFile(handle, buffer, lengthBytes, 0, overlapped)
        : this.#kernel32.ReadFile(handle, buffer, lengthBytes, 0, overlapped);
    return table.outcomeOf(slot, started, false);
  }

  reap(minimum: number): number {
    const table = this.#table;
    table.beginReap();
    if (table.outstanding > 0) this.#collect(minimum > 0 && table.collected === 0 ? INFINITE : 0);
    if (table.takeRoom()) this.submit();
    return table.collected;
  }

  #collect(timeoutMs: number): void {
    const table = this.#table;
    const before = table.collected;
    this.#lookAtAll();
    if (timeoutMs === 0 || table.collected > before) return;
    let count = 0;
    for (let slot = 0; slot < table.queueDepth; slot += 1) {
      if (!table.isOutstanding(slot)) continue;
      setWord64(this.#waitList, count * 2, this.#events[slot] as number);
      count += 1;
    }
    if (this.#kernel32.WaitForMultipleObjects(count, this.#addresses[1] as number, 0, timeoutMs) === WAIT_FAILED) {
      throw lastErrorFailed(this.#kernel32, "WaitForMultipleObjects", {
        code: "IO_FAILED",
        what: "The events of outstanding I/Os cannot be waited for",
      });
    }
    this.#lookAtAll();
  }

  /** From a rotating start: a wait names the lowest signalled slot only, and high ones would starve behind it. */
  #lookAtAll(): void {
    const table = this.#table;
    const { queueDepth } = table;
    let slot = this.#firstLookedAt;
    for (let seen = 0; seen < queueDepth; seen += 1) {
      if (table.isOutstanding(slot) && table.overlapped.status(slot) !== STATUS_PENDING) {
        table.complete(slot, this.#overlappedResult(slot));
      }
      slot = slot + 1 === queueDepth ? 0 : slot + 1;
    }
    this.#firstLookedAt = slot + 1 === queueDepth ? 0 : slot + 1;
  }

  #overlappedResult(slot: number): number {
    const kernel32 = this.#kernel32;
    const address = this.#table.overlapped.addresses[slot + 1] as number;
    const transferred = this.#addresses[2] as number;
    const succeeded = kernel32.GetOverlappedResult(this.#table.handleOf(slot), address, transferred, 0);
    return succeeded === 0 ? -kernel32.GetLastError() : (this.#transferred[0] as number);
  }

  flush(): number {
    return this.#table.flush();
  }

  close(): number {
    const stuck = this.#table.close((timeoutMs) => this.#collect(timeoutMs));
    if (stuck > 0) return stuck;
    for (const event of this.#events) this.#kernel32.CloseHandle(event);
    this.#memory.free();
    return 0;
  }
}

function createEvent(kernel32: Kernel32): number {
  // Manual reset: the system resets it itself when the slot's next I/O starts.
  const event = kernel32.CreateEventW(0, 1, 0, null);
  if (event !== 0) return event;
  throw lastErrorFailed(kernel32, "CreateEventW", {
    code: "UNSUPPORTED",
    what: "No event can be made for a slot",
    next: "Lower queueDepth or threads",
  });
}
