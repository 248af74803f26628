// A ring and the slots of a round -> its submission entries, one per slot, with all that never changes (io_uring_enter(2)).

import { OPERATION as IO_OPERATION, type BackendOptions } from "../platform.ts";
import { transferCalls } from "../transfer-calls.ts";
import { OPERATION, SQE, SQE_ASYNC, SQE_FIXED_FILE } from "./io-uring-abi.ts";
import type { Ring } from "./io-uring-ring.ts";
import { lockableBytes } from "./locked-memory.ts";
import { wholeHugePages } from "./memory.ts";
import { setWord64 } from "../native-words.ts";
import { descriptorsOf, type PageVectors, type Slots } from "./slots.ts";

const SQE_WORDS = SQE.bytes / 4;
/** Not a slot: completions of cancellations carry it. */
export const CANCELLATION = -1;

interface Operations {
  readonly read: number;
  readonly write: number;
  readonly names: readonly [read: string, write: string];
}

const FIXED: Operations = {
  read: OPERATION.readFixed,
  write: OPERATION.writeFixed,
  names: ["IORING_OP_READ_FIXED", "IORING_OP_WRITE_FIXED"],
};
const PLAIN: Operations = {
  read: OPERATION.read,
  write: OPERATION.write,
  names: ["IORING_OP_READ", "IORING_OP_WRITE"],
};
const VECTORED: Operations = {
  read: OPERATION.readVectored,
  write: OPERATION.writeVectored,
  names: ["IORING_OP_READV", "IORING_OP_WRITEV"],
};

/** No operation of any kernel: such an entry completes with EINVAL. */
const NO_OPERATION = 0xff;

/** What of an entry an I/O looks up. */
export interface EntryWords {
  /** First words, operation and flags, by the code of the I/O's operation. */
  readonly operations: Int32Array;
  /** What stands for a file, by its index. */
  readonly files: Int32Array;
  /** The operations by the kernel's names. */
  readonly nativeOperations: readonly string[];
}

function registerBuffers(ring: Ring, slots: Slots, siblings: number): boolean {
  const { address, bytes } = slots.memory;
  // All threads alike, or none: the first ones would take what the rings of the others need. The kernel locks, and
  // counts, whole pages, and the buffers may lie in huge ones.
  const lockedBytes = siblings * (ring.sizeBytes + wholeHugePages(bytes.length));
  return lockedBytes <= lockableBytes() && ring.registerBuffer(address, bytes.length);
}

/**
 * Registers files, buffers and the ring itself where the kernel lets us, and fills the entries in. The index array says
 * which entry is next, so an entry can keep its slot. `vectors`: the pages of each slot, or null for one buffer each.
 */
export function prefillEntries(
  ring: Ring,
  options: BackendOptions,
  slots: Slots,
  vectors: PageVectors | null,
): EntryWords {
  const fixed = vectors === null && registerBuffers(ring, slots, options.siblings ?? 1);
  const descriptors = descriptorsOf(options);
  const fixedFiles = ring.registerFiles(descriptors);
  ring.registerDescriptor();
  const { sqes } = ring;
  for (let slot = 0; slot < options.queueDepth; slot += 1) {
    const entry = slot * SQE_WORDS;
    sqes.fill(0, entry, entry + SQE_WORDS);
    setWord64(sqes, entry + SQE.address, (vectors ?? slots).addresses[slot + 1] ?? 0);
    sqes[entry + SQE.userData] = slot;
  }
  const operations = vectors !== null ? VECTORED : fixed ? FIXED : PLAIN;
  const flags = ((fixedFiles ? SQE_FIXED_FILE : 0) | (options.awaited === true ? SQE_ASYNC : 0)) << 8;
  const [readName, writeName] = operations.names;
  const words = new Int32Array(Object.keys(IO_OPERATION).length).fill(NO_OPERATION | flags);
  words[IO_OPERATION.read] = operations.read | flags;
  words[IO_OPERATION.write] = operations.write | flags;
  return {
    operations: words,
    files: fixedFiles ? descriptors.map((_, file) => file) : descriptors,
    nativeOperations: transferCalls(options, writeName, readName),
  };
}

/** The entry of `slot` becomes one that cancels the slot's I/O. */
export function fillCancellation(sqes: Int32Array, slot: number): void {
  const entry = slot * SQE_WORDS;
  sqes.fill(0, entry, entry + SQE_WORDS);
  sqes[entry + SQE.operation] = OPERATION.asyncCancel;
  sqes[entry + SQE.address] = slot;
  sqes[entry + SQE.userData] = CANCELLATION;
  sqes[entry + SQE.userData + 1] = CANCELLATION;
}
