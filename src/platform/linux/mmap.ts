// One slot -> a copy into or out of a shared mapping of the file (mmap(2)).

import { greatestCommonDivisor } from "../../shared/greatest-common-divisor.ts";
import { WRITE, type BackendOptions, type DirectionCode } from "../platform.ts";
import { DescriptorBackend } from "./descriptor-backend.ts";
import { bind, lastErrno, viewMemory } from "./libc.ts";
import { adviseMemory, mapMemory, pageSizeBytes, unmapMemory } from "./memory.ts";

const PROT_READ = 0x1;
const PROT_WRITE = 0x2;
const MAP_SHARED = 0x01;
const MS_SYNC = 4;
/** MADV_RANDOM, MADV_SEQUENTIAL. What posix_fadvise said of the file does not hold for faults on its mappings. */
const ADVICE = { random: 1, sequential: 2 } as const;

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
const write = WRITE;

interface Window {
  readonly address: number;
  readonly length: number;
  /**
   * Null where nothing is written, and where the file is mapped in one piece: V8 takes views for memory of its own, and
   * collects garbage for want of it.
   */
  readonly bytes: Uint8Array | null;
}

/** Whole pages and whole blocks, so that no block lies across two windows. */
function windowsOf({ blockSizeBytes, fileSizeBytes }: BackendOptions): { windowBytes: number; inOnePiece: boolean } {
  const unit = (blockSizeBytes / greatestCommonDivisor(blockSizeBytes, pageSizeBytes)) * pageSizeBytes;
  const windowBytes = Math.max(1, Math.floor(WINDOW_BYTES / unit)) * unit;
  if (fileSizeBytes <= MOST_WINDOWS * windowBytes) return { windowBytes, inOnePiece: false };
  return { windowBytes: Math.ceil(fileSizeBytes / unit) * unit, inOnePiece: true };
}

export class MmapBackend extends DescriptorBackend {
  readonly nativeOperations: readonly string[];
  readonly #windows: readonly Window[];
  readonly #windowBytes: number;
  readonly #bases: Float64Array;
  /** What a write copies: exactly one block. */
  readonly #block: Uint8Array;

  constructor(options: BackendOptions) {
    super(options);
    const { windowBytes, inOnePiece } = windowsOf(options);
    this.#windowBytes = windowBytes;
    const views = options.writes && !inOnePiece;
    const protection = options.writes ? PROT_READ | PROT_WRITE : PROT_READ;
    const windows: Window[] = [];
    for (let start = 0; start < options.fileSizeBytes; start += this.#windowBytes) {
      const length = Math.min(this.#windowBytes, options.fileSizeBytes - start);
      const address = mapMemory("the file", length, MAP_SHARED, this.fd, start, protection);
      // Without it the first touch of a page takes in all that the device reads ahead (read_ahead_kb): 128 KiB, or 8 MiB.
      if (options.pattern !== undefined) adviseMemory(address, length, ADVICE[options.pattern]);
      windows.push({ address, length, bytes: views ? viewMemory(address, length) : null });
    }
    this.nativeOperations = [
      "mmap",
      ...(options.writes ? ["memmove"] : []),
      ...(options.reads ? ["memcpy"] : []),
      ...(options.writes ? ["msync"] : []),
    ];
    this.#block = this.buffers.subarray(0, options.blockSizeBytes);
    this.#windows = windows;
    this.#bases = Float64Array.from(windows, ({ address }) => address);
  }

  /** A page that the file or the device cannot give is SIGBUS here: it ends the process, and the supervisor reports it. */
  transfer(direction: DirectionCode, offsetBytes: number): number {
    // A division costs as much as the rest of it, and most files have one window.
    const window = offsetBytes < this.#windowBytes ? 0 : Math.floor(offsetBytes / this.#windowBytes);
    const place = offsetBytes - window * this.#windowBytes;
    // Storing is a fifth faster by V8's own memmove than by a call through koffi; a read would need a view of its place,
    // and making one is garbage.
    if (direction === write) {
      const { bytes } = this.#windows[window] as Window;
      if (bytes === null)
        memcpy((this.#bases[window] as number) + place, this.bufferAddress as number, this.blockSizeBytes);
      else bytes.set(this.#block, place);
    } else memcpy(this.bufferAddress as number, (this.#bases[window] as number) + place, this.blockSizeBytes);
    return this.blockSizeBytes;
  }

  override flush(): number {
    for (const { address, length } of this.#windows) {
      if (msync(address, length, MS_SYNC) !== 0) return -lastErrno();
    }
    return 0;
  }

  override close(): number {
    for (const { address, length } of this.#windows) unmapMemory(address, length);
    return super.close();
  }
}
