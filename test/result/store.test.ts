// Text -> a file that is whole at every moment, in the place that was meant.

import {
  chmodSync,
  existsSync,
  lchownSync,
  linkSync,
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
import { spawnSync } from "node:child_process";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createResultFile, writeFileAtomically } from "../../src/result/store.ts";
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

test.each([
  ["a file name of 255 bytes", "x".repeat(250)],
  ["one of three-byte characters", "\u4e16".repeat(83)],
  ["one of four-byte characters", "\u{20000}".repeat(62)],
])("%s leaves room for its draft", (_, name) => {
  writeFileAtomically(join(directory, `${name}.json`), "one");
  expect(readdirSync(directory)).toEqual([`${name}.json`]);
});

test.each(["\u4e16", "\u{20000}"])(
  "a profile's name of long characters (%s) makes a file name all the same",
  (letter) => {
    const paths = [1, 2].map(() => createResultFile(directory, STARTED, letter.repeat(200), "{}"));
    expect(readdirSync(directory).sort()).toEqual(paths.map((path) => basename(path)).sort());
    for (const path of paths) expect(path).not.toContain("\ufffd");
  },
);

test.each([0, 1])("a large text of characters of all lengths arrives whole, begun %i further on", (shift) => {
  const path = join(directory, "large.json");
  const text = "a".repeat(shift) + "\u{1F600}".repeat(300_000) + "\u00e9\u4e00".repeat(200_000);
  writeFileAtomically(path, text);
  expect(readFileSync(path, "utf8") === text).toBe(true);
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
  expect(failureOf(() => createResultFile(results, STARTED, "quick", "x"))?.code).toBe("OUTPUT_FAILED");
  expect(failureOf(() => writeFileAtomically(join(results, "new.json"), "x"))?.code).toBe("OUTPUT_FAILED");
  // The same where the link is not the last of the way, but somewhere on it.
  mkdirSync(join(directory, "deep"));
  expect(failureOf(() => writeFileAtomically(join(results, "deep", "new.json"), "x"))).toMatchObject({
    code: "OUTPUT_FAILED",
    where: results,
    what: expect.stringContaining("belongs to another user") as unknown,
  });
  expect(failureOf(() => createResultFile(join(results, "deep"), STARTED, "quick", "x"))?.code).toBe("OUTPUT_FAILED");
  expect(readdirSync(directory).sort()).toEqual(["deep", "precious", "result.json", "results"]);
  expect(readdirSync(join(directory, "deep"))).toEqual([]);
});

test.runIf(isRoot)("somebody else's link behind a link of one's own is refused as well", () => {
  const [path, foreign, own] = [join(directory, "precious"), join(directory, "foreign"), join(directory, "own.json")];
  writeFileSync(path, "precious");
  symlinkSync("precious", foreign);
  lchownSync(foreign, 65534, 65534);
  symlinkSync("./foreign", own);
  expect(failureOf(() => writeFileAtomically(own, "new"))).toMatchObject({ code: "OUTPUT_FAILED", where: foreign });
  expect(readFileSync(path, "utf8")).toBe("precious");
});

test("a link that leads to itself is an error, not a hang", () => {
  const link = join(directory, "loop.json");
  symlinkSync("loop.json", link);
  expect(failureOf(() => writeFileAtomically(link, "x"))).toMatchObject({ code: "OUTPUT_FAILED", where: link });
});

test("another name of the same file keeps what it had", () => {
  const [path, other] = [join(directory, "a.json"), join(directory, "precious")];
  writeFileSync(other, "precious");
  linkSync(other, path);
  writeFileAtomically(path, "new");
  expect(readFileSync(other, "utf8")).toBe("precious");
});

describe("what a killed process was just writing", () => {
  const draft = (name: string, processId: number): string =>
    join(directory, `.${name}.${hostname()}-${processId}.0123456789ab.tmp`);
  /** Of a process that has ended. */
  const gone = spawnSync("true").pid;

  test("is removed by the next one that writes there", () => {
    writeFileSync(draft("2026-11-20T23-45-44Z-old.json", gone), "{");
    createResultFile(directory, STARTED, "quick", "x");
    writeFileSync(draft("a.json", gone), "{");
    writeFileAtomically(join(directory, "a.json"), "x");
    expect(readdirSync(directory).sort()).toEqual(["2026-11-20T23-45-44Z-quick.json", "a.json"]);
  });

  test("is left alone as long as the process lives, on other machines, and where it is something else", () => {
    const others = [
      draft("a.json", process.pid),
      draft("other.json", gone),
      join(directory, `.a.json.elsewhere-${gone}.0123456789ab.tmp`),
      join(directory, ".a.json.swp"),
    ];
    for (const path of others) writeFileSync(path, "{");
    symlinkSync("/etc/passwd", draft("a.json", gone));
    writeFileAtomically(join(directory, "a.json"), "x");
    for (const path of [...others, draft("a.json", gone)]) expect(lstatSync(path).size).toBeGreaterThan(0);
  });
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

test("a new result file is whole and has one name", () => {
  const results = join(directory, "results");
  const path = createResultFile(results, STARTED, "quick", "text");
  expect(readFileSync(path, "utf8")).toBe("text");
  expect(statSync(path).nlink).toBe(1);
  expect(readdirSync(results)).toEqual(["2026-11-20T23-45-44Z-quick.json"]);
});

test("the default name holds time and profile, and a second run gets its own", () => {
  const results = join(directory, "results");
  const paths = [1, 2, 3].map(() => createResultFile(results, STARTED, "quick", "x"));
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
  const path = createResultFile(directory, STARTED, name, "x");
  expect(path).toBe(join(directory, `2026-11-20T23-45-44Z-${part}.json`));
});

test("results have no place where a file stands", () => {
  writeFileSync(join(directory, "results"), "");
  expect(failureOf(() => createResultFile(join(directory, "results"), STARTED, "quick", "x"))?.code).toBe(
    "OUTPUT_FAILED",
  );
});
