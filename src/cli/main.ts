// The command line -> a command, run; what it throws -> one paragraph on stderr and an exit code.

import { CommanderError } from "commander";
import { DiskbenchError, failuresOf } from "../shared/errors.ts";
import { createProgram } from "./program.ts";
import { EXIT } from "./exit-codes.ts";
import { sayFailure } from "./say-failure.ts";

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.badUsage;
  return new DiskbenchError(...failuresOf(thrown)).exitCode;
}

// A reader that has seen enough (`| head`) is no failure of the run, which goes on to its end and its exit code ...
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
// ... and progress that nobody sees any more (the terminal is gone) is no reason to leave a test file behind.
process.stderr.on("error", () => undefined);

try {
  process.exitCode = EXIT.done;
  await createProgram().parseAsync(process.argv);
} catch (thrown) {
  // Commander has already said what it has to say.
  if (!(thrown instanceof CommanderError)) {
    for (const failure of failuresOf(thrown)) sayFailure(failure);
  }
  process.exitCode = exitCodeOf(thrown);
}
