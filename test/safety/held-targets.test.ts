// Attacks on targets and results that diskbench withstood when they were tried by hand -> the same, as rows.

import { spawnSync } from "node:child_process";
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { describeTarget } from "../../src/machine/describe-target.ts";
import { createResultFile } from "../../src/result/store.ts";
import { diskbench, start, until, workplace } from "../support/diskbench.ts";
import { failureOf, failureWithin } from "../support/failures.ts";
import { withGlobalLock } from "../support/global-lock.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import {
  attachLoop,
  loopDevice,
  makeFileSystem,
  mountOn,
  temporaryDirectory,
  type LoopDevice,
} from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { MEBIBYTE, prepare } from "../target/fixture.ts";
import { PATIENCE_MS } from "./length.ts";

const AS_IT_IS = { preallocate: "none", fill: "none" } as const;
const PRECIOUS = Buffer.alloc(MEBIBYTE, "precious");

describe("what takes a test file's name in mid-run is noticed, and keeps every byte", () => {
  const swaps: Readonly<Record<string, (path: string, precious: string) => void>> = {
    "a link": (path, precious) => symlinkSync(precious, path),
    "a second name of another file": (path, precious) => linkSync(precious, path),
    "a file of the same size": (path) => writeFileSync(path, PRECIOUS),
    "a pipe": (path) => void runTool("mkfifo", path),
    "a directory": (path) => mkdirSync(path),
    "a directory's link in the directory's place": (path, precious) => {
      const directory = join(path, "..");
      renameSync(directory, `${directory}.moved`);
      onTestFinished(() => renameSync(`${directory}.moved`, directory));
      symlinkSync(join(precious, ".."), directory);
      onTestFinished(() => void runTool("rm", directory));
    },
  };

  test.each(Object.entries(swaps))("%s", async (_, swap) => {
    const [directory, elsewhere] = [temporaryDirectory(onTestFinished), temporaryDirectory(onTestFinished)];
    const [path, precious] = [join(directory, "x.dat"), join(elsewhere, "x.dat")];
    writeFileSync(precious, PRECIOUS);
    const ready = await prepare({ path });
    renameSync(path, `${path}.moved`);
    swap(path, precious);
    expect(ready.verifyUnchanged()).toMatchObject({ code: "TARGET_CHANGED" });
    expect(failureOf(() => ready.release({ remove: true })).what).toContain("The test file was not removed");
    expect(readFileSync(precious).equals(PRECIOUS)).toBe(true);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4"], "a file below a loop device", () => {
  const names: Readonly<Record<string, (path: string) => string>> = {
    "a bind mount": (path) => {
      const bound = join(temporaryDirectory(onTestFinished), "bound");
      writeFileSync(bound, "");
      runTool("mount", "--bind", path, bound);
      onTestFinished(() => void runTool("umount", bound));
      return bound;
    },
    "an open descriptor": (path) => {
      const descriptor = openSync(path, "r+");
      onTestFinished(() => closeSync(descriptor));
      return `/proc/self/fd/${descriptor}`;
    },
    "a second name": (path) => {
      linkSync(path, `${path}.second`);
      return `${path}.second`;
    },
  };

  test.each(Object.entries(names))("is not written to by %s, with --force", async (_, nameOf) => {
    const image = join(temporaryDirectory(onTestFinished), "image");
    writeFileSync(image, Buffer.alloc(4 * MEBIBYTE));
    const loop = attachLoop(onTestFinished, image);
    const path = nameOf(image);
    const failure = await failureWithin(prepare({ path, ...AS_IT_IS }, { force: true }));
    expect(failure.what).toContain(`it backs ${loop.name}`);
  });
});

describeWith(["root", "losetup", "mount", "mkfs.ext4", "unshare"], "a disk", () => {
  let serial = 0;
  /** That no other disk here has, so that it can be confirmed. */
  const oddSize = (): number => 48 * MEBIBYTE + 4096 * (1 + (process.pid % 997) + 1000 * serial++);

  function newDisk(): LoopDevice & { readonly identity: string } {
    const sizeBytes = oddSize();
    const loop = loopDevice(onTestFinished, { sizeBytes });
    return { ...loop, identity: `${loop.name}:${sizeBytes}` };
  }

  test("that is mounted is refused by another node of it", async () => {
    const disk = newDisk();
    makeFileSystem("ext4", disk.path);
    const directory = mountOn(onTestFinished, disk.path);
    const node = join(temporaryDirectory(onTestFinished), "node");
    runTool("mknod", node, "b", "7", disk.name.replace("loop", ""));
    const failure = await failureWithin(
      prepare({ path: node, ...AS_IT_IS }, { force: true, confirm: [disk.identity] }),
    );
    expect(failure.what).toContain(`${disk.name} is mounted at ${directory}`);
  });

  test("that is mounted is refused in a namespace that does not see the mount", async () => {
    const disk = newDisk();
    makeFileSystem("ext4", disk.path);
    const mounted = mountOn(onTestFinished, disk.path);
    const profile = { name: "p", target: { path: "x" }, jobs: [{ name: "j", operation: "write", ios: 10, warmup: 0 }] };
    const directory = workplace(onTestFinished, { "p.json": profile });
    const words = ["run", "p.json", "--quiet", "--force", "--target", disk.path, "--confirm", disk.identity];
    const prefix = ["unshare", "--mount", "sh", "-c", 'umount "$0" && exec "$@"', mounted];
    const { code, stderr } = await diskbench(onTestFinished, words, { directory, prefix });
    expect(code).toBe(3);
    expect(stderr).toMatch(/This device is in use|Something else holds this device/);
    runTool("fsck.ext4", "-f", "-n", disk.path);
  });

  test("that is detached in mid-run stays the run's: nothing else can be attached in its place", async () => {
    const directory = temporaryDirectory(onTestFinished);
    const [image, other] = [join(directory, "image"), join(directory, "other")];
    const sizeBytes = oddSize();
    writeFileSync(image, Buffer.alloc(sizeBytes));
    writeFileSync(other, PRECIOUS);
    const path = withGlobalLock(() => runTool("losetup", "--find", "--show", image));
    const identity = `${path.replace("/dev/", "")}:${sizeBytes}`;
    // Detached whatever happens: at once where nobody holds it.
    const prepared = prepare({ path, ...AS_IT_IS }, { confirm: [identity] });
    const ready = await prepared.finally(() => runTool("losetup", "--detach", path));
    onTestFinished(() => ready.release({ remove: true }));
    expect(spawnSync("losetup", [path, other], { encoding: "utf8" }).stderr).toMatch(/busy/);
    expect(ready.verifyUnchanged()).toBeNull();
    expect(readFileSync(other).equals(PRECIOUS)).toBe(true);
  });

  test("that grows in mid-run has changed", async () => {
    const disk = newDisk();
    const ready = await prepare({ path: disk.path, ...AS_IT_IS }, { confirm: [disk.identity] });
    truncateSync(disk.backingFile, 64 * MEBIBYTE);
    runTool("losetup", "--set-capacity", disk.path);
    expect(ready.verifyUnchanged()).toMatchObject({ code: "TARGET_CHANGED" });
    ready.release({ remove: true });
  });
});

describeWith(["root"], "marks of another user", () => {
  test("beside a file, and a draft of one, are not believed and not touched", async () => {
    const directory = temporaryDirectory(onTestFinished);
    const path = join(directory, "x.dat");
    writeFileSync(path, PRECIOUS);
    const { identity } = linuxPlatform.files.status(path) ?? {};
    const mark = { tool: "diskbench", version: 2, state: "ready", sizeBytes: MEBIBYTE, fill: "random" };
    const text = JSON.stringify({
      ...mark,
      preallocate: "fill",
      kept: true,
      createdAt: "",
      identity,
      ownerId: 0,
      changedAtNs: null,
    });
    for (const name of [".x.dat.diskbench", ".x.dat.diskbench.new"]) {
      writeFileSync(join(directory, name), text);
      runTool("chown", "65534:65534", join(directory, name));
    }
    const without = {
      ...linuxPlatform,
      files: { ...linuxPlatform.files, writeMark: () => false, readMark: () => null },
    };
    expect(describeTarget(without, path, "/")).toMatchObject({ ours: false });
    expect(readdirSync(directory)).toHaveLength(3);
    // The same marks, were they root's, would be believed: this is what the test is about.
    runTool("chown", "0:0", join(directory, ".x.dat.diskbench"));
    expect(describeTarget(without, path, "/")).toMatchObject({ ours: true });
  });
});

describe("many at once", () => {
  const profile = (path: string, job: object): object => ({
    name: "many",
    rounds: 1,
    target: { path, size: "8MiB" },
    defaults: { blockSize: "4KiB", duration: "1s", warmup: 0 },
    jobs: [{ name: "j", ...job }],
  });

  test(
    "of three runs on one file one goes on, and the others name it",
    async () => {
      const target = join(workplace(onTestFinished), "x.dat");
      const document = profile(target, { method: "pwrite", duration: "4s" });
      const first = start(onTestFinished, ["run", "p.json"], {
        directory: workplace(onTestFinished, { "p.json": document }),
      });
      await first.says(/measure/);
      const others = await Promise.all(
        [1, 2].map(() => {
          const directory = workplace(onTestFinished, { "p.json": document });
          return diskbench(onTestFinished, ["run", "p.json", "--quiet"], { directory });
        }),
      );
      for (const { code, stderr } of others) {
        expect(code).toBe(3);
        expect(stderr).toContain(`process ${first.processId} (`);
      }
      expect(await first.ended).toMatchObject({ code: 0 });
    },
    PATIENCE_MS,
  );

  test("fifty results of one second have fifty names, and no draft is left", () => {
    const directory = join(temporaryDirectory(onTestFinished), "results");
    const paths = Array.from({ length: 50 }, (_, run) =>
      createResultFile(linuxPlatform.files, directory, new Date(0), "p", String(run)),
    );
    expect(new Set(paths).size).toBe(50);
    expect(paths.map((path) => readFileSync(path, "utf8"))).toEqual(paths.map((_, run) => String(run)));
    expect(readdirSync(directory)).toHaveLength(50);
  });
});

describeWith(["root", "unshare"], "three containers with one results folder", () => {
  test(
    "all come to their ends, each with a result, and leave no draft",
    async () => {
      const document = { name: "p", rounds: 3, jobs: [{ name: "j", method: "null", duration: "100ms", warmup: 0 }] };
      const directory = workplace(onTestFinished, { "p.json": document });
      const prefix = ["unshare", "--pid", "--fork", "--mount-proc"];
      const ended = await Promise.all(
        [1, 2, 3].map(() => diskbench(onTestFinished, ["run", "p.json", "--quiet"], { directory, prefix })),
      );
      expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
      const names = readdirSync(join(directory, "results"));
      expect(names.filter((name) => name.endsWith(".json"))).toHaveLength(3);
      expect(names).toHaveLength(3);
    },
    PATIENCE_MS,
  );
});

test(
  "nothing of the environment stands in a result, and what the processes share has no name that could stay",
  async () => {
    const job = { name: "j", method: "null", duration: "1500ms", warmup: 0 };
    const directory = workplace(onTestFinished, { "p.json": { name: "p", rounds: 1, jobs: [job] } });
    const environment = { DISKBENCH_TOKEN: "s3cret-of-the-environment" };
    const command = start(onTestFinished, ["run", "p.json"], { directory, environment });
    await command.says(/measure/);
    const shared = (): string => readFileSync(`/proc/${command.engineId}/maps`, "utf8");
    await until("what they share is mapped", () => shared().includes("/memfd:diskbench"));
    expect(shared()).not.toContain("/dev/shm");
    expect(await command.ended).toMatchObject({ code: 0 });
    const [name = ""] = readdirSync(join(directory, "results"));
    expect(readFileSync(join(directory, "results", name), "utf8")).not.toContain("s3cret");
  },
  PATIENCE_MS,
);
