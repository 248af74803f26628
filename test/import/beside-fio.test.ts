// Combinations of fio's options, each from a seed -> fio and the imported profile do the same, or a note says what differs.

import { afterAll, expect, test } from "vitest";
import { noteText } from "../../src/profile/import/import-notes.ts";
import { describeWith } from "../support/requirements.ts";
import { withCleanup } from "../support/undo.ts";
import { asTyped, drawCombination } from "./combination.ts";
import { compare, told } from "./compare.ts";

const SEEDS = process.env["DISKBENCH_FULL"] === "1" ? 300 : 15;

/** What became of the combinations, by what they came to. */
const tally = new Map<string, number>();
const count = (outcome: string): void => void tally.set(outcome, (tally.get(outcome) ?? 0) + 1);

describeWith(["root", "fio", "strace", "nbdkit", "nbdfuse", "/dev/fuse"], "fio and the imported profile", () => {
  afterAll(() => {
    for (const [outcome, times] of [...tally].toSorted(([, one], [, other]) => other - one))
      process.stdout.write(`    ${outcome}: ${times}\n`);
  });

  test.concurrent.for(Array.from({ length: SEEDS }, (_, seed) => seed))(
    "do the same, or a note says what differs: seed %i",
    async (seed) => {
      const combination = drawCombination(seed);
      const typed = asTyped(combination);
      const { explained, notes } = await withCleanup((undo) => compare(undo, combination)).catch((error: unknown) => {
        count("failed");
        throw new Error(`seed ${seed}: ${typed}`, { cause: error });
      });
      const unexplained = explained.filter(({ note }) => note === null).map(({ difference }) => told(difference));
      if (unexplained.length > 0) count("different");
      else if (explained.length === 0) count("equal");
      else count(`told by ${[...new Set(explained.map(({ note }) => note?.code ?? ""))].join(", ")}`);
      expect(unexplained, ["", typed, "--- notes:", ...notes.map(noteText), "---", ...unexplained].join("\n")).toEqual(
        [],
      );
    },
  );
});
