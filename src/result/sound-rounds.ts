// A case's finished rounds -> those that count: in which diskbench itself was never stopped.

import { humanSeconds } from "../shared/units.ts";
import type { Round } from "./result.ts";

/** Time of the window in which diskbench itself stood still; 0 also where nobody could tell. */
export function stoppedSeconds({ stopped }: Pick<Round, "stopped">): number {
  return stopped === null ? 0 : Math.max(stopped.engineSeconds, stopped.commandSeconds);
}

export const isSound = (round: Pick<Round, "stopped">): boolean => stoppedSeconds(round) === 0;

export function soundRounds(rounds: readonly Round[]): readonly Round[] {
  return rounds.filter(isSound);
}

/** Who stood still, and for how long; of a round that does not count. */
export function stoppedText({ stopped }: Pick<Round, "stopped">): string {
  const { engineSeconds = 0, commandSeconds = 0 } = stopped ?? {};
  const [who, seconds] = engineSeconds > 0 ? ["the engine", engineSeconds] : ["the command", commandSeconds];
  return `${who} stood still for up to ${humanSeconds(seconds)} of its window`;
}
