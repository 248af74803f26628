// What a round will ask of a back end -> a refusal, before any I/O, where the back end does not carry it out.

import { DiskbenchError } from "../shared/errors.ts";
import { BACKEND_TRAITS, notCarriedOut, type BackendName } from "../shared/methods.ts";
import type { BackendOptions } from "./platform.ts";

/** Throws UNSUPPORTED. Both platforms open their back ends behind it. */
export function refuseNotCarriedOut(name: BackendName, { operations, flags = [] }: BackendOptions): void {
  const traits = BACKEND_TRAITS[name];
  const missing = [...notCarriedOut(name, operations), ...flags.filter((flag) => !traits.flags.includes(flag))];
  if (missing.length === 0) return;
  throw new DiskbenchError({
    code: "UNSUPPORTED",
    what: `${name} does not carry out ${missing.join(", ")}`,
    cause: `It carries out ${[...traits.operations, ...traits.flags].join(", ")}`,
    next: "Use another method",
  });
}
