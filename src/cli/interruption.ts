// SIGINT, SIGTERM and SIGHUP -> first a request to end the run in order, then an exit at once.

import { EXIT } from "./exit-codes.ts";

/** A second signal that comes sooner is the first one, handed on by whatever started us (npm does that). */
const SAME_SIGNAL_MS = 250;

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Exit code of the signal that came; null: none did. */
  readonly exitCode: () => number | null;
  /** Gives the signals back to the system. */
  readonly dispose: () => void;
}

/** `announce` is called with what to tell the person, once per signal. */
export function watchInterruption(announce: (text: string) => void): Interruption {
  const controller = new AbortController();
  let exitCode: number | null = null;
  let firstMs = 0;
  const handle = (code: number): void => {
    if (exitCode !== null) {
      // Leaving at once: the engine notices that its supervisor is gone and ends, too.
      if (performance.now() - firstMs > SAME_SIGNAL_MS) process.exit(code);
      return;
    }
    exitCode = code;
    firstMs = performance.now();
    announce("Stopping: finishing what is outstanding, saving what was measured. Once more to leave at once.");
    controller.abort();
  };
  const onInterrupt = (): void => handle(EXIT.interrupted);
  const onTerminate = (): void => handle(EXIT.terminated);
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  // The terminal is gone; to what runs in it that means the same.
  process.on("SIGHUP", onTerminate);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    dispose: () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
      process.off("SIGHUP", onTerminate);
    },
  };
}
