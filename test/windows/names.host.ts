// Paths with everything in them that Windows allows -> the same file seen from outside, the same text in the result.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseResult } from "../../src/result/read-result.ts";
import { diskbench, filesIn, resultOf, underWine, windowsPath, writeProfile } from "./host.ts";
import { temporaryDirectory } from "./temporary.ts";

const directory = temporaryDirectory("names");
/** Quotation marks are the one thing here that no name on Windows may have; apostrophes may be in it. */
const FOLDER = "a folder & 'its' (é 漢) %PATH% ^x";
const FILE = "te'st & 漢é.dat";
const SHORT = ["--size", "4MiB", "--duration", "100ms", "--warmup", "0", "--quiet"];

for (const given of ["in the profile", "on the command line"] as const) {
  void test(`a name ${given} reaches the disk and comes back from the result unchanged`, async () => {
    const folder = join(directory, `${FOLDER} ${given.length}`);
    mkdirSync(folder);
    const target = join(folder, FILE);
    const inProfile = given === "in the profile";
    const profile = writeProfile(folder, {
      name: "names 漢",
      rounds: 1,
      target: { path: inProfile ? windowsPath(target) : "other.dat" },
      jobs: [{ name: "j é", operation: "write", blockSize: "4KiB" }],
    });
    const output = join(folder, "rés & 漢.json");
    const words = ["run", windowsPath(join(folder, profile)), "--json", "--keep", "--output", windowsPath(output)];
    if (!inProfile) words.push("--target", windowsPath(target));
    const result = resultOf(await diskbench(directory, [...words, ...SHORT]));
    assert.equal(result.targets[0]?.path, windowsPath(target));
    assert.equal(result.targets[0]?.resolvedPath, windowsPath(target));
    assert.equal(result.cases[0]?.settings.target, windowsPath(target));
    assert.equal(statSync(target).size, 4 * 2 ** 20);
    assert.deepEqual(parseResult(readFileSync(output, "utf8"), output), result);
    assert.equal(existsSync(join(directory, "other.dat")), false);
  });
}

void test("a quotation mark in a name is refused by Windows' own error, and nothing is made", async () => {
  const before = filesIn(directory);
  const target = windowsPath(join(directory, 'a"b.dat'));
  const { status, stderr } = await diskbench(directory, ["run", "quick", "--target", target, ...SHORT]);
  assert.equal(status, 3, stderr);
  assert.match(stderr, underWine ? /ERROR_INVALID_NAME 123/ : /ERROR_INVALID_NAME|ERROR_PATH_NOT_FOUND/);
  assert.deepEqual(filesIn(directory), before);
});
