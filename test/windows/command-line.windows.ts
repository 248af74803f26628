// The built command line on Windows: what it refuses, and what it tells about the machine.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { LINUX_METHODS, WINDOWS_METHODS } from "../../src/shared/methods.ts";
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

void test("devices lists the volume that holds Windows, and will not have it overwritten", () => {
  const { status, stdout, stderr } = diskbench("devices");
  assert.equal(status, 0, stderr);
  const [headings = "", ...lines] = stdout.split(/\r?\n/);
  assert.match(headings, /^Device +Size +Free +File system +Sectors +Bus +Write cache +Model/);
  const system = lines.find((line) => line.startsWith("\\\\.\\C:"));
  assert.match(system ?? stdout, /[KMGT]iB +[\d.]+ [KMGT]iB +\w+ .*in use: .*holds Windows/);
});

void test("every method of Windows can be used here, and those of Linux are said to be elsewhere", () => {
  const { status, stdout, stderr } = diskbench("methods", "--json");
  assert.equal(status, 0, stderr);
  const rows = JSON.parse(stdout) as { method: string; available: boolean; note: string }[];
  for (const method of WINDOWS_METHODS) assert.ok(rows.find((row) => row.method === method)?.available, method);
  for (const method of LINUX_METHODS) assert.equal(rows.find((row) => row.method === method)?.note, "Linux only");
});
