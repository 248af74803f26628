// The command line -> a command, run; what it throws -> one paragraph on stderr and an exit code.

import { CommanderError } from "commander";
import { DiskbenchError, failuresOf } from "../shared/errors.ts";
import { EXIT } from "./exit-codes.ts";
import { runProgram } from "./program.ts";
import { sayFailure } from "./say-failure.ts";
import { watchStandardStreams } from "./standard-streams.ts";

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.badUsage;
  return new DiskbenchError(...failuresOf(thrown)).exitCode;
}

watchStandardStreams();
// Out of a callback, where nobody could catch it: node would exit with 1, which means something else here.
process.on("uncaughtException", (thrown) => {
  for (const failure of failuresOf(thrown)) sayFailure(failure);
  process.exit(exitCodeOf(thrown));
});
try {
  process.exitCode = EXIT.done;
  await runProgram(process.argv);
} catch (thrown) {
  // Commander has already said what it has to say.
  if (!(thrown instanceof CommanderError)) {
    for (const failure of failuresOf(thrown)) sayFailure(failure);
  }
  process.exitCode = exitCodeOf(thrown);
}
