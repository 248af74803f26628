// A failure -> its paragraph on standard error.

import { printable } from "../report/printable.ts";
import type { ResultFailure } from "../result/result.ts";
import { formatFailure, type Failure } from "../shared/errors.ts";
import { say } from "./standard-streams.ts";

/** Says what went wrong. Texts can hold names of files, so that they are made safe; a stack trace keeps its lines. */
export function sayFailure(failure: Failure): void {
  const text = formatFailure(failure);
  const safe = failure.code === "BUG" ? text.split("\n").map(printable).join("\n") : printable(text);
  say(`diskbench: ${safe}\n`);
}

/** A failure as it stands in a result, null for what is not known -> the failure that it was. */
export function failureOfRecord({ code, what, where, system, cause, next }: ResultFailure): Failure {
  return {
    code,
    what,
    ...(where === null ? {} : { where }),
    ...(system === null ? {} : { system }),
    ...(cause === null ? {} : { cause }),
    ...(next === null ? {} : { next }),
  };
}
