// Which files count as diskbench's own.

import { PLAIN_OPEN } from "../../src/platform/plain-open.ts";
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseMark, type Mark } from "../../src/machine/mark.ts";
import type { Files, OpenFile } from "../../src/platform/platform.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { foundMark, sidecarPath, validMark } from "../support/marks.ts";
import { temporaryDirectory } from "../support/places.ts";
import { runTool } from "../support/requirements.ts";

const { files } = linuxPlatform;
// A file system without room for attributes.
const withoutAttributes: Files = { ...files, writeMark: () => false, readMark: () => null };

const MARK: Mark = {
  tool: "diskbench",
  version: 2,
  state: "ready",
  sizeBytes: 5,
  fill: "random",
  preallocate: "fill",
  kept: false,
  createdAt: "2026-11-20T23:45:44.000Z",
  identity: { device: "8:1", inode: "12", birthTimeNs: "1" },
  ownerId: 0,
  changedAtNs: null,
};

/** The same, as diskbench would write it for `file`. */
function markFor(file: OpenFile, more: Partial<Mark> = {}): Mark {
  const { identity, ownerId } = files.detailsOf(file);
  return { ...MARK, identity, ownerId, ...more };
}

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
    JSON.stringify({ ...MARK, version: 1 }),
    JSON.stringify({ ...MARK, state: "full" }),
    JSON.stringify({ ...MARK, sizeBytes: "5" }),
    JSON.stringify({ ...MARK, fill: "ones" }),
    JSON.stringify({ ...MARK, preallocate: 1 }),
    JSON.stringify({ ...MARK, kept: "no" }),
    JSON.stringify({ ...MARK, createdAt: undefined }),
    JSON.stringify({ ...MARK, ownerId: "0" }),
    JSON.stringify({ ...MARK, changedAtNs: 1 }),
  ])("and not when it is %s", (text) => {
    expect(parseMark(text)).toBeNull();
  });

  test.each([null, {}, { device: 1, inode: "2", birthTimeNs: null }, { device: "1", inode: "2" }])(
    "it must say whose it is, not %j",
    (identity) => {
      expect(parseMark(JSON.stringify({ ...MARK, identity }))).toBeNull();
    },
  );
});

function openMarked(mark: Partial<Mark>): OpenFile {
  const file = openNew();
  files.writeMark(file, JSON.stringify(markFor(file, mark)));
  return file;
}

describe("a file with a mark in an attribute", () => {
  test("is ours, under whatever name", () => {
    const file = openMarked({});
    expect(validMark(files, file)).toEqual({ mark: markFor(file), place: "attribute", objection: null });
    renameSync(file.path, `${file.path}-renamed`);
    expect(validMark(files, file)?.mark).toEqual(markFor(file));
  });

  test("is no longer ours when something of another size was copied over it", () => {
    const file = openMarked({});
    truncateSync(file.path, 4);
    expect(validMark(files, file)).toBeNull();
    expect(foundMark(files, file)?.objection).toBe("its size is another than it was");
  });

  test("is ours at any smaller size while it is filled", () => {
    const file = openMarked({ state: "filling" });
    truncateSync(file.path, 0);
    expect(validMark(files, file)?.mark.state).toBe("filling");
    truncateSync(file.path, 6);
    expect(validMark(files, file)).toBeNull();
  });

  test("is not ours when the attribute is not a mark, whatever lies beside it", () => {
    const file = openNew();
    files.writeMark(file, "something else");
    const { identity } = files.statusOf(file);
    writeFileSync(sidecarPath(file.path), JSON.stringify({ ...markFor(file), identity }));
    expect(validMark(files, file)).toBeNull();
  });
});

const writeSidecar = (file: OpenFile, more: object = {}): void => {
  writeFileSync(sidecarPath(file.path), JSON.stringify({ ...markFor(file), ...more }));
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
    expect(validMark(withoutAttributes, file)).toMatchObject({ mark: markFor(file), place: "sidecar" });
  });

  test("is not ours when the sidecar is that of a file that stood there before", () => {
    const file = openNew();
    writeSidecar(file);
    renameSync(file.path, `${file.path}-old`);
    writeFileSync(file.path, "54321");
    const successor = files.open(file.path, PLAIN_OPEN);
    onTestFinished(() => files.close(successor));
    expect(validMark(withoutAttributes, successor)).toBeNull();
  });

  test("must have exactly the size where there is no birth time, even while it is filled", () => {
    const timeless: Files = {
      ...withoutAttributes,
      detailsOf: (file) => {
        const details = files.detailsOf(file);
        return { ...details, identity: { ...details.identity, birthTimeNs: null } };
      },
    };
    const file = openNew("1234");
    const identity = timeless.detailsOf(file).identity;
    writeSidecar(file, { state: "filling", identity });
    expect(validMark(timeless, file)).toBeNull();
    writeSidecar(file, { state: "filling", identity, sizeBytes: 4 });
    expect(validMark(timeless, file)).not.toBeNull();
  });

  test.runIf(process.geteuid?.() === 0)("is not ours on the word of another user, who may make files there too", () => {
    const file = openNew();
    writeSidecar(file);
    chownSync(sidecarPath(file.path), 65534, 65534);
    expect(validMark(files, file)).toBeNull();
    chownSync(sidecarPath(file.path), 0, 0);
    expect(validMark(files, file)).not.toBeNull();
  });

  test("is not ours when the sidecar is a link to one, or a pipe that nobody writes into", () => {
    const file = openNew();
    writeSidecar(file);
    renameSync(sidecarPath(file.path), `${file.path}-mark`);
    symlinkSync(`${file.path}-mark`, sidecarPath(file.path));
    expect(validMark(files, file)).toBeNull();
    rmSync(sidecarPath(file.path));
    runTool("mkfifo", sidecarPath(file.path));
    expect(validMark(files, file)).toBeNull();
  });

  test("is not ours when the sidecar is gone or is no file", () => {
    const file = openNew();
    expect(validMark(withoutAttributes, file)).toBeNull();
    mkdirSync(sidecarPath(file.path));
    expect(validMark(withoutAttributes, file)).toBeNull();
    rmSync(sidecarPath(file.path), { recursive: true });
  });
});

describe("a mark that is there all the same does not count", () => {
  const isRoot = process.geteuid?.() === 0;

  /** A file that diskbench has let go of. */
  function kept(): OpenFile {
    const file = openNew();
    files.writeMark(file, JSON.stringify(markFor(file, { changedAtNs: files.detailsOf(file).changedAtNs })));
    return file;
  }

  function objectionTo(path: string): string | null | undefined {
    const file = files.open(path, PLAIN_OPEN);
    try {
      return foundMark(files, file)?.objection;
    } finally {
      files.close(file);
    }
  }

  test("once somebody has written to the file, without changing its size", () => {
    const { path } = kept();
    expect(objectionTo(path)).toBeNull();
    writeFileSync(path, "54321", { flag: "r+" });
    expect(objectionTo(path)).toBe("it has been written to since diskbench let go of it");
  });

  test("on a copy, which takes it along", () => {
    const { path } = kept();
    runTool("cp", "-a", path, `${path}-copy`);
    expect(objectionTo(`${path}-copy`)).toBe("it is a copy of the file that was marked");
  });

  test("where others may write to the file, and so to its mark", () => {
    const { path } = kept();
    chmodSync(path, 0o646);
    expect(objectionTo(path)).toBe("others may write to it (mode 0646)");
    chmodSync(path, 0o664);
    expect(objectionTo(path)).toBe("others may write to it (mode 0664)");
  });

  test.runIf(isRoot)("on another user's file, whatever it says, also when it is given back", () => {
    const { path } = kept();
    chownSync(path, 65534, 65534);
    expect(objectionTo(path)).toBe("it belongs to another user (user id 65534)");
    const file = files.open(path, PLAIN_OPEN);
    files.writeMark(file, JSON.stringify(markFor(file)));
    files.close(file);
    chownSync(path, 0, 0);
    expect(objectionTo(path)).toBe("its owner is another than it was");
  });

  test("beside a file whose sidecar others may write to", () => {
    const file = openNew();
    writeSidecar(file);
    chmodSync(sidecarPath(file.path), 0o666);
    expect(foundMark(withoutAttributes, file)).toBeNull();
  });
});
