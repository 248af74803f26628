// A failure <-> how a result keeps it: null for what is not known.

import type { Failure } from "../shared/errors.ts";
import type { ResultFailure } from "./result.ts";

export function failureRecord(failure: Failure): ResultFailure {
  const { code, what, where = null, system = null, cause = null, next = null } = failure;
  return { code, what, where, system, cause, next };
}

export function failureOf({ code, what, where, system, cause, next }: ResultFailure): Failure {
  return {
    code,
    what,
    ...(where !== null && { where }),
    ...(system !== null && { system }),
    ...(cause !== null && { cause }),
    ...(next !== null && { next }),
  };
}
