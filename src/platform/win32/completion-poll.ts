// Slots -> overlapped WriteFile and ReadFile, completions seen by looking at each OVERLAPPED (HasOverlappedIoCompleted).

import { OPERATION, type Backend, type BackendOptions, type OperationCode } from "../platform.ts";
import { transferCalls } from "../transfer-calls.ts";
import { ERROR, INFINITE, STATUS_PENDING } from "./constants.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { SlotTable } from "./slot-table.ts";

/** So many looks in vain, a few microseconds, before the processor is offered to others for once. */
const LOOKS_BEFORE_YIELD = 1000;

export class CompletionPollBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly #kernel32: Kernel32;
  readonly #table: SlotTable;
  #firstLookedAt = 0;

  constructor(win32: Win32, options: BackendOptions) {
    const table = new SlotTable(win32, options);
    this.#kernel32 = win32.kernel32;
    this.#table = table;
    this.nativeOperations = transferCalls(options, "WriteFile", "ReadFile", "HasOverlappedIoCompleted");
    this.buffers = table.buffers;
    this.submitBatch = table.submitBatch;
    this.completedSlots = table.completedSlots;
    this.completedResults = table.completedResults;
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
    const deadlineMs = timeoutMs === INFINITE ? Infinity : performance.now() + timeoutMs;
    for (;;) {
      for (let look = 0; look < LOOKS_BEFORE_YIELD; look += 1) {
        this.#lookAtAll();
        if (table.collected > before) return;
      }
      this.#kernel32.SwitchToThread();
      if (deadlineMs !== Infinity && performance.now() > deadlineMs) return;
    }
  }

  /** From a rotating start, so that no slot is always reported first. */
  #lookAtAll(): void {
    const table = this.#table;
    const { queueDepth } = table;
    let slot = this.#firstLookedAt;
    for (let seen = 0; seen < queueDepth; seen += 1) {
      if (table.isOutstanding(slot) && table.overlapped.status(slot) !== STATUS_PENDING) {
        table.complete(slot, table.resultOf(slot));
      }
      slot = slot + 1 === queueDepth ? 0 : slot + 1;
    }
    this.#firstLookedAt = slot + 1 === queueDepth ? 0 : slot + 1;
  }

  flush(): number {
    return this.#table.flush();
  }

  close(): number {
    return this.#table.close((timeoutMs) => this.#collect(timeoutMs));
  }
}
