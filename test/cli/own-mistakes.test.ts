// A mistake in diskbench that spoils its own result -> it is told as such, and what was measured is kept.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Result } from "../../src/result/result.ts";
import { diskbench, workplace } from "../support/diskbench.ts";

const PROFILE = {
  name: "spoilt",
  rounds: 2,
  defaults: { method: "simulated", duration: "100ms", warmup: 0 },
  jobs: [{ name: "reads", operation: "read", blockSize: "4KiB" }],
};

test("a result that its own reader would refuse is saved, and named with the place and exit 70", async ({
  onTestFinished,
}) => {
  const directory = workplace(onTestFinished, { "p.json": PROFILE });
  const environment = { NODE_OPTIONS: `--import=${new URL("wrong-collector.mjs", import.meta.url).href}` };
  const options = { directory, environment };
  const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json", "--quiet"], options);
  const [name = ""] = readdirSync(join(directory, "results"));
  const path = join(directory, "results", name);
  expect(code).toBe(70);
  for (const round of [0, 1]) {
    expect(stderr).toContain(
      `${path}: cases[0].rounds[${round}].effectiveQueueDepth: This result cannot be read again`,
    );
  }
  expect(stderr).toContain("found -2.04");
  expect(stderr).toContain("please report it with the file");
  const { state, cases, failures } = JSON.parse(readFileSync(path, "utf8")) as Result;
  expect(state).toBe("failed");
  expect(cases[0]?.rounds).toHaveLength(2);
  expect(cases[0]?.checks).toContainEqual(expect.objectContaining({ code: "sums", status: "fail" }));
  expect(failures.map(({ code: of }) => of)).toContain("BUG");
});
