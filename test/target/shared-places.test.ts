// Files that two runs, or two users, want -> one of them at a time, and nobody's file in the wrong hands.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import {
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { diskbench, isAlive, resultIn, start, workplace } from "../support/diskbench.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { temporaryDirectory } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";

const MEBIBYTE = 2 ** 20;
const QUEUED = { queueDepth: 4 };
const profileOf = (path: string, job: object = QUEUED): unknown => ({
  name: "shared",
  rounds: 3,
  target: { path, size: "8MiB" },
  defaults: { operation: "write", blockSize: "4KiB", duration: "400ms", warmup: 0 },
  jobs: [{ name: "writes", ...job }],
});

describe("two runs on one file", () => {
  test("exclude each other from the first moment to the last; the second names the first and ends at once", async () => {
    const directory = workplace(onTestFinished);
    const path = join(directory, "test.dat");
    writeFileSync(join(directory, "p.json"), JSON.stringify(profileOf(path)));
    const first = start(onTestFinished, ["run", "p.json"], { directory });
    await first.says(/^\[1\/3\]/m);
    const elsewhere = workplace(onTestFinished, { "p.json": profileOf(path) });
    const second = await diskbench(onTestFinished, ["run", "p.json", "--quiet", "--force"], { directory: elsewhere });
    expect(second.code).toBe(3);
    expect(second.stderr).toMatch(
      /test\.dat: Another diskbench run is using it\. It is open in process \d+ \(.*diskbench/,
    );
    expect(second.stderr).toContain(`process ${first.processId} (`);
    expect(readdirSync(elsewhere)).toEqual(["p.json"]);
    let freed = 0;
    while (isAlive(first.processId) && existsSync(path)) {
      // By another open file description: between rounds, too, nobody else may get it.
      const file = linuxPlatform.files.open(path, PLAIN_OPEN);
      if (linuxPlatform.files.lock(file) && existsSync(path)) freed += 1;
      linuxPlatform.files.close(file);
      await sleep(5);
    }
    const { code } = await first.ended;
    expect([code, freed]).toEqual([0, 0]);
    expect(resultIn(directory).cases[0]?.rounds).toHaveLength(3);
    expect(existsSync(path)).toBe(false);
  });
});

describe.each([
  ["a symbolic link to", symlinkSync],
  ["a hard link to", linkSync],
] as const)("%s another file that takes the target's name during a run", (_, lay) => {
  test.each([QUEUED, { method: "mapped" }])("leads no I/O of a later round there: %j", async (job) => {
    const directory = workplace(onTestFinished);
    const [path, precious] = [join(directory, "test.dat"), join(directory, "precious")];
    writeFileSync(precious, Buffer.alloc(8 * MEBIBYTE, "precious"));
    writeFileSync(join(directory, "p.json"), JSON.stringify(profileOf(path, job)));
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    await command.says(/^\[1\/3\]/m);
    renameSync(path, `${path}.moved`);
    lay(precious, path);
    const { code, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/put in (its|the target's) place/);
    expect(readFileSync(precious).equals(Buffer.alloc(8 * MEBIBYTE, "precious"))).toBe(true);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "precious", "results", "test.dat", "test.dat.moved"]);
  });
});

describeWith(["root"], "links that another user has laid", () => {
  const NOBODY = 65534;

  test("where results go: nothing is measured, nothing written through, nothing left", async () => {
    const directory = workplace(onTestFinished, { "p.json": profileOf("test.dat") });
    const victim = temporaryDirectory(onTestFinished);
    symlinkSync(victim, join(directory, "results"));
    lchownSync(join(directory, "results"), NOBODY, NOBODY);
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json"], { directory });
    expect(code).toBe(3);
    expect(stderr).toMatch(/results: this symbolic link belongs to another user \(user id 65534\)/);
    expect(stderr).not.toContain("done,");
    expect(readdirSync(victim)).toEqual([]);
    expect(readdirSync(directory).sort()).toEqual(["p.json", "results"]);
  });

  test("where --output leads, also in the middle of the way", async () => {
    const directory = workplace(onTestFinished, { "p.json": profileOf("test.dat") });
    const victim = temporaryDirectory(onTestFinished);
    mkdirSync(join(victim, "deep"));
    symlinkSync(victim, join(directory, "shortcut"));
    lchownSync(join(directory, "shortcut"), NOBODY, NOBODY);
    const words = ["run", "p.json", "--output", "shortcut/deep/report.md"];
    const { code, stderr } = await diskbench(onTestFinished, words, { directory });
    expect(code).toBe(3);
    expect(stderr).toMatch(/shortcut: this symbolic link belongs to another user/);
    expect(readdirSync(join(victim, "deep"))).toEqual([]);
    expect(existsSync(join(directory, "test.dat"))).toBe(false);
  });
});

describe("--output by a slip of the hand", () => {
  test.each(["p.json", "./p.json", "other-name.json", "test.json"])(
    "does not replace what the run needs: %s",
    async (name) => {
      const directory = workplace(onTestFinished, { "p.json": profileOf("test.json") });
      linkSync(join(directory, "p.json"), join(directory, "other-name.json"));
      const before = readFileSync(join(directory, "p.json"), "utf8");
      const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json", "--output", name], { directory });
      expect(code).toBe(2);
      expect(stderr).toContain("it is the profile or a target");
      expect(readFileSync(join(directory, "p.json"), "utf8")).toBe(before);
      expect(readdirSync(directory).sort()).toEqual(["other-name.json", "p.json"]);
    },
  );
});

describeWith(["root", "mount"], "two targets that a bind mount makes one", () => {
  test("are refused as the same file, before it is there", async () => {
    const directory = workplace(onTestFinished, { "p.json": profileOf("x.dat") });
    for (const name of ["real", "bound"]) mkdirSync(join(directory, name));
    runTool("mount", "--bind", join(directory, "real"), join(directory, "bound"));
    onTestFinished(() => void runTool("umount", join(directory, "bound")));
    const words = ["run", "p.json", "--target", "real/x.dat", "--target", "bound/x.dat"];
    const { code, stderr } = await diskbench(onTestFinished, words, { directory });
    expect(code).toBe(3);
    expect(stderr).toMatch(/bound\/x\.dat: The targets real\/x\.dat and bound\/x\.dat are the same file/);
    expect(readdirSync(join(directory, "real"))).toEqual([]);
  });
});
