// SIGINT and SIGTERM -> first a request to end the run in order, then an exit at once.

import { EXIT } from "./exit-codes.ts";

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
  const handle = (code: number): void => {
    // Leaving at once: the engine notices that its supervisor is gone and ends, too.
    if (exitCode !== null) process.exit(code);
    exitCode = code;
    announce("Stopping: finishing what is outstanding, saving what was measured. Once more to leave at once.");
    controller.abort();
  };
  const onInterrupt = (): void => handle(EXIT.interrupted);
  const onTerminate = (): void => handle(EXIT.terminated);
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    dispose: () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
    },
  };
}
