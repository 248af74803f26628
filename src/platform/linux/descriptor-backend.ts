// What the calls that return when they are done have in common on Linux: file descriptors and one slot.

import type { BackendOptions } from "../platform.ts";
import { SynchronousBackend } from "../synchronous.ts";
import { createSlots, descriptorsOf, type Slots } from "./slots.ts";
import { syncFiles } from "./sync-file.ts";

export abstract class DescriptorBackend extends SynchronousBackend {
  readonly buffers: Uint8Array;
  readonly completedSynchronously = null;
  protected readonly descriptors: Int32Array;
  protected readonly slots: Slots;
  /**
   * Address of the slot's buffer. Null first, on purpose: a field that was never anything but a number would box it anew
   * at each use where it outgrows 31 bits; this one hands out the number object that it holds.
   */
  protected bufferAddress: number | null = null;

  constructor(options: BackendOptions) {
    super();
    this.descriptors = descriptorsOf(options);
    this.slots = createSlots({ ...options, queueDepth: 1 });
    this.buffers = this.slots.memory.bytes;
    this.bufferAddress = this.slots.memory.address;
  }

  flush(): number {
    return syncFiles(this.descriptors);
  }

  close(): number {
    this.slots.memory.free();
    return 0;
  }
}
