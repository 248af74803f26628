// Looks at a clock that jumps -> which jumps are absences, and how much of a window they took.

import { describe, expect, test } from "vitest";
import { AbsenceWatch, stoppedInWindow } from "../../src/engine/absences.ts";
import { THREAD_NUMBER, type RoundMemory } from "../../src/engine/loop/round-memory.ts";
import { unsharedRoundMemory } from "./unshared-memory.ts";

const SECOND_NS = 1e9;
const LOOK_MS = 250;

/** Absences in seconds of looks that came so many seconds after each other, of which so many were waited for a CPU. */
function absencesOf(gaps: readonly (readonly [seconds: number, waited: number])[], tells = true): number[][] {
  let nowSeconds = 0;
  let waitedSeconds = 0;
  const delay = tells ? { read: () => ({ seconds: waitedSeconds, count: 1 }), close: () => undefined } : null;
  const watch = new AbsenceWatch({ name: "none", resolutionNs: 1, now: () => nowSeconds * SECOND_NS }, delay, LOOK_MS);
  for (const [seconds, waited] of gaps) {
    nowSeconds += seconds;
    waitedSeconds += waited;
    watch.look();
  }
  return watch.absences.map(({ startNs, endNs }) => [startNs / SECOND_NS, endNs / SECOND_NS]);
}

describe("a look that comes late", () => {
  test.each([
    [
      "by what timers are late",
      [
        [0.25, 0],
        [0.3, 0],
        [0.25, 0],
      ],
      [],
    ],
    [
      "because the process was stopped",
      [
        [0.25, 0],
        [0.75, 0.001],
        [0.25, 0],
      ],
      [[0.25, 1]],
    ],
    [
      "because others had the CPU",
      [
        [0.25, 0],
        [0.75, 0.49],
        [0.25, 0],
      ],
      [],
    ],
    [
      "because others had the CPU for more than a second",
      [
        [0.25, 0],
        [1.5, 1.2],
        [0.25, 0],
      ],
      [[0.25, 1.75]],
    ],
  ] as const)("%s", (_, gaps, absences) => {
    expect(absencesOf(gaps)).toEqual(absences);
  });

  test("is an absence from a second on where nobody tells what it waited for", () => {
    expect(
      absencesOf(
        [
          [1.2, 0],
          [1.3, 0],
        ],
        false,
      ),
    ).toEqual([[1.2, 2.5]]);
  });
});

test("what was done after a look is no absence", () => {
  let nowNs = 0;
  const watch = new AbsenceWatch({ name: "none", resolutionNs: 1, now: () => nowNs }, null, LOOK_MS);
  nowNs = 5 * SECOND_NS;
  watch.resume();
  nowNs += 0.3 * SECOND_NS;
  watch.look();
  expect(watch.absences).toEqual([]);
});

function memoryOf(...windows: readonly (readonly [openSeconds: number, closeSeconds: number])[]): RoundMemory {
  const memory = unsharedRoundMemory(windows.length);
  windows.forEach(([open, close], thread) => {
    const numbers = memory.threads[thread]?.numbers;
    numbers?.fill(open * SECOND_NS, THREAD_NUMBER.openNs, THREAD_NUMBER.openNs + 1);
    numbers?.fill(close * SECOND_NS, THREAD_NUMBER.closeNs, THREAD_NUMBER.closeNs + 1);
  });
  return memory;
}

const absent = (...all: readonly (readonly [number, number])[]) =>
  all.map(([start, end]) => ({ startNs: start * SECOND_NS, endNs: end * SECOND_NS }));

describe("of a window from 10 s to 20 s", () => {
  const memory = memoryOf([10, 20], [10.001, 19.999]);

  test("absences count as far as they lie in it", () => {
    const engine = absent([8, 9], [9.5, 10.5], [12, 13], [19, 25], [30, 40]);
    expect(stoppedInWindow(memory, engine, [])).toEqual({ engineSeconds: 2.5, commandSeconds: 0 });
  });

  test("the command's count when it was away for a second of it", () => {
    expect(stoppedInWindow(memory, [], absent([19.8, 30]))).toEqual({ engineSeconds: 0, commandSeconds: 0 });
    expect(stoppedInWindow(memory, [], absent([15, 17]))).toEqual({ engineSeconds: 0, commandSeconds: 2 });
  });

  test("nothing is known where the engine did not tell, or none where it never opened", () => {
    expect(stoppedInWindow(memory, null, absent([15, 17]))).toBeNull();
    expect(stoppedInWindow(memoryOf([0, 0]), [], [])).toBeNull();
  });
});
