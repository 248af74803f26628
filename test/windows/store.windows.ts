// Results and directories by their handles, on a real Windows, or what Wine makes of it.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import assert from "node:assert/strict";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import {
  createResultFile,
  nearestDirectory,
  updateResultFile,
  writeFileAtomically,
  writeNewFile,
} from "../../src/result/store.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";
import { temporaryDirectory } from "./temporary.ts";

const { files } = createPlatform();
const directory = temporaryDirectory("store");
const STARTED = new Date("2026-11-20T23:45:44.123Z");

void test("a result is made, brought up to date, and comes back in a directory that vanished", () => {
  const results = join(directory, "results");
  const path = createResultFile(files, results, STARTED, "quick", "one");
  assert.equal(path, join(results, "2026-11-20T23-45-44Z-quick.json"));
  const text = `é🙂${"x".repeat(600_000)}`;
  updateResultFile(files, path, text);
  assert.equal(readFileSync(path, "utf8") === text, true);
  assert.equal(createResultFile(files, results, STARTED, "quick", "two").endsWith("quick-2.json"), true);
  rmSync(results, { recursive: true });
  updateResultFile(files, path, "three");
  assert.deepEqual(readdirSync(results), ["2026-11-20T23-45-44Z-quick.json"]);
});

void test("a draft goes once nobody has it locked, and a file that exists is not replaced by a new one", () => {
  const folder = join(directory, "drafts");
  mkdirSync(folder);
  const draft = join(folder, `.a.json.${hostname()}-4711.0123456789ab.tmp`);
  writeFileSync(draft, "{");
  const held = files.hold(folder, "own");
  const writer = held.open(`.a.json.${hostname()}-4711.0123456789ab.tmp`, "read-write");
  held.close();
  assert.ok(writer !== null && files.lock(writer));
  writeFileAtomically(files, join(folder, "a.json"), "x");
  assert.equal(readdirSync(folder).length, 2);
  files.close(writer);
  writeFileAtomically(files, join(folder, "a.json"), "y");
  assert.deepEqual(readdirSync(folder), ["a.json"]);
  assert.equal(writeNewFile(files, join(folder, "a.json"), "z"), false);
  assert.equal(readFileSync(join(folder, "a.json"), "utf8"), "y");
});

void test("a directory that is held cannot be renamed away", () => {
  const folder = join(directory, "held");
  mkdirSync(folder);
  const held = files.hold(folder, "own");
  assert.throws(() => renameSync(folder, `${folder}.moved`));
  held.close();
  renameSync(folder, `${folder}.moved`);
});

void test("a directory that is missing, with the one above it, is made by the first save", () => {
  assert.equal(nearestDirectory(files, join(directory, "no", "results")), null);
  assert.equal(nearestDirectory(files, join(directory, "results-to-be")), directory);
});

void test("a directory that cannot be made, and a name that cannot be given, are said as every other failure", () => {
  const inTheWay = join(directory, "in-the-way");
  writeFileSync(inTheWay, "x");
  assert.throws(() => files.hold(join(inTheWay, "below"), "own", true), DiskbenchError);
  const held = files.hold(directory, "own");
  assert.throws(() => held.rename("not-there", "new"), DiskbenchError);
  held.close();
});

const existsAsLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Links want a privilege of Windows, and Wine makes none. */
function whyNoLinks(): string | false {
  try {
    symlinkSync(join(directory, "nothing.md"), join(directory, "probe"));
    // Wine says that it has made one.
    return existsAsLink(join(directory, "probe")) ? false : "this system makes no links";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : "no links";
  }
}

void test(
  "a report goes where a link leads, be it to nothing yet; a target is not opened through one",
  { skip: whyNoLinks() },
  () => {
    const [real, link] = [join(directory, "real.md"), join(directory, "link.md")];
    symlinkSync(real, link);
    for (const text of ["made", "replaced"]) {
      writeFileAtomically(files, link, text);
      assert.equal(readFileSync(real, "utf8"), text);
      assert.equal(existsAsLink(link), true);
    }
    assert.throws(
      () => files.open(link, { ...PLAIN_OPEN, access: "read-write" }),
      (thrown) => thrown instanceof DiskbenchError && thrown.failures[0].code === "TARGET_CHANGED",
    );
  },
);
