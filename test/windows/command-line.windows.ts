// The built command line on Windows: every method, read and write, from profile to result.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseResult } from "../../src/result/read-result.ts";
import { temporaryDirectory } from "./temporary.ts";

const application = fileURLToPath(new URL("../../", import.meta.url));
const directory = temporaryDirectory("command-line");

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let runs = 0;

/** Runs diskbench in `directory`. Output goes through files: under Wine a console program's pipes lose some of it. */
function diskbench(...parameters: string[]): Outcome {
  runs += 1;
  const [outputPath, errorPath] = [join(directory, `${runs}.out`), join(directory, `${runs}.err`)];
  const [output, error] = [openSync(outputPath, "w"), openSync(errorPath, "w")];
  const command = [join(application, "bin", "diskbench.js"), ...parameters];
  const { status } = spawnSync(process.execPath, command, { cwd: directory, stdio: ["ignore", output, error] });
  closeSync(output);
  closeSync(error);
  return { status, stdout: readFileSync(outputPath, "utf8"), stderr: readFileSync(errorPath, "utf8") };
}

const SHORT = ["--size", "16MiB", "--duration", "200ms", "--warmup", "0", "--rounds", "1"];

void test("every method reads and writes, in a folder with an awkward name", () => {
  const folder = join(directory, "a b & 'c' é 漢");
  mkdirSync(folder);
  const target = join(folder, "test file.dat");
  const profile = join(application, "profiles", "methods.json");
  const { status, stdout, stderr } = diskbench("run", profile, "--target", target, "--json", "--no-progress", ...SHORT);
  assert.equal(status, 0, stderr);
  const result = parseResult(stdout, "standard output");
  assert.equal(result.state, "completed");
  assert.equal(result.targets[0]?.path, target);
  const seen = new Set<string>();
  for (const { settings, rounds } of result.cases) {
    const calls = settings.nativeOperations?.join(" ") ?? "";
    const [round] = rounds;
    assert.ok(round !== undefined && round.total.ios > 0, `${calls}: no I/O`);
    assert.deepEqual([round.errors.failed, round.errors.short], [0, 0], calls);
    seen.add(`${settings.nativeCall} ${settings.operation} ${settings.completion ?? ""}`.trim());
    if (settings.nativeCall === "MapViewOfFile") continue;
    assert.ok((round.completedSynchronously ?? -1) >= 0, `${calls}: completions at once are not counted`);
    assert.ok(round.effectiveQueueDepth <= settings.queueDepth + 0.01, calls);
  }
  for (const call of ["WriteFile", "WriteFileEx", "WriteFileGather", "MapViewOfFile"]) {
    for (const operation of ["write", "read"]) {
      assert.ok(
        [...seen].some((one) => one.startsWith(`${call} ${operation}`)),
        `${call} ${operation} is missing`,
      );
    }
  }
  for (const completion of ["event", "poll"]) assert.ok(seen.has(`WriteFile write ${completion}`), completion);
  assert.ok(!existsSync(target), "the test file is removed");
  assert.deepEqual(readdirSync(folder), []);
});

void test("a block that is no whole sector is refused before anything is made", () => {
  const target = join(directory, "sector.dat");
  const settings = ["--set", "jobs.0.blockSize=1000", "--target", target];
  const { status, stderr } = diskbench("run", "quick", ...settings, ...SHORT);
  assert.ok(status === 2 || status === 3, `${status} ${stderr}`);
  assert.match(stderr, /512/);
  assert.ok(!existsSync(target));
});

void test("a folder that does not exist is named", () => {
  const { status, stderr } = diskbench("run", "quick", "--target", join(directory, "no", "file.dat"), ...SHORT);
  assert.equal(status, 3, stderr);
  assert.match(stderr, /no/);
});

void test("devices lists the drive that holds Windows", () => {
  const { status, stdout, stderr } = diskbench("devices");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /PhysicalDrive0|C:/);
});
