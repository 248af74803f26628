// A profile -> the result of the whole command, which must have gone well.

import { expect } from "vitest";
import type { Result } from "../../src/result/result.ts";
import { diskbench, resultIn, workplace } from "../support/diskbench.ts";
import { withCleanup } from "../support/undo.ts";

export type Case = Result["cases"][number];
export type Round = Case["rounds"][number];
/** Part of a profile as a person would write it; the command judges it. */
export type Words = Readonly<Record<string, unknown>>;

/** A file or device that is measured as it is: nothing but timed I/Os reaches it. */
export function asItIs(path: string): Words {
  return { path, fill: "none", preallocate: "none" };
}

export interface MeasureOptions {
  /** Flags of `diskbench run`. */
  readonly flags?: readonly string[];
  /** What the command is started with, e.g. to put it into a cgroup. */
  readonly prefix?: readonly string[];
}

/** Runs `profile` in a directory of its own. */
export async function measure(profile: Words, { flags = [], prefix = [] }: MeasureOptions = {}): Promise<Result> {
  return withCleanup(async (undo) => {
    const directory = workplace(undo, { "accuracy.json": profile });
    const words = ["run", "accuracy.json", "--quiet", ...flags];
    const { code, stderr } = await diskbench(undo, words, { directory, prefix });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const result = resultIn(directory);
    for (const { rounds } of result.cases) {
      for (const { errors } of rounds) expect(errors).toMatchObject({ failed: 0, short: 0 });
    }
    return result;
  });
}

/** The only round of a case. */
export function onlyRound(each: Case | undefined): Round {
  const [round, ...others] = each?.rounds ?? [];
  if (round === undefined || others.length > 0) throw new Error("not exactly one round");
  return round;
}

/** For people: `io_uring 4096 B depth 8`. */
export function label({ settings }: Case): string {
  const { nativeCall, nativeOperations, blockSizeBytes, queueDepth, operation } = settings;
  const how = nativeOperations.some((name) => name.endsWith("V")) ? `${nativeCall} vectored` : nativeCall;
  return `${how} ${operation} ${blockSizeBytes} B depth ${queueDepth}`;
}
