// Text -> a file that is whole at every moment, in the place that was meant.

import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimResultPath, writeFileAtomically } from "../../src/result/store.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";

const STARTED = new Date("2026-11-20T23:45:44.123Z");
const isRoot = process.getuid?.() === 0;
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "diskbench-store-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function failureOf(action: () => unknown) {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof DiskbenchError) return thrown.failures[0];
    throw thrown;
  }
  return null;
}

test("a file is written and replaced whole, with nothing left beside it", () => {
  const path = join(directory, "a.json");
  writeFileAtomically(path, "one");
  const before = statSync(path).ino;
  chmodSync(path, 0o640);
  writeFileAtomically(path, "two");
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(statSync(path).ino).not.toBe(before);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory)).toEqual(["a.json"]);
});

test("a link of one's own is written through", () => {
  const [path, link] = [join(directory, "a.json"), join(directory, "latest.json")];
  writeFileSync(path, "old");
  symlinkSync("a.json", link);
  writeFileAtomically(link, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test.runIf(isRoot)("somebody else's link is refused, and what it leads to untouched", () => {
  const [path, link] = [join(directory, "precious"), join(directory, "result.json")];
  writeFileSync(path, "precious");
  symlinkSync(path, link);
  lchownSync(link, 65534, 65534);
  expect(failureOf(() => writeFileAtomically(link, "new"))).toMatchObject({ code: "OUTPUT_FAILED", where: link });
  expect(readFileSync(path, "utf8")).toBe("precious");

  const results = join(directory, "results");
  symlinkSync(directory, results);
  lchownSync(results, 65534, 65534);
  expect(failureOf(() => claimResultPath(results, STARTED, "quick"))?.code).toBe("OUTPUT_FAILED");
  expect(failureOf(() => writeFileAtomically(join(results, "new.json"), "x"))?.code).toBe("OUTPUT_FAILED");
  expect(existsSync(join(directory, "new.json"))).toBe(false);
});

test.runIf(existsSync("/dev/null"))("a device is written to, not replaced", () => {
  writeFileAtomically("/dev/null", "text");
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

test("what cannot be written says where and why, and leaves nothing", () => {
  const path = join(directory, "missing", "a.json");
  expect(failureOf(() => writeFileAtomically(path, "x"))).toMatchObject({
    code: "OUTPUT_FAILED",
    where: path,
    system: { name: "ENOENT", code: 2, call: "open" },
  });
  mkdirSync(join(directory, "folder"));
  expect(failureOf(() => writeFileAtomically(join(directory, "folder"), "x"))?.system?.name).toBe("EISDIR");
  expect(readdirSync(directory)).toEqual(["folder"]);
});

test("the default name holds time and profile, and a second run gets its own", () => {
  const results = join(directory, "results");
  const paths = [1, 2, 3].map(() => claimResultPath(results, STARTED, "quick"));
  expect(paths.map((path) => path.slice(results.length + 1))).toEqual([
    "2026-11-20T23-45-44Z-quick.json",
    "2026-11-20T23-45-44Z-quick-2.json",
    "2026-11-20T23-45-44Z-quick-3.json",
  ]);
});

test.each([
  ["../../etc/passwd", "etc-passwd"],
  ["4K: read | write?", "4K-read-write"],
  ["\u001b[31m", "31m"],
  ["...", "profile"],
  ["größe", "größe"],
])("the profile name %j becomes the file name part %j", (name, part) => {
  const path = claimResultPath(directory, STARTED, name);
  expect(path).toBe(join(directory, `2026-11-20T23-45-44Z-${part}.json`));
});

test("results have no place where a file stands", () => {
  writeFileSync(join(directory, "results"), "");
  expect(failureOf(() => claimResultPath(join(directory, "results"), STARTED, "quick"))?.code).toBe("OUTPUT_FAILED");
});
