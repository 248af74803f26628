// Counters in shared memory, changed by hand -> when the watch calls a round hung, and what it names.

import { describe, expect, test } from "vitest";
import { stalledFailure } from "../../src/engine/engine-failures.ts";
import { KIND } from "../../src/engine/loop/memory-layout.ts";
import { CONTROL, PHASE, THREAD_NUMBER, THREAD_WORD } from "../../src/engine/loop/round-memory.ts";
import { StallWatch, type Stall } from "../../src/engine/stall-watch.ts";
import { formatFailure } from "../../src/shared/errors.ts";
import { unsharedRoundMemory } from "./unshared-memory.ts";

const TIMEOUT_SECONDS = 30;
const LOOK_MS = 100;

/** A round of two threads, looked at ten times a second. */
class WatchedRound {
  readonly memory = unsharedRoundMemory(2);
  readonly #watch = new StallWatch(this.memory, TIMEOUT_SECONDS, () => this.isEngineStopped);
  isEngineStopped = false;
  #nowMs = 0;

  enter(phase: number): this {
    for (const { words } of this.memory.threads) words[THREAD_WORD.phase] = phase;
    return this;
  }

  set(place: number, value: number, where: "numbers" | "outsideNumbers" = "numbers"): this {
    for (const thread of this.memory.threads) thread[where][place] = value;
    return this;
  }

  /** Looks for so many seconds, `turn` before each look; what was found, if anything. */
  watch(seconds: number, turn: (count: number) => void = () => undefined): Stall | null {
    for (let count = 0; count < (seconds * 1000) / LOOK_MS; count += 1) {
      turn(count);
      const found = this.#watch.look((this.#nowMs += LOOK_MS));
      if (found !== null) return found;
    }
    return null;
  }

  get isMoving(): boolean {
    return this.#watch.isMoving;
  }

  get unansweredSeconds(): number {
    return this.#watch.unansweredSeconds;
  }

  sleep(seconds: number): this {
    this.#nowMs += seconds * 1000;
    return this;
  }
}

const transferring = (): WatchedRound => new WatchedRound().enter(PHASE.measure).set(THREAD_NUMBER.outstanding, 4);

describe("while the engine is stopped", () => {
  test("no device is silent, and the timeout begins anew once it goes on", () => {
    const round = transferring();
    expect(round.watch(20)).toBeNull();
    round.isEngineStopped = true;
    expect(round.watch(100)).toBeNull();
    expect(round.unansweredSeconds).toBe(0);
    expect(round.isMoving).toBe(false);
    round.isEngineStopped = false;
    expect(round.watch(0.5)).toBeNull();
    expect(round.unansweredSeconds).toBeCloseTo(0.5);
    expect(round.watch(28.5)).toBeNull();
    expect(round.watch(2)).toMatchObject({ outstanding: { ios: 8 }, seconds: 30 });
  });
});

describe("a round is hung", () => {
  test("when nothing has completed for the timeout although I/Os are outstanding", () => {
    const round = transferring();
    expect(round.watch(29)).toBeNull();
    expect(round.watch(2)).toMatchObject({ outstanding: { ios: 8, flushes: 0, besides: null }, seconds: 30 });
  });

  test("in the warm-up as well", () => {
    const round = new WatchedRound().enter(PHASE.warmup).set(THREAD_NUMBER.outstanding, 1, "outsideNumbers");
    expect(round.watch(31)?.outstanding.ios).toBe(2);
  });

  test("when a flush does not return, however many I/Os went before it", () => {
    const round = transferring().set(THREAD_NUMBER.flushSteps, 7);
    expect(round.watch(31)?.outstanding).toEqual({ ios: 0, flushes: 2, besides: null });
  });

  test("when the target does not open, or does not close", () => {
    expect(new WatchedRound().watch(31)?.outstanding.besides).toBe("opening");
    expect(new WatchedRound().enter(PHASE.done).watch(31)?.outstanding.besides).toBe("closing");
  });

  test("when its threads do not end, although the target is closed", () => {
    const round = new WatchedRound().enter(PHASE.done);
    for (const { words } of round.memory.threads) words[THREAD_WORD.closed] = 1;
    const stall = round.watch(31);
    expect(stall?.outstanding.besides).toBe("ending");
    if (stall === null) return;
    const failure = stalledFailure("case", "/mnt/x", stall, 4711);
    expect(failure.code).toBe("ENGINE_LOST");
    expect(formatFailure(failure)).toMatch(/threads have not ended for 30.0 s.*too busy.*4711.*fewer threads/);
    expect(formatFailure(failure)).not.toMatch(/device|\/mnt\/x/);
  });

  test.each([PHASE.ready, PHASE.primed])(
    "when no word comes to go on from phase %i, whatever the device does",
    (phase) => {
      const stall = new WatchedRound().enter(phase).watch(31);
      expect(stall?.outstanding).toEqual({ ios: 0, flushes: 0, besides: "leading" });
      if (stall === null) return;
      const failure = stalledFailure("case", "/mnt/x", stall, 4711);
      expect(failure.code).toBe("ENGINE_LOST");
      expect(formatFailure(failure)).toMatch(/has not told its threads to go on for 30.0 s.*4711 was ended/);
      expect(formatFailure(failure)).not.toMatch(/device|\/mnt\/x/);
    },
  );

  test("although the loop comes around all the time, because it polls", () => {
    const round = transferring();
    expect(round.watch(31, (count) => round.set(THREAD_NUMBER.heartbeatNs, count))).not.toBeNull();
  });
});

describe("a round is not hung", () => {
  test.each([
    ["a whole read", THREAD_NUMBER.ios + KIND.read],
    ["a whole write", THREAD_NUMBER.ios + KIND.write],
    ["a failed one", THREAD_NUMBER.failed],
    ["a short one", THREAD_NUMBER.short],
    ["a flush", THREAD_NUMBER.flushSteps],
  ])("as long as %s completes now and then", (_, place) => {
    const round = transferring();
    const slowly = (count: number): unknown => round.set(place, Math.floor(count / 250) * 2);
    expect(round.watch(200, slowly)).toBeNull();
  });

  test("as long as one thread after the other closes the target, and ends", () => {
    const round = new WatchedRound().enter(PHASE.done);
    const [first, second] = round.memory.threads;
    const steps = [
      () => first?.words.fill(1, THREAD_WORD.closed, THREAD_WORD.closed + 1),
      () => second?.words.fill(1, THREAD_WORD.closed, THREAD_WORD.closed + 1),
      () => round.memory.control.fill(1, CONTROL.ended, CONTROL.ended + 1),
    ];
    for (const step of steps) {
      expect(round.watch(25)).toBeNull();
      step();
    }
    expect(round.watch(25)).toBeNull();
    expect(round.watch(10)).not.toBeNull();
  });

  test("while its threads wait for each other only", () => {
    const round = new WatchedRound().enter(PHASE.primed);
    round.memory.threads[1]?.words.fill(PHASE.warmup, THREAD_WORD.phase, THREAD_WORD.phase + 1);
    expect(round.watch(100)).toBeNull();
  });

  test("because the machine slept", () => {
    const round = transferring();
    expect(round.watch(1)).toBeNull();
    expect(round.sleep(3600).watch(20)).toBeNull();
  });
});

describe("a round is unanswered", () => {
  test("for as long as nothing completes although I/Os are outstanding", () => {
    const round = transferring();
    round.watch(2.1);
    expect(round.unansweredSeconds).toBeCloseTo(2);
    round.set(THREAD_NUMBER.ios + KIND.read, 1).watch(0.1);
    expect(round.unansweredSeconds).toBe(0);
  });

  test("not while it flushes, which takes as long as there is to write", () => {
    const round = transferring().set(THREAD_NUMBER.flushSteps, 7);
    round.watch(5);
    expect(round.unansweredSeconds).toBe(0);
  });

  test("not while nothing is outstanding", () => {
    const round = new WatchedRound().enter(PHASE.measure);
    round.watch(5);
    expect(round.unansweredSeconds).toBe(0);
  });
});
