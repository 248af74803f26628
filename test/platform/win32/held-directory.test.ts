// Links on a scripted Windows -> where a report goes, and which directories are not held.

import { describe, expect, test, vi } from "vitest";
import { createFiles } from "../../../src/platform/win32/file.ts";
import { failureOf } from "../../support/failures.ts";
import { ScriptedFiles } from "./scripted-files.ts";

/** What links say, by their paths: this system's own paths are others. */
const LINKS: Readonly<Record<string, string>> = {
  "C:\\out\\report.md": "..\\reports\\latest.md",
  "C:\\reports\\latest.md": "D:\\store\\r.md",
  "C:\\out\\round.md": "round.md",
  "C:\\junction": "D:\\store",
};

vi.mock("../../../src/platform/named-files.ts", () => ({ linkAt: (path: string) => LINKS[path] ?? null }));

function withDirectories() {
  const win32 = new ScriptedFiles({ "\\\\?\\C:\\out": {}, "\\\\?\\C:\\junction": {}, "\\\\?\\D:\\store": {} });
  return { win32, files: createFiles(win32) };
}

describe("a place to write to", () => {
  test.each([
    ["C:\\out\\plain.md", "C:\\out", "plain.md"],
    ["C:\\out\\report.md", "D:\\store", "r.md"],
  ])("%s is %s, %s", (path, directory, name) => {
    const { files } = withDirectories();
    const located = files.locate(path);
    expect([located.directory.path, located.name]).toEqual([directory, name]);
  });

  test("that links lead round and round to is refused", () => {
    const { win32, files } = withDirectories();
    expect(failureOf(() => files.locate("C:\\out\\round.md"))).toMatchObject({
      where: "C:\\out\\round.md",
      what: "Too many links lead on from here",
    });
    expect(win32.openHandles).toEqual([]);
  });
});

describe("a directory of a target", () => {
  test("that has become a junction is not held", () => {
    const { win32, files } = withDirectories();
    expect(failureOf(() => files.hold("C:\\junction", "none"))).toMatchObject({
      code: "TARGET_CHANGED",
      where: "C:\\junction",
    });
    expect(win32.openHandles).toEqual([]);
  });

  test("is held itself, and of results by what a junction leads to", () => {
    const { win32, files } = withDirectories();
    files.hold("C:\\out", "none");
    files.hold("C:\\junction", "own");
    expect(win32.opened.map(({ flags }) => flags & 0x00200000)).toEqual([0x00200000, 0]);
  });
});
