// What others do to the target or the results while a run goes on -> nothing of theirs is harmed, and the run says what it saw.

import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { diskbench, resultIn, start, workplace } from "../support/diskbench.ts";
import { programInC } from "../support/c-program.ts";
import { attachLoop, makeFileSystem, temporaryDirectory } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { prepare } from "../target/fixture.ts";
import { failureOf, failureWithin } from "../support/failures.ts";
import { PATIENCE_MS } from "./length.ts";

const MEBIBYTE = 2 ** 20;
const profileOf = (target: object, job: object = {}, rounds = 3): object => ({
  name: "p",
  rounds,
  target: { path: "test.dat", size: "16MiB", ...target },
  defaults: { method: "pwrite", blockSize: "4KiB", duration: "700ms", warmup: 0 },
  jobs: [{ name: "job", ...job }],
});
const NULL_METHOD = { method: "null" };
const AS_IT_IS = { preallocate: "none", fill: "none" } as const;

test(
  "a link to an endless device where the sidecar would be is not opened",
  async () => {
    const directory = workplace(onTestFinished, { "p.json": profileOf({}, {}, 1) });
    symlinkSync("/dev/zero", join(directory, ".test.dat.diskbench"));
    // Whoever read it would need memory without end.
    const prefix = ["prlimit", "--data=4294967296"];
    const { code } = await diskbench(onTestFinished, ["run", "p.json", "--quiet"], { directory, prefix });
    expect(code).toBe(0);
    expect(readdirSync(directory).sort()).toEqual([".test.dat.diskbench", "p.json", "results"]);
  },
  PATIENCE_MS,
);

test(
  "results whose directory vanishes come back whole; a place that cannot be written is told, and tried again",
  async () => {
    const directory = workplace(onTestFinished, { "p.json": profileOf({}, NULL_METHOD, 6) });
    const results = join(directory, "results");
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    await command.says(/^\[1\/6\]/m);
    rmSync(results, { recursive: true });
    await command.says(/^\[3\/6\]/m);
    rmSync(results, { recursive: true });
    writeFileSync(results, "in the way");
    await command.says(/This round is not saved yet: .*tried again/);
    rmSync(results);
    const { code } = await command.ended;
    expect(code).toBe(0);
    expect(resultIn(directory).cases[0]?.rounds).toHaveLength(6);
  },
  PATIENCE_MS,
);

test(
  "a pipe that takes the target's name in mid-run is not waited for",
  async () => {
    const directory = workplace(onTestFinished, { "p.json": profileOf({}, {}) });
    const path = join(directory, "test.dat");
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    await command.says(/^\[1\/3\]/m);
    renameSync(path, `${path}.moved`);
    runTool("mkfifo", path);
    const { code, stderr } = await command.ended;
    expect(code).toBe(3);
    expect(stderr).toContain("put in its place");
    expect(stderr).toContain(`The test file was not removed; it is ${path}.moved now`);
    expect(stderr).not.toContain("has not come to its end");
    expect(statSync(path).isFIFO()).toBe(true);
  },
  PATIENCE_MS,
);

describeWith(["root", "losetup", "mkfs.ext4"], "--force", () => {
  test(
    "does not outlive that the file becomes a disk",
    async () => {
      const directory = workplace(onTestFinished, { "p.json": profileOf(AS_IT_IS, { operation: "write" }) });
      const path = join(directory, "test.dat");
      writeFileSync(path, Buffer.alloc(16 * MEBIBYTE, 1));
      const command = start(onTestFinished, ["run", "p.json", "--force"], { directory });
      await command.says(/^\[1\/3\]/m);
      const loop = attachLoop(onTestFinished, path);
      await command.says(/is in use: it backs loop\d+/);
      makeFileSystem("ext4", loop.path);
      const { code } = await command.ended;
      expect(code).toBe(3);
      runTool("e2fsck", "-n", "-f", loop.path);
    },
    PATIENCE_MS,
  );
});

const LOCKER = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>
int main(int count, char **words) {
  struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 1 };
  int file = open(words[1], O_RDWR);
  if (count != 2 || fcntl(file, F_OFD_SETLK, &lock)) return 1;
  write(1, "locked\\n", 7);
  pause();
}
`;

describeWith(["gcc"], "an image that a virtual machine has locked, as qemu does", () => {
  test("is not written to, also when that comes later", async () => {
    const path = join(temporaryDirectory(onTestFinished), "vm.img");
    writeFileSync(path, Buffer.alloc(MEBIBYTE, 1));
    const ready = await prepare({ path, ...AS_IT_IS }, { force: true });
    expect(() => ready.refuseUse()).not.toThrow();
    const locker = spawn(programInC(onTestFinished, LOCKER), [path], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void locker.kill("SIGKILL"));
    await once(locker.stdout, "data");
    expect(failureOf(() => ready.refuseUse()).what).toContain("another program has locked parts of it");
    ready.release({ remove: true });
    const failure = await failureWithin(prepare({ path, ...AS_IT_IS }, { force: true }));
    expect(failure.what).toContain("another program has locked parts of it");
    (await prepare({ path, ...AS_IT_IS, written: false })).release({ remove: true });
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path).equals(Buffer.alloc(MEBIBYTE, 1))).toBe(true);
  });
});
