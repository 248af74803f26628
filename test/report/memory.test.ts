// A result of a target in memory -> called that in the header of every format that has one, and in every line of CSV.

import { describe, expect, test } from "vitest";
import type { Result } from "../../src/result/result.ts";
import { completedResult } from "../result/fixture.ts";
import { renderCsv, renderHtml, renderJson, renderMarkdown, renderTable } from "./writers.ts";

const OPTIONS = { color: false, width: 200, mebibytes: false };

function resultOn(memoryBasis: string | null, fileSystem: string): Result {
  const result = completedResult([{ job: "a" }], 1);
  return { ...result, targets: result.targets.map((target) => ({ ...target, memoryBasis, fileSystem })) };
}

describe.each([
  ["table", renderTable],
  ["markdown", renderMarkdown],
  ["html", renderHtml],
])("the header as %s", (_, render) => {
  test("says that there is no disk, and why", () => {
    expect(render(resultOn("tmpfs", "tmpfs"), OPTIONS)).toContain("tmpfs file system, in memory, no disk,");
    expect(render(resultOn("loop0 over tmpfs", "ext4"), OPTIONS)).toContain("in memory, no disk (loop0 over tmpfs),");
  });

  test("says nothing of the kind of a disk", () => {
    expect(render(resultOn(null, "ext4"), OPTIONS)).not.toContain("in memory");
  });
});

test("each line of CSV says so in a column of its own, which is empty for a disk", () => {
  const lastOf = (text: string): readonly (string | undefined)[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.split(",").at(-1));
  expect(lastOf(renderCsv(resultOn("zram0", "ext4"), OPTIONS))).toEqual(["target_in_memory", "zram0"]);
  expect(lastOf(renderCsv(resultOn(null, "ext4"), OPTIONS))).toEqual(["target_in_memory", ""]);
});

test("JSON has it as a fact of the target", () => {
  const { targets } = JSON.parse(renderJson(resultOn("zram0", "ext4"), OPTIONS)) as Result;
  expect(targets[0]?.memoryBasis).toBe("zram0");
});
