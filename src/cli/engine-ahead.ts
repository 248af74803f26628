// A command that will measure -> the same with its engine process on its way before the rest of the command is loaded.

import { EngineAhead } from "../engine/engine-ahead.ts";
import type { RunFlags } from "./flags.ts";

/** Runs `work`, which takes the engine or not: what it finds wrong before ends the engine. Null: nothing is measured. */
export async function withEngineAhead(
  flags: Pick<RunFlags, "dryRun">,
  work: (engine: EngineAhead | null) => Promise<void>,
): Promise<void> {
  const engine = flags.dryRun === true ? null : new EngineAhead();
  try {
    await work(engine);
  } finally {
    engine?.letGo();
  }
}
