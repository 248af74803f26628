// How long I/Os have gone without an answer, look by look -> what a person is told of it.

import { expect, test } from "vitest";
import { UnansweredNotices } from "../../src/run/unanswered.ts";

const LOOK_SECONDS = 0.25;

/** Silences of so many seconds, each ended by an answer -> how many notices had come after each of them. */
function noticesAfter(...silences: readonly number[]): number[] {
  let told = 0;
  const notices = new UnansweredNotices(() => (told += 1));
  return silences.map((silenceSeconds) => {
    for (let seconds = 0; seconds <= silenceSeconds; seconds += LOOK_SECONDS) notices.look("/srv/disk", seconds);
    return told;
  });
}

test("a device is named that has not answered for a second", () => {
  const texts: unknown[] = [];
  const notices = new UnansweredNotices((event) => texts.push(event));
  notices.look("/srv/disk", 0.75);
  expect(texts).toEqual([]);
  notices.look("/srv/disk", 1);
  expect(texts).toEqual([{ kind: "notice", text: "Waiting for /srv/disk to answer" }]);
});

test("a silence is told of once, however long it is", () => {
  expect(noticesAfter(60)).toEqual([1]);
});

test("a device that always takes so long is slow, and told of once", () => {
  expect(noticesAfter(1.5, 1.5, 1.5, 1.5)).toEqual([1, 1, 1, 1]);
});

test("a longer silence than those before is told of, and one of ten seconds always", () => {
  expect(noticesAfter(1.5, 3, 5, 9, 20, 20)).toEqual([1, 2, 3, 4, 5, 6]);
});
