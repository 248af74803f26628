// Text -> a file that is whole at every moment, in the place that was meant.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createResultFile, updateResultFile, writeFileAtomically } from "../../src/result/store.ts";
import { shownAs } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";

const { files } = linuxPlatform;
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
  writeFileAtomically(files, path, "one");
  const before = statSync(path).ino;
  chmodSync(path, 0o640);
  writeFileAtomically(files, path, "two");
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
  writeFileAtomically(files, join(directory, `${name}.json`), "one");
  expect(readdirSync(directory)).toEqual([`${name}.json`]);
});

test.each(["\u4e16", "\u{20000}"])(
  "a profile's name of long characters (%s) makes a file name all the same",
  (letter) => {
    const paths = [1, 2].map(() => createResultFile(files, directory, STARTED, letter.repeat(200), "{}"));
    expect(readdirSync(directory).sort()).toEqual(paths.map((path) => basename(path)).sort());
    for (const path of paths) expect(path).not.toContain("\ufffd");
  },
);

test.each([0, 1])("a large text of characters of all lengths arrives whole, begun %i further on", (shift) => {
  const path = join(directory, "large.json");
  const text = "a".repeat(shift) + "\u{1F600}".repeat(300_000) + "\u00e9\u4e00".repeat(200_000);
  writeFileAtomically(files, path, text);
  expect(readFileSync(path, "utf8") === text).toBe(true);
});

test("a link of one's own is written through", () => {
  const [path, link] = [join(directory, "a.json"), join(directory, "latest.json")];
  writeFileSync(path, "old");
  symlinkSync("a.json", link);
  writeFileAtomically(files, link, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test.runIf(isRoot)("somebody else's link is refused, and what it leads to untouched", () => {
  const [path, link] = [join(directory, "precious"), join(directory, "result.json")];
  writeFileSync(path, "precious");
  symlinkSync(path, link);
  lchownSync(link, 65534, 65534);
  expect(failureOf(() => writeFileAtomically(files, link, "new"))).toMatchObject({
    code: "OUTPUT_FAILED",
    where: link,
  });
  expect(readFileSync(path, "utf8")).toBe("precious");

  const results = join(directory, "results");
  symlinkSync(directory, results);
  lchownSync(results, 65534, 65534);
  expect(failureOf(() => createResultFile(files, results, STARTED, "quick", "x"))?.code).toBe("OUTPUT_FAILED");
  expect(failureOf(() => writeFileAtomically(files, join(results, "new.json"), "x"))?.code).toBe("OUTPUT_FAILED");
  // The same where the link is not the last of the way, but somewhere on it.
  mkdirSync(join(directory, "deep"));
  expect(failureOf(() => writeFileAtomically(files, join(results, "deep", "new.json"), "x"))).toMatchObject({
    code: "OUTPUT_FAILED",
    where: results,
    what: expect.stringContaining("belongs to another user") as unknown,
  });
  expect(failureOf(() => createResultFile(files, join(results, "deep"), STARTED, "quick", "x"))?.code).toBe(
    "OUTPUT_FAILED",
  );
  expect(readdirSync(directory).sort()).toEqual(["deep", "precious", "result.json", "results"]);
  expect(readdirSync(join(directory, "deep"))).toEqual([]);
});

test.runIf(isRoot)("somebody else's link behind a link of one's own is refused as well", () => {
  const [path, foreign, own] = [join(directory, "precious"), join(directory, "foreign"), join(directory, "own.json")];
  writeFileSync(path, "precious");
  symlinkSync("precious", foreign);
  lchownSync(foreign, 65534, 65534);
  symlinkSync("./foreign", own);
  expect(failureOf(() => writeFileAtomically(files, own, "new"))).toMatchObject({
    code: "OUTPUT_FAILED",
    where: foreign,
  });
  expect(readFileSync(path, "utf8")).toBe("precious");
});

test("a link that leads to itself is an error, not a hang", () => {
  const link = join(directory, "loop.json");
  symlinkSync("loop.json", link);
  expect(failureOf(() => writeFileAtomically(files, link, "x"))).toMatchObject({ code: "OUTPUT_FAILED", where: link });
});

test("another name of the same file keeps what it had", () => {
  const [path, other] = [join(directory, "a.json"), join(directory, "precious")];
  writeFileSync(other, "precious");
  linkSync(other, path);
  writeFileAtomically(files, path, "new");
  expect(readFileSync(other, "utf8")).toBe("precious");
});

describe("what a killed process was just writing", () => {
  const draft = (name: string): string => join(directory, `.${name}.${hostname()}-4711.0123456789ab.tmp`);

  test("is removed by the next one that writes there", () => {
    writeFileSync(draft("2026-11-20T23-45-44Z-old.json"), "{");
    createResultFile(files, directory, STARTED, "quick", "x");
    writeFileSync(draft("a.json"), "{");
    writeFileAtomically(files, join(directory, "a.json"), "x");
    expect(readdirSync(directory).sort()).toEqual(["2026-11-20T23-45-44Z-quick.json", "a.json"]);
  });

  test("is left alone as long as it is written, though no process of its number is seen here (another container)", () => {
    writeFileSync(draft("a.json"), "{");
    const writer = files.open(draft("a.json"), { ...PLAIN_OPEN, access: "read-write" });
    expect(files.lock(writer)).toBe(true);
    writeFileAtomically(files, join(directory, "a.json"), "x");
    expect(readdirSync(directory)).toHaveLength(2);
    files.close(writer);
    writeFileAtomically(files, join(directory, "a.json"), "x");
    expect(readdirSync(directory)).toEqual(["a.json"]);
  });

  test("is left alone on other machines, and where it is something else", () => {
    const others = [
      draft("other.json"),
      join(directory, ".a.json.elsewhere-4711.0123456789ab.tmp"),
      join(directory, ".a.json.swp"),
    ];
    for (const path of others) writeFileSync(path, "{");
    symlinkSync("/etc/passwd", draft("a.json"));
    writeFileAtomically(files, join(directory, "a.json"), "x");
    for (const path of [...others, draft("a.json")]) expect(lstatSync(path).size).toBeGreaterThan(0);
  });

  test.runIf(isRoot)("is left alone where it is another user's", () => {
    writeFileSync(draft("a.json"), "{");
    chownSync(draft("a.json"), 65534, 65534);
    writeFileAtomically(files, join(directory, "a.json"), "x");
    expect(readdirSync(directory)).toHaveLength(2);
  });
});

// As FAT and shares of Windows do.
describeWith(["root", "bindfs"], "where permissions and owners cannot be set", () => {
  test("a result is brought up to date, and a report replaced, all the same", () => {
    const shown = shownAs(onTestFinished, "--perms=a+rw", "--chmod-deny", "--chown-deny");
    const path = join(shown, "r.json");
    for (const text of ["one", "two", "three"]) {
      updateResultFile(files, path, text);
      expect(readFileSync(path, "utf8")).toBe(text);
      writeFileAtomically(files, path, `${text} again`);
      expect(readFileSync(path, "utf8")).toBe(`${text} again`);
    }
    expect(readdirSync(shown)).toEqual(["r.json"]);
  });
});

describe("what is replaced", () => {
  test.runIf(isRoot)("stays readable for its owner, and was at no moment open to others", () => {
    const path = join(directory, "perm.json");
    writeFileSync(path, "old", { mode: 0o600 });
    chownSync(path, 65534, 65534);
    const seen: number[] = [];
    const watched = {
      ...files,
      write: (...[file, bytes]: Parameters<typeof files.write>): void => {
        seen.push(fstatSync(file.handle).mode & 0o777);
        files.write(file, bytes);
      },
    };
    writeFileAtomically(watched, path, "new");
    expect(seen).toEqual([0o600]);
    expect(statSync(path)).toMatchObject({ uid: 65534, gid: 65534 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is never opened where it is the run's own result: a pipe in its place is replaced", () => {
    const path = join(directory, "r.json");
    runTool("mkfifo", path);
    updateResultFile(files, path, "text");
    expect(readFileSync(path, "utf8")).toBe("text");
  });

  test("comes back in a directory that vanished, but only where that is asked for", () => {
    const path = join(directory, "results", "r.json");
    updateResultFile(files, path, "one");
    rmSync(join(directory, "results"), { recursive: true });
    updateResultFile(files, path, "two");
    expect(readFileSync(path, "utf8")).toBe("two");
    rmSync(join(directory, "results"), { recursive: true });
    expect(failureOf(() => writeFileAtomically(files, path, "x"))?.system?.name).toBe("ENOENT");
  });
});

describe("a pipe that --output names", () => {
  test("without a reader is refused at once", () => {
    const path = join(directory, "pipe.json");
    runTool("mkfifo", path);
    expect(failureOf(() => writeFileAtomically(files, path, "x"))).toMatchObject({
      code: "OUTPUT_FAILED",
      where: path,
      system: { name: "ENXIO" },
      cause: expect.stringContaining("a pipe that nobody reads from") as unknown,
    });
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  test("with a reader gets the text", () => {
    const path = join(directory, "pipe.json");
    runTool("mkfifo", path);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    writeFileAtomically(files, path, "text");
    expect(readFileSync(reader, "utf8")).toBe("text");
    closeSync(reader);
  });

  test.runIf(isRoot)("of another user is not written into", () => {
    const path = join(directory, "pipe.json");
    runTool("mkfifo", path);
    chownSync(path, 65534, 65534);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    expect(failureOf(() => writeFileAtomically(files, path, "x"))?.what).toContain("belongs to another user");
    closeSync(reader);
  });
});

test.runIf(existsSync("/dev/null"))("a device is written to, not replaced", () => {
  writeFileAtomically(files, "/dev/null", "text");
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

test("what cannot be written says where and why, and leaves nothing", () => {
  const path = join(directory, "missing", "a.json");
  expect(failureOf(() => writeFileAtomically(files, path, "x"))).toMatchObject({
    code: "OUTPUT_FAILED",
    where: path,
    system: { name: "ENOENT", code: 2, call: "openat" },
  });
  mkdirSync(join(directory, "folder"));
  expect(failureOf(() => writeFileAtomically(files, join(directory, "folder"), "x"))?.system?.name).toBe("EISDIR");
  expect(readdirSync(directory)).toEqual(["folder"]);
});

test("a new result file is whole and has one name", () => {
  const results = join(directory, "results");
  const path = createResultFile(files, results, STARTED, "quick", "text");
  expect(readFileSync(path, "utf8")).toBe("text");
  expect(statSync(path).nlink).toBe(1);
  expect(readdirSync(results)).toEqual(["2026-11-20T23-45-44Z-quick.json"]);
});

test("the default name holds time and profile, and a second run gets its own", () => {
  const results = join(directory, "results");
  const paths = [1, 2, 3].map(() => createResultFile(files, results, STARTED, "quick", "x"));
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
  const path = createResultFile(files, directory, STARTED, name, "x");
  expect(path).toBe(join(directory, `2026-11-20T23-45-44Z-${part}.json`));
});

test("results have no place where a file stands", () => {
  writeFileSync(join(directory, "results"), "");
  expect(failureOf(() => createResultFile(files, join(directory, "results"), STARTED, "quick", "x"))?.code).toBe(
    "OUTPUT_FAILED",
  );
});
