// Slots -> WriteFileGather and ReadFileScatter, one page per segment, completions from a port.

import { DiskbenchError } from "../../shared/errors.ts";
import { OPERATION, type Backend, type BackendOptions, type NativeMemory, type OperationCode } from "../platform.ts";
import { setWord64, slotAddresses, type SlotAddresses } from "../native-words.ts";
import { transferCalls } from "../transfer-calls.ts";
import { BoundPort } from "./bound-port.ts";
import { ERROR, INFINITE } from "./constants.ts";
import type { Kernel32, Win32 } from "./kernel32.ts";
import { allocate, memorySizes } from "./memory.ts";
import { SlotTable } from "./slot-table.ts";

/** FILE_SEGMENT_ELEMENT, a union of a pointer and 64 bits (winnt.h). */
const SEGMENT_BYTES = 8;

export class WriteFileGatherBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly submitBatch: number;
  readonly completedSlots: Int32Array;
  readonly completedResults: Int32Array;
  readonly #kernel32: Kernel32;
  readonly #table: SlotTable;
  readonly #port: BoundPort;
  readonly #memory: NativeMemory;
  readonly #segmentAddresses: SlotAddresses;
  readonly #words: Int32Array;
  readonly #pageBytes: number;
  readonly #slotPages: number;
  /** By slot: how many pages its list has now. */
  readonly #pages: Int32Array;

  constructor(win32: Win32, options: BackendOptions) {
    const { pageBytes } = memorySizes(win32.kernel32);
    if (options.slotSizeBytes % pageBytes !== 0) {
      throw new DiskbenchError({
        code: "UNSUPPORTED",
        what: `WriteFileGather cannot move blocks of ${options.slotSizeBytes} bytes`,
        cause: `Each segment is one memory page of ${pageBytes} bytes`,
        next: `Use a blockSize that is a multiple of ${pageBytes}`,
      });
    }
    const table = new SlotTable(win32, options);
    this.#kernel32 = win32.kernel32;
    this.#table = table;
    this.#port = new BoundPort(win32, options, table);
    this.nativeOperations = transferCalls(options, "WriteFileGather", "ReadFileScatter", "GetQueuedCompletionStatusEx");
    this.buffers = table.buffers;
    this.submitBatch = table.submitBatch;
    this.completedSlots = table.completedSlots;
    this.completedResults = table.completedResults;
    const { queueDepth, slotSizeBytes } = options;
    this.#pageBytes = pageBytes;
    this.#slotPages = slotSizeBytes / pageBytes;
    // One list per slot, ended by NULL; the system reads it until the I/O is complete.
    const listBytes = (this.#slotPages + 1) * SEGMENT_BYTES;
    this.#memory = allocate(win32, queueDepth * listBytes);
    this.#segmentAddresses = slotAddresses(this.#memory.address, listBytes, queueDepth);
    const { buffer, byteOffset } = this.#memory.bytes;
    this.#words = new Int32Array(buffer, byteOffset, (queueDepth * listBytes) / 4);
    this.#pages = new Int32Array(queueDepth).fill(this.#slotPages);
    for (let slot = 0; slot < queueDepth; slot += 1) {
      for (let page = 0; page < this.#slotPages; page += 1) this.#setSegment(slot, page, this.#pageAddress(slot, page));
    }
  }

  #pageAddress(slot: number, page: number): number {
    return (this.#table.bufferAddresses[slot + 1] as number) + page * this.#pageBytes;
  }

  #setSegment(slot: number, page: number, address: number): void {
    setWord64(this.#words, ((slot * (this.#slotPages + 1) + page) * SEGMENT_BYTES) / 4, address);
  }

  /** The list of a slot ends where its I/O does; the one before may have been longer or shorter. */
  #endListAt(slot: number, pages: number): void {
    const before = this.#pages[slot] as number;
    if (before < this.#slotPages) this.#setSegment(slot, before, this.#pageAddress(slot, before));
    this.#setSegment(slot, pages, 0);
    this.#pages[slot] = pages;
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
    // What is beyond whole pages is not transferred.
    const pages = (lengthBytes / this.#pageBytes) | 0;
    if (this.#pages[slot] !== pages) this.#endListAt(slot, pages);
    const segments = this.#segmentAddresses[slot + 1] as number;
    const overlapped = table.overlapped.addresses[slot + 1] as number;
    const started =
      table.operations[slot] === OPERATION.write
        ? this.#kernel32.WriteFileGather(handle, segments, lengthBytes, 0, overlapped)
        : this.#kernel32.ReadFileScatter(handle, segments, lengthBytes, 0, overlapped);
    return table.outcomeOf(slot, started, this.#port.skipsSuccess[table.files[slot] as number] === false);
  }

  reap(minimum: number): number {
    const table = this.#table;
    table.beginReap();
    if (table.outstanding > 0) this.#port.collect(minimum > 0 && table.collected === 0 ? INFINITE : 0);
    if (table.takeRoom()) this.submit();
    return table.collected;
  }

  flush(): number {
    return this.#table.flush();
  }

  close(): number {
    const stuck = this.#table.close((timeoutMs) => this.#port.collect(timeoutMs));
    if (stuck > 0) return stuck;
    this.#port.close();
    this.#memory.free();
    return 0;
  }
}
