// A list of transfers -> all of them carried out by a back end at a given depth, with the accounts kept and checked.

import assert from "node:assert/strict";
import type { Backend, OperationCode } from "../../src/platform/platform.ts";

export interface Transfer {
  readonly operation: OperationCode;
  readonly offsetBytes: number;
  /** Absent: the first. */
  readonly file?: number;
  /** Absent: a whole slot. */
  readonly lengthBytes?: number;
  readonly flags?: number;
}

export interface Driver {
  /** Before the transfer is prepared: the moment to fill the slot's buffer. */
  readonly before?: (slot: number, transfer: Transfer) => void;
  /** After its completion: the moment to look at the slot's buffer. */
  readonly after: (slot: number, transfer: Transfer, result: number) => void;
}

/** So many looks without any completion mean that something is stuck. */
const PATIENCE = 1_000_000;

/**
 * Keeps up to `queueDepth` transfers outstanding until all are done. Fails when a slot completes that was not
 * outstanding, or when the number of completions is not that of the submissions.
 */
export function drive(backend: Backend, queueDepth: number, transfers: readonly Transfer[], driver: Driver): void {
  const outstanding = new Map<number, Transfer>();
  const free = Array.from({ length: queueDepth }, (_, index) => queueDepth - 1 - index);
  const slotSizeBytes = backend.buffers.length / queueDepth;
  let issued = 0;
  let completed = 0;
  let idle = 0;
  while (completed < transfers.length) {
    for (let room = backend.submitBatch; free.length > 0 && issued < transfers.length;) {
      const slot = free.pop() ?? 0;
      const transfer = transfers[issued];
      assert.ok(transfer !== undefined);
      driver.before?.(slot, transfer);
      const { operation, file = 0, offsetBytes, lengthBytes = slotSizeBytes, flags = 0 } = transfer;
      backend.prepare(slot, operation, file, offsetBytes, lengthBytes, flags);
      outstanding.set(slot, transfer);
      issued += 1;
      room -= 1;
      if (room === 0 || free.length === 0 || issued === transfers.length) {
        backend.submit();
        room = backend.submitBatch;
      }
    }
    const collected = backend.reap(1);
    idle = collected === 0 ? idle + 1 : 0;
    assert.ok(idle < PATIENCE, "the back end is stuck");
    // Copied first: what `after` does must not be able to change them.
    const slots = backend.completedSlots.slice(0, collected);
    const results = backend.completedResults.slice(0, collected);
    for (const [index, slot] of slots.entries()) {
      const transfer = outstanding.get(slot);
      assert.ok(transfer !== undefined, `slot ${slot} completed, which was not outstanding`);
      outstanding.delete(slot);
      free.push(slot);
      completed += 1;
      driver.after(slot, transfer, results[index] ?? 0);
    }
  }
  assert.equal(outstanding.size, 0);
  assert.equal(issued, completed);
  assert.equal(backend.reap(0), 0, "nothing more comes");
}
