// A failure -> its paragraph on standard error.

import { printable } from "../shared/printable.ts";
import { formatFailure, type Failure } from "../shared/errors.ts";
import { say } from "./standard-streams.ts";

/** Says what went wrong. Texts can hold names of files, so that they are made safe; a stack trace keeps its lines. */
export function sayFailure(failure: Failure): void {
  const text = formatFailure(failure);
  const safe = failure.code === "BUG" ? text.split("\n").map(printable).join("\n") : printable(text);
  say(`diskbench: ${safe}\n`);
}
