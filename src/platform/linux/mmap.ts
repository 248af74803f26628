// One slot -> a copy into or out of a shared mapping of the file (mmap(2)).

import { OPERATION, type Backend, type BackendOptions, type OperationCode } from "../platform.ts";
import { SingleSlot, withOneSlot } from "../single-slot.ts";
import { EOPNOTSUPP } from "./flagged-write.ts";
import { bind, lastErrno, viewMemory } from "./libc.ts";
import { createSlots, type Slots } from "./slots.ts";
import { adviseMemory, mapMemory, unmapMemory, wholeHugePages } from "./memory.ts";

const PROT_READ = 0x1;
const PROT_WRITE = 0x2;
const MAP_SHARED = 0x01;
const MS_SYNC = 4;
/** MADV_RANDOM, MADV_SEQUENTIAL. What posix_fadvise said of the file does not hold for faults on its mappings. */
const ADVICE = { mixed: 0, random: 1, sequential: 2 } as const;

// void, because the result would be an address that has to be boxed.
const memcpy = bind<(destination: number, source: number, length: number) => void>(
  "void memcpy(uintptr_t destination, uintptr_t source, size_t length)",
);
const msync = bind<(address: number, length: number, flags: number) => number>(
  "int msync(uintptr_t address, size_t length, int flags)",
);

/**
 * The file is mapped in windows of about this size: small enough to find room below 2 GiB, where addresses are small
 * integers, so that a file of 1 GiB is copied to and from without an allocation per copy.
 */
const WINDOW_BYTES = 256 * 1024 * 1024;
/**
 * A file of more windows than this is mapped in one piece. Each window is one of the mappings of which a process has
 * 65,530 (vm.max_map_count), for each thread anew, and each view takes 30 us and counts as memory in use to V8.
 */
const MOST_WINDOWS = 256;

// A constant of this module is part of the compiled code, an imported one is loaded and checked at each use.
const { read, write } = OPERATION;
const NOT_CARRIED_OUT = -EOPNOTSUPP;

interface Window {
  readonly address: number;
  readonly length: number;
  /**
   * Null where nothing is written, and where the file is mapped in one piece: V8 takes views for memory of its own, and
   * collects garbage for want of it.
   */
  readonly bytes: Uint8Array | null;
}

/** How much lies between the beginnings of two windows of a file; one piece has no second. */
function windowStepBytes(fileSizeBytes: number): number {
  return fileSizeBytes <= MOST_WINDOWS * WINDOW_BYTES ? WINDOW_BYTES : 2 ** Math.ceil(Math.log2(fileSizeBytes));
}

export class MmapBackend implements Backend {
  readonly nativeOperations: readonly string[];
  readonly buffers: Uint8Array;
  readonly completedSynchronously = null;
  readonly #slot = new SingleSlot();
  readonly completedSlots = this.#slot.completedSlots;
  readonly completedResults = this.#slot.completedResults;
  readonly submitBatch = 1;
  readonly backPressure = 0;
  readonly #slots: Slots;
  /** Null first: see `#bufferAddress` of `PwriteBackend`. */
  #bufferAddress: number | null = null;
  readonly #windows: readonly Window[];
  readonly #bases: Float64Array;
  /** By file: its first window, and how far it is from each to the next. */
  readonly #firstWindows: Int32Array;
  readonly #steps: Float64Array;
  /** What a write of a whole slot copies. */
  readonly #slotBytes: Uint8Array;

  constructor(options: BackendOptions) {
    this.#slots = createSlots(withOneSlot(options));
    this.buffers = this.#slots.memory.bytes;
    this.#bufferAddress = this.#slots.memory.address;
    const writes = options.operations.includes("write");
    this.#steps = Float64Array.from(options.files, ({ sizeBytes }) => windowStepBytes(sizeBytes));
    this.#firstWindows = new Int32Array(options.files.length);
    const windows: Window[] = [];
    for (const [file, { handle, sizeBytes }] of options.files.entries()) {
      this.#firstWindows[file] = windows.length;
      const step = this.#steps[file] as number;
      for (let start = 0; start < sizeBytes; start += step) {
        // What begins in a window may end behind it: windows overlap by a slot. Whole huge pages, so that all begin at one.
        const length = Math.min(step + wholeHugePages(options.slotSizeBytes), sizeBytes - start);
        const protection = writes ? PROT_READ | PROT_WRITE : PROT_READ;
        const address = mapMemory("the file", length, MAP_SHARED, handle, start, protection);
        // Without it the first touch of a page takes in all that the device reads ahead (read_ahead_kb): 128 KiB, or 8 MiB.
        if (options.accessOrder !== undefined) adviseMemory(address, length, ADVICE[options.accessOrder]);
        windows.push({ address, length, bytes: writes && step === WINDOW_BYTES ? viewMemory(address, length) : null });
      }
    }
    this.nativeOperations = [
      "mmap",
      ...(writes ? ["memmove"] : []),
      ...(options.operations.includes("read") ? ["memcpy"] : []),
      ...(writes ? ["msync"] : []),
    ];
    this.#slotBytes = this.buffers.subarray(0, options.slotSizeBytes);
    this.#windows = windows;
    this.#bases = Float64Array.from(windows, ({ address }) => address);
  }

  /** A page that the file or the device cannot give is SIGBUS here: it ends the process, and the supervisor reports it. */
  transfer(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number): number {
    const first = this.#firstWindows[file] as number;
    const step = this.#steps[file] as number;
    // A division costs as much as the rest of it, and most files have one window.
    const index = offsetBytes < step ? 0 : Math.floor(offsetBytes / step);
    const place = offsetBytes - index * step;
    const window = first + index;
    // Storing is a fifth faster by V8's own memmove than by a call through koffi, where a view of what is stored is there;
    // a read would need one of its place, and making one is garbage.
    if (operation === write) {
      const { bytes } = this.#windows[window] as Window;
      if (bytes === null || lengthBytes !== this.#slotBytes.length)
        memcpy((this.#bases[window] as number) + place, this.#bufferAddress as number, lengthBytes);
      else bytes.set(this.#slotBytes, place);
    } else if (operation === read) {
      memcpy(this.#bufferAddress as number, (this.#bases[window] as number) + place, lengthBytes);
    } else {
      return NOT_CARRIED_OUT;
    }
    return lengthBytes;
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

  flush(): number {
    for (const { address, length } of this.#windows) {
      if (msync(address, length, MS_SYNC) !== 0) return -lastErrno();
    }
    return 0;
  }

  close(): number {
    for (const { address, length } of this.#windows) unmapMemory(address, length);
    this.#slots.memory.free();
    return 0;
  }
}
