// Slots -> overlapped WriteFile and ReadFile, completions seen by looking at each OVERLAPPED (HasOverlappedIoCompleted).

import type { BackendOptions } from "../platform.ts";
import { INFINITE, STATUS_PENDING } from "./constants.ts";
import type { Win32 } from "./kernel32.ts";
import { transferCalls } from "../transfer-calls.ts";
import { OverlappedBackend } from "./overlapped-backend.ts";

/** So many looks in vain, a few microseconds, before the processor is offered to others for once. */
const LOOKS_BEFORE_YIELD = 1000;

export class CompletionPollBackend extends OverlappedBackend {
  readonly nativeOperations: readonly string[];
  #firstLookedAt = 0;

  constructor(win32: Win32, options: BackendOptions) {
    super(win32, options);
    this.nativeOperations = transferCalls(options, "WriteFile", "ReadFile", "HasOverlappedIoCompleted");
  }

  protected collect(timeoutMs: number): void {
    const before = this.collected;
    this.#lookAtAll();
    if (timeoutMs === 0 || this.collected > before) return;
    const deadlineMs = timeoutMs === INFINITE ? Infinity : performance.now() + timeoutMs;
    for (;;) {
      for (let look = 0; look < LOOKS_BEFORE_YIELD; look += 1) {
        this.#lookAtAll();
        if (this.collected > before) return;
      }
      this.kernel32.SwitchToThread();
      if (deadlineMs !== Infinity && performance.now() > deadlineMs) return;
    }
  }

  /** From a rotating start, so that no slot is always reported first. */
  #lookAtAll(): void {
    let slot = this.#firstLookedAt;
    for (let seen = 0; seen < this.queueDepth; seen += 1) {
      if (this.isOutstanding(slot) && this.overlapped.status(slot) !== STATUS_PENDING) {
        this.complete(slot, this.result(slot));
      }
      slot = slot + 1 === this.queueDepth ? 0 : slot + 1;
    }
    this.#firstLookedAt = slot + 1 === this.queueDepth ? 0 : slot + 1;
  }

  protected release(): void {
    // No port, no events: nothing but the memory that the base class frees.
  }
}
