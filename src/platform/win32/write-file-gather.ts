// Slots -> WriteFileGather and ReadFileScatter, one page per segment, completions from a port.

import { DiskbenchError } from "../../shared/errors.ts";
import { OPERATION, type BackendOptions, type NativeMemory } from "../platform.ts";
import { CompletionPortBackend } from "./completion-port.ts";
import type { Win32 } from "./kernel32.ts";
import { allocate, memorySizes } from "./memory.ts";
import { setWord64, slotAddresses, type SlotAddresses } from "../native-words.ts";

/** FILE_SEGMENT_ELEMENT, a union of a pointer and 64 bits (winnt.h). */
const SEGMENT_BYTES = 8;

export class WriteFileGatherBackend extends CompletionPortBackend {
  readonly #memory: NativeMemory;
  readonly #segmentAddresses: SlotAddresses;

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
    super(win32, options, "WriteFileGather", "ReadFileScatter");
    const { queueDepth, slotSizeBytes } = options;
    const pages = slotSizeBytes / pageBytes;
    // One list per slot, ended by NULL; the system reads it until the I/O is complete, as far as the I/O is long.
    const listBytes = (pages + 1) * SEGMENT_BYTES;
    this.#memory = allocate(win32, queueDepth * listBytes);
    this.#segmentAddresses = slotAddresses(this.#memory.address, listBytes, queueDepth);
    const words = new Int32Array(
      this.#memory.bytes.buffer,
      this.#memory.bytes.byteOffset,
      (queueDepth * listBytes) / 4,
    );
    for (let slot = 0; slot < queueDepth; slot += 1) {
      for (let page = 0; page < pages; page += 1) {
        const address = (this.bufferAddresses[slot + 1] as number) + page * pageBytes;
        setWord64(words, (slot * listBytes + page * SEGMENT_BYTES) / 4, address);
      }
    }
  }

  protected override start(slot: number): number {
    const { kernel32 } = this;
    const handle = this.handles[this.files[slot] as number] as number;
    const lengthBytes = this.lengths[slot] as number;
    const segments = this.#segmentAddresses[slot + 1] as number;
    const overlapped = this.overlapped.addresses[slot + 1] as number;
    return this.operations[slot] === OPERATION.write
      ? kernel32.WriteFileGather(handle, segments, lengthBytes, 0, overlapped)
      : kernel32.ReadFileScatter(handle, segments, lengthBytes, 0, overlapped);
  }

  protected override release(): void {
    super.release();
    this.#memory.free();
  }
}
