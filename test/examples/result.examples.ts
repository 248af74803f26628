// The shell lines of docs/result.md -> run as they stand there, on a result of the simulated device.

import { expect, onTestFinished, test } from "vitest";
import { describeWith } from "../support/requirements.ts";
import { fences, place, shell } from "./place.ts";

/** What each block of the page prints, in its order. */
const PRINTED: readonly (readonly [what: string, output: RegExp])[] = [
  ["measured", /Result: /],
  ["IOPS and p99", /^random\/simulated\/\S+\t\d+\.?\d*\t\d+\.?\d*\n$/],
  ["MB/s of rounds", /^(random\t\d\t\d+\.?\d*\n){6}$/],
  ["IOPS over time", /^0\t\d+\.?\d*\n$/],
  ["the histogram", /^(\d+\t\d+\n){10,}$/],
  ["what the case was", /^\{"operation":"read","blockSizeBytes":4096,"queueDepth":8,"nativeOperations":\["\w+"\]\}\n$/],
  ["checks that did not pass", /^((pass|warn|fail) [\w-]+: .+\n)*$/],
  ["completed", /^true\n$/],
  ["the same plan", /1 case/],
];

describeWith(["jq"], "docs/result.md", () => {
  test("every line does what the page says", () => {
    const blocks = fences("result.md", "sh");
    expect(blocks).toHaveLength(PRINTED.length);
    const directory = place(onTestFinished);
    for (const [index, [what, output]] of PRINTED.entries()) {
      const outcome = shell(directory, blocks[index] ?? "");
      expect(outcome, what).toEqual({ code: 0, output: expect.stringMatching(output) });
    }
  });
});
