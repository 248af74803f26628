// What a real Windows, or Wine, counts by itself -> what a result can be checked against, and what it says where not.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadWin32 } from "../../src/platform/win32/kernel32.ts";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import { temporaryDirectory } from "./temporary.ts";

const application = fileURLToPath(new URL("../../", import.meta.url));
const directory = temporaryDirectory("evidence");
const underWine = loadWin32().wineVersion !== null;
const { evidence } = createPlatform();
assert.ok(evidence !== undefined);
const MEBIBYTE = 2 ** 20;

void test("a volume counts what is written to it; Wine has no counters", () => {
  const path = join(directory, "file.dat");
  const file = openSync(path, "w");
  const before = evidence.deviceTraffic(path);
  writeSync(file, Buffer.alloc(8 * MEBIBYTE, 1));
  fsyncSync(file);
  closeSync(file);
  const after = evidence.deviceTraffic(path);
  assert.deepEqual(
    before.map(({ name, role }) => ({ name, role })),
    after.map(({ name, role }) => ({ name, role })),
  );
  if (underWine) {
    assert.deepEqual(after, []);
  } else {
    assert.equal(after[0]?.role, "own");
    assert.ok((after[0]?.writtenBytes ?? 0) - (before[0]?.writtenBytes ?? 0) >= 8 * MEBIBYTE);
  }
});

void test("the power state is one that there can be", () => {
  const { onBattery, frequencies, throttleEvents } = evidence.powerState();
  assert.ok(onBattery === null || typeof onBattery === "boolean");
  assert.equal(throttleEvents, null);
  if (underWine) assert.deepEqual(frequencies, []);
  else assert.ok(frequencies.length > 0);
  for (const { allowedHertz, maximumHertz } of frequencies) {
    assert.ok((allowedHertz ?? 0) > 0 && (allowedHertz ?? 0) <= (maximumHertz ?? 0));
    assert.ok((maximumHertz ?? 0) > 5e8 && (maximumHertz ?? 0) < 2e10);
  }
});

interface Checked {
  readonly checks: readonly { readonly code: string; readonly status: string; readonly message: string }[];
}

void test("a run has every check, and each that cannot be made says why", () => {
  const profile = join(directory, "p.json");
  const defaults = { duration: "300ms", warmup: "50ms", blockSize: "4KiB", method: "writefile" };
  const jobs = [{ name: "job", operation: "write" }];
  writeFileSync(
    profile,
    JSON.stringify({ name: "p", rounds: 2, target: { path: "t.dat", size: "8MiB" }, defaults, jobs }),
  );
  const [output, error] = [openSync(join(directory, "out"), "w"), openSync(join(directory, "err"), "w")];
  const command = [join(application, "bin", "diskbench.js"), "run", profile];
  const { status } = spawnSync(process.execPath, command, { cwd: directory, stdio: ["ignore", output, error] });
  closeSync(output);
  closeSync(error);
  assert.equal(status, 0, readFileSync(join(directory, "err"), "utf8"));
  const [name = ""] = readdirSync(join(directory, "results"));
  const result = JSON.parse(readFileSync(join(directory, "results", name), "utf8")) as Checked & {
    readonly cases: readonly Checked[];
  };
  const all = [...result.cases.flatMap(({ checks }) => checks), ...result.checks];
  const messages = Object.fromEntries(all.map(({ code, message }) => [code, message]));
  assert.equal(all.length, 15);
  assert.match(messages["pauses"] ?? "", /waits for a CPU are not told here/);
  if (!underWine) return;
  assert.match(messages["kernel-bytes"] ?? "", /^Cannot be checked: Wine does not count what reaches a disk\.$/);
  assert.match(messages["foreign-io"] ?? "", /^Cannot be checked: Wine /);
  assert.match(messages["power"] ?? "", /not told: CPU frequencies, throttling by heat|^Cannot be checked: the system/);
});
