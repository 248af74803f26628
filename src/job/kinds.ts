// Kinds of value that a job's field can have -> their types, and how people write them.

import { formatDuration, formatSize } from "../shared/units.ts";
import type { Flush } from "../shared/vocabulary.ts";
import type { Limits } from "./limits.ts";

/** Numbers have the unit that their kind names, and both limits are allowed. */
export type Kind =
  | { readonly type: "word"; readonly words: readonly [string, ...string[]] }
  | { readonly type: "count" | "bytes" | "seconds"; readonly limits: Limits }
  | { readonly type: "flush" }
  | { readonly type: "flag" };

export type ValueOf<K extends Kind> = K extends { readonly words: readonly (infer Word)[] }
  ? Word
  : K extends { readonly type: "flag" }
    ? boolean
    : K extends { readonly type: "flush" }
      ? Flush
      : number;

export type Value = ValueOf<Kind>;

/** How people write a value: sizes and durations with their unit. */
export function writeValue(kind: Kind, value: Value): Value {
  if (typeof value !== "number") return value;
  if (kind.type === "bytes") return formatSize(value);
  return kind.type === "seconds" ? formatDuration(value) : value;
}
