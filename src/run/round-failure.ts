// What went wrong in a round, by the engine, the target and the I/Os counted -> the one failure that says it all; pure.

import type { GivenUp } from "../engine/supervisor.ts";
import type { Case } from "../plan/plan.ts";
import type { RoundSamples } from "../samples/samples.ts";
import type { Failure } from "../shared/errors.ts";
import { counted } from "../shared/units.ts";
import { MOST_ERRORS_IN_A_ROW } from "../engine/loop/error-count.ts";

const GIVEN_UP_TEXTS: Readonly<Record<GivenUp, (maxErrors: number) => string>> = {
  "too-many-errors": (maxErrors) => `These are more than maxErrors (${maxErrors}) allows: the round was ended`,
  "only-errors": () => `Not one of the last ${MOST_ERRORS_IN_A_ROW} I/Os of a thread succeeded: the round was ended`,
};

/** Null when every I/O of the round succeeded whole. */
export function ioFailure(
  plannedCase: Case,
  samples: RoundSamples | null,
  givenUp: GivenUp | null = null,
): Failure | null {
  if (samples === null) return null;
  const { failed, short, byCode, first } = samples.errors;
  if (failed + short === 0) return null;
  const parts = [
    ...(failed > 0 ? [`${counted(failed, "I/O")} failed`] : []),
    ...(short > 0 ? [`${counted(short, "I/O")} transferred less than a whole block`] : []),
  ];
  const place = first === null ? "" : `, first a ${first.direction} at byte ${first.offsetBytes}`;
  const names = byCode.map(({ error, count }) => `${error.name} ${counted(count, "time")}`).join(", ");
  const [mostFrequent] = [...byCode].sort((a, b) => b.count - a.count);
  return {
    code: "IO_FAILED",
    where: plannedCase.id,
    what: `${parts.join(" and ")}${names === "" ? "" : ` (${names})`}${place}`,
    ...(mostFrequent === undefined ? {} : { system: mostFrequent.error }),
    ...(givenUp === null ? {} : { cause: GIVEN_UP_TEXTS[givenUp](plannedCase.settings.maxErrors) }),
    next:
      plannedCase.settings.onError === "stop"
        ? "Look at the device and at the system's log; onError: continue counts errors and goes on"
        : "Look at the device and at the system's log",
  };
}

/** Of what ended the engine, what changed the target, and what I/Os failed. Null: nothing went wrong. */
export function roundFailure(engine: Failure | null, changed: Failure | null, io: Failure | null): Failure | null {
  if (changed === null) return engine ?? io;
  // A change of the target is why the rest went wrong, and the same change has the same name whatever the method.
  const consequence = engine ?? io;
  if (consequence === null) return changed;
  const { what, system, cause } = consequence;
  // A target that cannot even be looked at has not changed: it is gone, as the rest says, too.
  if (changed.system !== undefined) return { ...consequence, cause: `${cause ?? what}. ${changed.what}` };
  return {
    ...changed,
    what: `${changed.what}. ${what}`,
    ...(system === undefined ? {} : { system }),
    ...(cause === undefined ? {} : { cause }),
  };
}
