// The control plane's file work in a temporary directory, as every user has one.

import { PLAIN_OPEN } from "../../../src/platform/plain-open.ts";
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFiles } from "../../../src/platform/linux/file.ts";
import { lookInPlaces } from "../../../src/platform/linux/page-cache.ts";
import type { OpenFile, OpenOptions } from "../../../src/platform/platform.ts";
import { failureOf } from "../../support/failures.ts";
import { temporaryDirectory } from "../../support/places.ts";

const files = createFiles();

function open(path: string, options: Partial<OpenOptions> = {}): OpenFile {
  const file = files.open(path, { ...PLAIN_OPEN, access: "read-write", ...options });
  onTestFinished(() => files.close(file));
  return file;
}

function create(path: string): OpenFile {
  const directory = files.hold(dirname(path), "own");
  try {
    const file = directory.create(basename(path), 0o644);
    onTestFinished(() => files.close(file));
    return file;
  } finally {
    directory.close();
  }
}

const newPath = (): string => join(temporaryDirectory(onTestFinished), "x.dat");

describe("open", () => {
  test("creates only what is not there", () => {
    const path = newPath();
    create(path);
    expect(failureOf(() => create(path))).toMatchObject({
      code: "TARGET_UNUSABLE",
      where: path,
      system: { call: "openat", code: 17, name: "EEXIST" },
    });
  });

  test("never creates what must be there", () => {
    const path = newPath();
    expect(failureOf(() => open(path)).system?.name).toBe("ENOENT");
    expect(files.status(path)).toBeNull();
  });

  test("does not follow a link to create a file", () => {
    const path = newPath();
    symlinkSync(`${path}-elsewhere`, path);
    expect(failureOf(() => create(path)).system?.name).toBe("EEXIST");
    expect(files.status(`${path}-elsewhere`)).toBeNull();
  });

  test("leaves what is in a file alone", () => {
    const path = newPath();
    writeFileSync(path, "content");
    open(path);
    expect(readFileSync(path, "utf8")).toBe("content");
  });

  test("is not inherited by programs that are started", () => {
    const file = create(newPath());
    const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${file.handle}`, "utf8"))?.[1] ?? "0";
    expect(Number.parseInt(flags, 8) & 0o2000000).not.toBe(0);
  });

  test.each([
    [{ writeThrough: true }, 0o10000],
    [{ access: "read" }, 0],
    [{ access: "write" }, 1],
  ] as const)("passes %j on to the system", (options, wanted) => {
    const path = newPath();
    create(path);
    const file = open(path, options);
    const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${file.handle}`, "utf8"))?.[1] ?? "0";
    expect(Number.parseInt(flags, 8) & (0o10000 | 3) & (wanted === 0o10000 ? 0o10000 : 3)).toBe(wanted);
  });

  test("takes names of any kind", () => {
    const path = join(temporaryDirectory(onTestFinished), "a b & 'c' é 漢.dat");
    create(path);
    expect(statSync(path).isFile()).toBe(true);
  });

  test("names O_DIRECT and the way out where it is refused", () => {
    // procfs has no direct I/O.
    const failure = failureOf(() => open(realpathSync("/proc/self/comm"), { access: "read", caching: "unbuffered" }));
    expect(failure.next).toContain("caching: buffered");
    expect(failure.system?.name).toBe("EINVAL");
  });
});

describe("read", () => {
  test("says which file the system will not read", () => {
    const path = newPath();
    writeFileSync(path, "content");
    const file = open(path, { access: "write" });
    expect(failureOf(() => files.read(file, 7))).toMatchObject({
      code: "TARGET_UNUSABLE",
      where: path,
      what: "It cannot be read",
      system: { call: "pread", name: "EBADF" },
    });
  });

  test("gives no more than there is", () => {
    const path = newPath();
    writeFileSync(path, "content");
    expect(Buffer.from(files.read(open(path), 100)).toString()).toBe("content");
  });
});

describe("status", () => {
  test("is null for what is not there, also below a file", () => {
    const path = newPath();
    create(path);
    expect(files.status(`${path}-not`)).toBeNull();
    expect(files.status(`${path}/below`)).toBeNull();
  });

  test("tells kinds apart, in words", async () => {
    const directory = temporaryDirectory(onTestFinished);
    const socket = join(directory, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    expect(files.status(directory)).toMatchObject({ kind: "directory", kindText: "a directory" });
    expect(files.status(socket)).toMatchObject({ kind: "other", kindText: "a socket" });
    expect(files.status("/dev/null")).toMatchObject({ kind: "other", kindText: "a character device" });
  });

  test("identifies a file whatever its name, and tells it from the next one", () => {
    const path = newPath();
    const file = create(path);
    linkSync(path, `${path}-second-name`);
    const { identity } = files.statusOf(file);
    expect(files.status(`${path}-second-name`)?.identity).toEqual(identity);
    const other = create(`${path}-other`);
    expect(files.statusOf(other).identity).not.toEqual(identity);
    expect(identity.inode).toBe(String(statSync(path, { bigint: true }).ino));
  });
});

describe("sizes", () => {
  test("go beyond 2^32", () => {
    const path = newPath();
    const file = create(path);
    const sizeBytes = 5 * 2 ** 30 + 12345;
    files.resize(file, sizeBytes);
    expect(files.statusOf(file)).toMatchObject({ sizeBytes, allocatedBytes: 0 });
    expect(files.status(path)?.sizeBytes).toBe(sizeBytes);
    expect(files.allocation(file, sizeBytes)).toMatchObject({ writtenBytes: 0, holeBytes: sizeBytes, extents: 0 });
    expect(files.cachedBytes(file, sizeBytes)).toBe(0);
  });

  test("that nothing can hold are errors with the system's code", () => {
    const file = create(newPath());
    expect(failureOf(() => files.resize(file, 2 ** 62)).system).toMatchObject({ call: "ftruncate", name: "EFBIG" });
  });

  test("more than is free is NO_SPACE, and says so", () => {
    const file = create(join(temporaryDirectory(onTestFinished, { onTmpfs: true }), "x.dat"));
    expect(failureOf(() => files.reserve(file, 2 ** 45))).toMatchObject({
      code: "NO_SPACE",
      cause: expect.stringMatching(/full/),
    });
  });
});

test("valid data cannot be declared on Linux", () => {
  const file = create(newPath());
  expect(failureOf(() => files.declareValid(file, 4096))).toMatchObject({ code: "UNSUPPORTED", where: file.path });
});

test("a lock keeps others out until it is given up", () => {
  const path = newPath();
  create(path);
  const first = files.open(path, PLAIN_OPEN);
  const second = open(path);
  expect(files.lock(first)).toBe(true);
  expect(files.lock(second)).toBe(false);
  files.close(first);
  expect(files.lock(second)).toBe(true);
});

function remove(file: OpenFile): boolean {
  const directory = files.hold(dirname(file.path), "none");
  try {
    return directory.remove(file);
  } finally {
    directory.close();
  }
}

describe("remove", () => {
  test("takes the file's name away", () => {
    const path = newPath();
    expect(remove(create(path))).toBe(true);
    expect(files.status(path)).toBeNull();
  });

  test("never touches a file that took its place", () => {
    const path = newPath();
    const file = create(path);
    renameSync(path, `${path}-moved`);
    writeFileSync(path, "precious");
    expect(remove(file)).toBe(false);
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(files.status(`${path}-moved`)).not.toBeNull();
  });

  test("finds nothing to do where the name is gone", () => {
    const path = newPath();
    const file = create(path);
    renameSync(path, `${path}-moved`);
    expect(remove(file)).toBe(false);
  });
});

const createOnTmpfs = (): OpenFile => create(join(temporaryDirectory(onTestFinished, { onTmpfs: true }), "x.dat"));

test("a kernel that does not count what is cached is asked in places, which find what is spread over the file", () => {
  const path = newPath();
  const file = create(path);
  const sizeBytes = 3 * 2 ** 30;
  files.resize(file, sizeBytes);
  expect(lookInPlaces(file, sizeBytes)?.cachedBytes).toBe(0);
  // Every 8 MiB one page is read in: 384 of them, 128 of which lie in the third that is looked at.
  const descriptor = openSync(path, "r");
  for (let at = 0; at < sizeBytes; at += 2 ** 23) readSync(descriptor, Buffer.alloc(1), 0, 1, at);
  closeSync(descriptor);
  const seen = lookInPlaces(file, sizeBytes)?.cachedBytes ?? 0;
  expect(seen).toBeGreaterThanOrEqual(100 * 4096);
  expect(seen).toBeLessThan(files.cachedBytes(file, sizeBytes) ?? 0);
});

describe("on tmpfs", () => {
  test("holes are found by lseek", () => {
    const file = createOnTmpfs();
    writeFileSync(file.path, Buffer.alloc(64 * 1024, 1));
    files.resize(file, 256 * 1024);
    const found = files.allocation(file, 256 * 1024);
    expect(found).toMatchObject({ writtenBytes: 64 * 1024, holeBytes: 192 * 1024, extents: 1, basis: "SEEK_HOLE" });
  });

  test("the system cannot say how to align, and its pages cannot be evicted", () => {
    const file = createOnTmpfs();
    writeFileSync(file.path, Buffer.alloc(64 * 1024, 1));
    expect(files.directIo(file).offsetAlignmentBytes).toBeNull();
    expect(files.evict(file, 64 * 1024).complete).toBe(false);
    expect(files.cachedBytes(file, 64 * 1024)).toBe(64 * 1024);
  });
});

test("a mark is kept outside the data", () => {
  const path = newPath();
  writeFileSync(path, "content");
  const file = open(path);
  expect(files.readMark(file)).toBeNull();
  expect(files.writeMark(file, '{"é":1}')).toBe(true);
  expect(files.writeMark(file, '{"é":2}')).toBe(true);
  expect(files.readMark(file)).toBe('{"é":2}');
  expect(readFileSync(path, "utf8")).toBe("content");
});

test("where there is no room for a mark, that is no error", () => {
  // procfs has no user attributes.
  const file = open(realpathSync("/proc/self/comm"), { access: "read" });
  expect(files.writeMark(file, "{}")).toBe(false);
  expect(files.readMark(file)).toBeNull();
});

test("a directory can be opened and flushed like a file", () => {
  const directory = join(temporaryDirectory(onTestFinished), "d");
  mkdirSync(directory);
  expect(() => files.flush(open(directory, { access: "read" }))).not.toThrow();
});
