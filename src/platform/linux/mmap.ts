// One slot -> a copy into or out of a shared mapping of the file (mmap(2)).

import { READ, type BackendOptions } from "../platform.ts";
import { bind, lastErrno } from "./libc.ts";
import { mapMemory, unmapMemory } from "./memory.ts";
import { SynchronousBackend } from "./synchronous.ts";

const PROT_READ = 0x1;
const PROT_WRITE = 0x2;
const MAP_SHARED = 0x01;
const MS_SYNC = 4;

// void, because the result would be an address that has to be boxed.
const memcpy = bind<(destination: number, source: number, length: number) => void>(
  "void memcpy(uintptr_t destination, uintptr_t source, size_t length)",
);
const msync = bind<(address: number, length: number, flags: number) => number>(
  "int msync(uintptr_t address, size_t length, int flags)",
);

export class MmapBackend extends SynchronousBackend {
  readonly nativeOperations: readonly string[] = ["mmap", "memcpy", "msync"];
  readonly #mapping: { readonly address: number; readonly length: number };
  readonly #base = new Float64Array(1);

  constructor(options: BackendOptions) {
    super(options);
    const length = options.fileSizeBytes;
    const protection = options.writes ? PROT_READ | PROT_WRITE : PROT_READ;
    const address = mapMemory("the file", length, MAP_SHARED, this.fd, 0, protection);
    this.#mapping = { address, length };
    this.#base[0] = address;
  }

  /** A page that the file or the device cannot give is SIGBUS here: it ends the process, and the supervisor reports it. */
  protected transfer(): number {
    const buffer = this.slots.addresses[1] as number;
    const place = (this.#base[0] as number) + (this.offset[0] as number);
    if (this.direction === READ) memcpy(buffer, place, this.blockSizeBytes);
    else memcpy(place, buffer, this.blockSizeBytes);
    return this.blockSizeBytes;
  }

  override flush(): number {
    return msync(this.#mapping.address, this.#mapping.length, MS_SYNC) === 0 ? 0 : -lastErrno();
  }

  override close(): number {
    unmapMemory(this.#mapping.address, this.#mapping.length);
    return super.close();
  }
}
