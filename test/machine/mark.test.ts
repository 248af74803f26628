// Which files count as diskbench's own.

import { chownSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PLAIN_OPEN } from "../../src/machine/describe-target.ts";
import { findMark, parseMark, parseSidecar, readMark, sidecarPath, type Mark } from "../../src/machine/mark.ts";
import type { Files, OpenFile } from "../../src/platform/platform.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { temporaryDirectory } from "../support/places.ts";
import { runTool } from "../support/requirements.ts";

const { files } = linuxPlatform;
// A file system without room for attributes.
const withoutAttributes: Files = { ...files, writeMark: () => false, readMark: () => null };

const MARK: Mark = {
  tool: "diskbench",
  version: 1,
  state: "ready",
  sizeBytes: 5,
  fill: "random",
  preallocate: "fill",
  kept: false,
  createdAt: "2026-11-20T23:45:44.000Z",
};

function openNew(content = "12345"): OpenFile {
  const path = join(temporaryDirectory(onTestFinished), "x.dat");
  writeFileSync(path, content);
  const file = files.open(path, { ...PLAIN_OPEN, access: "read-write" });
  onTestFinished(() => files.close(file));
  return file;
}

describe("a text is a mark", () => {
  test("when everything in it is as it was written", () => {
    expect(parseMark(JSON.stringify(MARK))).toEqual(MARK);
  });

  test.each([
    "",
    "null",
    "[]",
    "{",
    "{}",
    JSON.stringify({ ...MARK, tool: "fio" }),
    JSON.stringify({ ...MARK, version: 2 }),
    JSON.stringify({ ...MARK, state: "full" }),
    JSON.stringify({ ...MARK, sizeBytes: "5" }),
    JSON.stringify({ ...MARK, fill: "ones" }),
    JSON.stringify({ ...MARK, preallocate: 1 }),
    JSON.stringify({ ...MARK, kept: "no" }),
    JSON.stringify({ ...MARK, createdAt: undefined }),
  ])("and not when it is %s", (text) => {
    expect(parseMark(text)).toBeNull();
  });

  test.each([null, {}, { device: 1, inode: "2", birthTimeNs: null }, { device: "1", inode: "2" }])(
    "a sidecar must say whose it is, not %j",
    (identity) => {
      expect(parseSidecar(JSON.stringify({ ...MARK, identity }))).toBeNull();
    },
  );
});

function openMarked(mark: Partial<Mark>): OpenFile {
  const file = openNew();
  files.writeMark(file, JSON.stringify({ ...MARK, ...mark }));
  return file;
}

describe("a file with a mark in an attribute", () => {
  test("is ours, under whatever name", () => {
    const file = openMarked({});
    expect(readMark(files, file)).toEqual({ mark: MARK, place: "attribute" });
    renameSync(file.path, `${file.path}-renamed`);
    expect(readMark(files, file)?.mark).toEqual(MARK);
  });

  test("is no longer ours when something of another size was copied over it", () => {
    const file = openMarked({});
    truncateSync(file.path, 4);
    expect(readMark(files, file)).toBeNull();
    expect(findMark(files, file)?.mark).toEqual(MARK);
  });

  test("is ours at any smaller size while it is filled", () => {
    const file = openMarked({ state: "filling" });
    truncateSync(file.path, 0);
    expect(readMark(files, file)?.mark.state).toBe("filling");
    truncateSync(file.path, 6);
    expect(readMark(files, file)).toBeNull();
  });

  test("is not ours when the attribute is not a mark, whatever lies beside it", () => {
    const file = openNew();
    files.writeMark(file, "something else");
    const { identity } = files.statusOf(file);
    writeFileSync(sidecarPath(file.path), JSON.stringify({ ...MARK, identity }));
    expect(readMark(files, file)).toBeNull();
  });
});

const writeSidecar = (file: OpenFile, more: object = {}): void => {
  const { identity } = files.statusOf(file);
  writeFileSync(sidecarPath(file.path), JSON.stringify({ ...MARK, identity, ...more }));
};

describe("the name of the file beside it", () => {
  const sidecarName = (name: string): string => basename(sidecarPath(join("/data", name)));

  test("is known from the file's", () => {
    expect(sidecarPath("/data/x.dat")).toBe("/data/.x.dat.diskbench");
    expect(sidecarName("x".repeat(240))).toBe(`.${"x".repeat(240)}.diskbench`);
  });

  test.each(["a", "\u00e9", "\u4e16", "\u{1f600}"])(
    "is one that a file system takes, whatever length of %s",
    (letter) => {
      const longest = Math.floor(255 / Buffer.byteLength(letter));
      const names = Array.from({ length: longest }, (_, index) => sidecarName(letter.repeat(index + 1)));
      for (const name of names) expect(Buffer.byteLength(`${name}.new`)).toBeLessThanOrEqual(255);
      expect(new Set(names).size).toBe(longest);
      expect(names.join("")).not.toContain("\ufffd");
    },
  );

  test("tells long names apart that end differently", () => {
    expect(sidecarName(`${"x".repeat(254)}1`)).not.toBe(sidecarName(`${"x".repeat(254)}2`));
  });
});

describe("a file with a mark beside it", () => {
  test("is ours when the sidecar names this very file", () => {
    const file = openNew();
    writeSidecar(file);
    expect(readMark(withoutAttributes, file)).toMatchObject({ mark: MARK, place: "sidecar" });
  });

  test("is not ours when the sidecar is that of a file that stood there before", () => {
    const file = openNew();
    writeSidecar(file);
    renameSync(file.path, `${file.path}-old`);
    writeFileSync(file.path, "54321");
    const successor = files.open(file.path, PLAIN_OPEN);
    onTestFinished(() => files.close(successor));
    expect(readMark(withoutAttributes, successor)).toBeNull();
  });

  test("must have exactly the size where there is no birth time, even while it is filled", () => {
    const timeless: Files = {
      ...withoutAttributes,
      statusOf: (file) => {
        const status = files.statusOf(file);
        return { ...status, identity: { ...status.identity, birthTimeNs: null } };
      },
    };
    const file = openNew("1234");
    const identity = timeless.statusOf(file).identity;
    writeSidecar(file, { state: "filling", identity });
    expect(readMark(timeless, file)).toBeNull();
    writeSidecar(file, { state: "filling", identity, sizeBytes: 4 });
    expect(readMark(timeless, file)).not.toBeNull();
  });

  test.runIf(process.geteuid?.() === 0)("is not ours on the word of another user, who may make files there too", () => {
    const file = openNew();
    writeSidecar(file);
    chownSync(sidecarPath(file.path), 65534, 65534);
    expect(readMark(files, file)).toBeNull();
    chownSync(sidecarPath(file.path), 0, 0);
    expect(readMark(files, file)).not.toBeNull();
  });

  test("is not ours when the sidecar is a link to one, or a pipe that nobody writes into", () => {
    const file = openNew();
    writeSidecar(file);
    renameSync(sidecarPath(file.path), `${file.path}-mark`);
    symlinkSync(`${file.path}-mark`, sidecarPath(file.path));
    expect(readMark(files, file)).toBeNull();
    rmSync(sidecarPath(file.path));
    runTool("mkfifo", sidecarPath(file.path));
    expect(readMark(files, file)).toBeNull();
  });

  test("is not ours when the sidecar is gone or is no file", () => {
    const file = openNew();
    expect(readMark(withoutAttributes, file)).toBeNull();
    mkdirSync(sidecarPath(file.path));
    expect(readMark(withoutAttributes, file)).toBeNull();
    rmSync(sidecarPath(file.path), { recursive: true });
  });
});
