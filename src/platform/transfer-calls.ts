// What a round asks for -> the names of the calls that carry its writes and reads, then of those that wait for them.

import type { BackendOptions } from "./platform.ts";

export function transferCalls(
  { operations }: Pick<BackendOptions, "operations">,
  write: string,
  read: string,
  ...others: readonly string[]
): readonly string[] {
  return [...(operations.includes("write") ? [write] : []), ...(operations.includes("read") ? [read] : []), ...others];
}
