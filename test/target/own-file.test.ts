// The life of a file of diskbench's own: made, filled, proved, marked, locked, used again, removed.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Mark } from "../../src/machine/mark.ts";
import type { ReadyTarget } from "../../src/target/ready-target.ts";
import { failureWithin } from "../support/failures.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { foundMark } from "../support/marks.ts";
import { temporaryDirectory } from "../support/places.ts";
import { fillCompletely, MEBIBYTE, planFor, prepare, rememberingFill } from "./fixture.ts";
import { prepareTarget } from "../../src/target/prepare.ts";

const newPath = (): string => join(temporaryDirectory(onTestFinished), "x.dat");
const REMOVE = { remove: true };
const KEEP = { remove: false };

function markOf(path: string): Mark | null {
  const file = linuxPlatform.files.open(path, PLAIN_OPEN);
  try {
    return foundMark(linuxPlatform.files, file)?.mark ?? null;
  } finally {
    linuxPlatform.files.close(file);
  }
}

/** Leaves a file behind as a run with --keep does. */
async function leaveBehind(path: string, wish: Parameters<typeof prepare>[0] = { path }): Promise<void> {
  (await prepare(wish, { keep: true })).release(KEEP);
}

describe("a new file", () => {
  test("is filled, proved, marked and gone when it is released", async () => {
    const path = newPath();
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path, sizeBytes: 3 * MEBIBYTE + 4096 }, {}, fill);
    const sizeBytes = 3 * MEBIBYTE + 4096;
    expect(requests).toMatchObject([{ targetIndex: 0, path, sizeBytes, kind: "random" }]);
    expect(ready).toMatchObject({
      path,
      sizeBytes,
      created: true,
      reused: false,
      unbufferedBasis: null,
      mark: "extended attribute user.diskbench",
      notices: [],
      allocation: { writtenBytes: sizeBytes, unwrittenBytes: 0, holeBytes: 0, basis: "FIEMAP" },
    });
    expect(markOf(path)).toMatchObject({ state: "ready", sizeBytes, fill: "random", preallocate: "fill", kept: false });
    expect(ready.verifyUnchanged()).toBeNull();
    ready.release(REMOVE);
    ready.release(REMOVE);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("starts cold", async () => {
    const path = newPath();
    const ready = await prepare({ path });
    expect(ready.cold).toBe(true);
    ready.release(REMOVE);
  });

  test("has its space reserved, and says so in its mark, before it is filled", async () => {
    const path = newPath();
    let seen: { mark: Mark | null; sizeBytes: number; reserved: boolean } | null = null;
    const ready = await prepare({ path }, {}, async (request) => {
      const { size: sizeBytes, blocks } = statSync(path);
      seen = { mark: markOf(path), sizeBytes, reserved: blocks * 512 >= sizeBytes };
      await fillCompletely(request);
    });
    expect(seen).toMatchObject({ mark: { state: "filling" }, sizeBytes: MEBIBYTE, reserved: true });
    ready.release(REMOVE);
  });

  test("of holes only is one resize", async () => {
    const path = newPath();
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path, preallocate: "extend" }, {}, fill);
    expect(requests).toEqual([]);
    expect(ready.allocation).toMatchObject({ holeBytes: MEBIBYTE, writtenBytes: 0 });
    ready.release(REMOVE);
  });

  test("can be unbuffered where the file system can, which is proved", async () => {
    const path = newPath();
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path, caching: "unbuffered" }, {}, fill);
    expect(ready.unbufferedBasis).toMatch(/STATX_DIOALIGN|mincore/);
    expect(requests[0]?.unbuffered).toBe(true);
    ready.release(REMOVE);
  });

  test("is not made at all for methods without a medium", async () => {
    const path = newPath();
    const ready = await prepare({ path, backend: "null" }, {}, () => Promise.reject(new Error("filled all the same")));
    expect(ready).toMatchObject({ path, created: false, allocation: null, mark: null, cold: null });
    expect(existsSync(path)).toBe(false);
    expect(ready.verifyUnchanged()).toBeNull();
    ready.release(REMOVE);
  });
});

describe("when making it fails, nothing stays behind", () => {
  test("because the fill fails", async () => {
    const path = newPath();
    const interrupted = new Error("interrupted");
    await expect(prepare({ path }, { keep: true }, () => Promise.reject(interrupted))).rejects.toBe(interrupted);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("because the fill leaves a part out", async () => {
    const path = newPath();
    const failure = await failureWithin(
      prepare({ path }, {}, (request) => fillCompletely({ ...request, sizeBytes: MEBIBYTE - 65536 })),
    );
    expect(failure).toMatchObject({ code: "TARGET_CHANGED", where: path });
    expect(failure.what).toContain("64.0 KiB of it are still not written");
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("because there is no space", async () => {
    const path = join(temporaryDirectory(onTestFinished, { onTmpfs: true }), "x.dat");
    const failure = await failureWithin(prepare({ path, sizeBytes: 2 ** 45 }));
    expect(failure).toMatchObject({ code: "NO_SPACE", where: path });
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("because something has appeared there since", async () => {
    const path = newPath();
    const plan = planFor([{ path }]);
    writeFileSync(path, "precious");
    const [planned] = plan.targets;
    if (planned === undefined) throw new Error("no target");
    const options = { keep: false, force: true, confirm: [] };
    const failure = await failureWithin(prepareTarget(linuxPlatform, planned, plan, options, fillCompletely));
    expect(failure.what).toBe("It exists and is not diskbench's own");
    expect(readFileSync(path, "utf8")).toBe("precious");
  });
});

describe("two runs on one target", () => {
  test("exclude each other", async () => {
    const path = newPath();
    const first = await prepare({ path });
    const failure = await failureWithin(prepare({ path }));
    expect(failure).toMatchObject({ code: "TARGET_UNUSABLE", where: path, what: "Another diskbench run is using it" });
    expect(first.verifyUnchanged()).toBeNull();
    first.release(REMOVE);
    const second = await prepare({ path });
    second.release(REMOVE);
  });

  test("exclude each other by whatever name", async () => {
    const path = newPath();
    const first = await prepare({ path });
    symlinkSync(path, `${path}-link`);
    linkSync(path, `${path}-hard`);
    expect((await failureWithin(prepare({ path: `${path}-link` }))).what).toBe("Another diskbench run is using it");
    expect((await failureWithin(prepare({ path: `${path}-hard` }))).what).toBe("Another diskbench run is using it");
    first.release(REMOVE);
  });
});

describe("a file that was kept", () => {
  test("is used again as it is when it fits", async () => {
    const path = newPath();
    await leaveBehind(path);
    expect(markOf(path)?.kept).toBe(true);
    const content = readFileSync(path);
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path, caching: "unbuffered" }, { keep: true }, fill);
    expect(ready).toMatchObject({ created: false, reused: true, notices: [], cold: true });
    expect(requests).toEqual([]);
    expect(readFileSync(path).equals(content)).toBe(true);
    ready.release(KEEP);
    expect(markOf(path)).toMatchObject({ state: "ready", kept: true });
  });

  test.each([
    ["of another size", { sizeBytes: 2 * MEBIBYTE }],
    ["with other contents", { fill: "zero" }],
    ["of holes", { preallocate: "extend" }],
  ] as const)("is made anew when one %s is wanted", async (_, wish) => {
    const path = newPath();
    await leaveBehind(path);
    const { ino } = statSync(path, { bigint: true });
    linkSync(path, `${path}-old`);
    const ready = await prepare({ path, ...wish });
    expect(ready).toMatchObject({ created: true, reused: false });
    expect(ready.notices).toEqual([`${path} was kept for other settings and is made anew`]);
    expect(statSync(path, { bigint: true }).ino).not.toBe(ino);
    ready.release(REMOVE);
  });

  test("is filled with zeros again, because timed writes have left random bytes in it", async () => {
    const path = newPath();
    await leaveBehind(path, { path, fill: "zero" });
    expect((await prepare({ path, fill: "zero" }).then(released)).created).toBe(true);
  });

  test("is nobody's to overwrite once somebody has worked on it, were it only a hole of the same size", async () => {
    const path = newPath();
    await leaveBehind(path);
    truncateSync(path, MEBIBYTE - 65536);
    truncateSync(path, MEBIBYTE);
    const content = readFileSync(path);
    expect(planFor([{ path }]).targets[0]).toMatchObject({
      kind: "existing-file",
      facts: { ours: false, objection: "it has been written to since diskbench let go of it" },
    });
    expect((await failureWithin(prepare({ path }))).what).toContain("It exists and is not diskbench's own");
    (await prepare({ path, written: false })).release(REMOVE);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test("is taken as it is where that is asked for", async () => {
    const path = newPath();
    await leaveBehind(path);
    const wish = { path, preallocate: "none", fill: "none", sizeBytes: 65536 } as const;
    expect(await prepare(wish).then(released)).toMatchObject({ reused: true, sizeBytes: 65536 });
  });
});

function released(ready: ReadyTarget): ReadyTarget {
  ready.release(REMOVE);
  return ready;
}

describe("a file that a killed run left behind", () => {
  test("is used again when it was ready, and that is said", async () => {
    const path = newPath();
    // Released without removal is what remains after SIGKILL: the lock is gone, the mark says that nobody kept it.
    (await prepare({ path })).release(KEEP);
    const ready = await prepare({ path }).then(released);
    expect(ready.reused).toBe(true);
    expect(ready.notices.join()).toContain("was left behind by a run that was ended from outside; it fits");
    expect(existsSync(path)).toBe(false);
  });

  test("is never taken for full when it was still being filled", async () => {
    const path = newPath();
    (await prepare({ path })).release(KEEP);
    const file = linuxPlatform.files.open(path, PLAIN_OPEN);
    linuxPlatform.files.writeMark(file, JSON.stringify({ ...markOf(path), state: "filling" }));
    linuxPlatform.files.close(file);
    const { fill, requests } = rememberingFill();
    const ready = await prepare({ path }, {}, fill).then(released);
    expect(ready).toMatchObject({ created: true, reused: false });
    expect(ready.notices.join()).toContain("is made anew");
    expect(requests).toHaveLength(1);
  });
});
