// Slots -> overlapped WriteFile and ReadFile, one event per slot, results by GetOverlappedResult.

import { DiskbenchError } from "../../shared/errors.ts";
import type { BackendOptions, NativeMemory } from "../platform.ts";
import { MAXIMUM_WAIT_OBJECTS, STATUS_PENDING } from "./constants.ts";
import { lastErrorFailed } from "./errors.ts";
import type { Win32 } from "./kernel32.ts";
import { allocate } from "./memory.ts";
import { setWord64 } from "../native-words.ts";
import { transferCalls } from "../transfer-calls.ts";
import { OverlappedBackend } from "./overlapped-backend.ts";

const WAIT_FAILED = -1;

export class CompletionEventBackend extends OverlappedBackend {
  readonly nativeOperations: readonly string[];
  readonly #events: readonly number[];
  readonly #memory: NativeMemory;
  /** The events of outstanding slots, without gaps, as WaitForMultipleObjects wants them; behind them a DWORD. */
  readonly #waitList: Int32Array;
  readonly #transferred: Int32Array;
  readonly #addresses: readonly (number | null)[];
  #firstLookedAt = 0;

  constructor(win32: Win32, options: BackendOptions) {
    if (options.queueDepth > MAXIMUM_WAIT_OBJECTS) {
      throw new DiskbenchError({
        code: "UNSUPPORTED",
        what: `completion: event cannot have a queue depth of ${options.queueDepth}`,
        cause: `WaitForMultipleObjects takes at most ${MAXIMUM_WAIT_OBJECTS} events`,
        next: "Use `completion: port`, or a queueDepth up to 64",
      });
    }
    super(win32, options);
    this.nativeOperations = transferCalls(
      options,
      "WriteFile",
      "ReadFile",
      "WaitForMultipleObjects",
      "GetOverlappedResult",
    );
    const listBytes = this.queueDepth * 8;
    this.#memory = allocate(win32, listBytes + 4);
    const { buffer, byteOffset } = this.#memory.bytes;
    this.#waitList = new Int32Array(buffer, byteOffset, this.queueDepth * 2);
    this.#transferred = new Int32Array(buffer, byteOffset + listBytes, 1);
    this.#addresses = [null, this.#memory.address, this.#memory.address + listBytes];
    this.#events = Array.from({ length: this.queueDepth }, () => this.#createEvent());
    this.#events.forEach((event, slot) => this.overlapped.setEvent(slot, event));
  }

  #createEvent(): number {
    // Manual reset: the system resets it itself when the slot's next I/O starts.
    const event = this.kernel32.CreateEventW(0, 1, 0, null);
    if (event !== 0) return event;
    throw lastErrorFailed(this.kernel32, "CreateEventW", {
      code: "UNSUPPORTED",
      what: "No event can be made for a slot",
      next: "Lower queueDepth or threads",
    });
  }

  protected collect(timeoutMs: number): void {
    const before = this.collected;
    this.#lookAtAll();
    if (timeoutMs === 0 || this.collected > before) return;
    let count = 0;
    for (let slot = 0; slot < this.queueDepth; slot += 1) {
      if (!this.isOutstanding(slot)) continue;
      setWord64(this.#waitList, count * 2, this.#events[slot] as number);
      count += 1;
    }
    if (this.kernel32.WaitForMultipleObjects(count, this.#addresses[1] as number, 0, timeoutMs) === WAIT_FAILED) {
      throw lastErrorFailed(this.kernel32, "WaitForMultipleObjects", {
        code: "IO_FAILED",
        what: "The events of outstanding I/Os cannot be waited for",
      });
    }
    this.#lookAtAll();
  }

  /** From a rotating start: a wait names the lowest signalled slot only, and high ones would starve behind it. */
  #lookAtAll(): void {
    let slot = this.#firstLookedAt;
    for (let seen = 0; seen < this.queueDepth; seen += 1) {
      if (this.isOutstanding(slot) && this.overlapped.status(slot) !== STATUS_PENDING) {
        this.complete(slot, this.#overlappedResult(slot));
      }
      slot = slot + 1 === this.queueDepth ? 0 : slot + 1;
    }
    this.#firstLookedAt = slot + 1 === this.queueDepth ? 0 : slot + 1;
  }

  #overlappedResult(slot: number): number {
    const { kernel32 } = this;
    const handle = this.handles[this.files[slot] as number] as number;
    const address = this.overlapped.addresses[slot + 1] as number;
    const succeeded = kernel32.GetOverlappedResult(handle, address, this.#addresses[2] as number, 0);
    return succeeded === 0 ? -kernel32.GetLastError() : (this.#transferred[0] as number);
  }

  protected release(): void {
    for (const event of this.#events) this.kernel32.CloseHandle(event);
    this.#memory.free();
  }
}
