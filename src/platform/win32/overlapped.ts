// Queue depth -> one OVERLAPPED per slot in native memory, read and written as 32-bit words.

import type { NativeMemory } from "../platform.ts";
import { setWord64, slotAddresses, type SlotAddresses } from "../native-words.ts";
import type { Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";

/** OVERLAPPED on 64-bit Windows, 32 bytes, in 32-bit words (minwinbase.h). */
const OVERLAPPED = { words: 8, shift: 5, status: 0, transferred: 2, offset: 4, event: 6 } as const;

export class OverlappedArray {
  readonly addresses: SlotAddresses;
  readonly #memory: NativeMemory;
  readonly #words: Int32Array;
  readonly #lowAddress: number;

  constructor(win32: Win32, count: number) {
    this.#memory = allocate(win32, count << OVERLAPPED.shift);
    this.#words = new Int32Array(this.#memory.bytes.buffer, this.#memory.bytes.byteOffset, count * OVERLAPPED.words);
    this.#lowAddress = this.#memory.address | 0;
    this.addresses = slotAddresses(this.#memory.address, 1 << OVERLAPPED.shift, count);
  }

  /** Clears what the last I/O left and says where the next one goes. */
  prepare(slot: number, offsetBytes: number): void {
    const first = slot * OVERLAPPED.words;
    setWord64(this.#words, first + OVERLAPPED.status, 0);
    setWord64(this.#words, first + OVERLAPPED.transferred, 0);
    setWord64(this.#words, first + OVERLAPPED.offset, offsetBytes);
  }

  setEvent(slot: number, event: number): void {
    setWord64(this.#words, slot * OVERLAPPED.words + OVERLAPPED.event, event);
  }

  /** OVERLAPPED.Internal: an NTSTATUS. The kernel writes it behind the compiler's back, hence the atomic load. */
  status(slot: number): number {
    return Atomics.load(this.#words, slot * OVERLAPPED.words + OVERLAPPED.status);
  }

  /** OVERLAPPED.InternalHigh, meaningful once the status is no longer pending. */
  transferredBytes(slot: number): number {
    return Atomics.load(this.#words, slot * OVERLAPPED.words + OVERLAPPED.transferred);
  }

  /** The slot whose OVERLAPPED begins at an address with this low half; out of range when it is none of ours. */
  slotAt(addressLow: number): number {
    return (addressLow - this.#lowAddress) >> OVERLAPPED.shift;
  }

  /** Never while an I/O is outstanding: the kernel would write into whatever stands there next. */
  free(): void {
    this.#memory.free();
  }
}
