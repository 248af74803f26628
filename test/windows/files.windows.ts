// The control plane's file work on a real Windows, or what Wine makes of it.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import type { OpenFile, OpenOptions } from "../../src/platform/platform.ts";
import { claimDevice } from "../../src/platform/win32/device-claim.ts";
import { loadWin32 } from "../../src/platform/win32/kernel32.ts";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";
import { temporaryDirectory } from "./temporary.ts";

const { files, volumes, describeError } = createPlatform();
const directory = temporaryDirectory("files");
const PLAIN: OpenOptions = {
  access: "read-write",
  caching: "buffered",
  writeThrough: false,
  overlapped: false,
  accessOrder: null,
  exclusive: false,
};

function remove(file: OpenFile): boolean {
  const held = files.hold(dirname(file.path), "own");
  try {
    return held.remove(file);
  } finally {
    held.close();
  }
}

function create(path: string): OpenFile {
  const held = files.hold(dirname(path), "own");
  try {
    return held.create(basename(path), 0o644);
  } finally {
    held.close();
  }
}

let made = 0;

function withFile(options: Partial<OpenOptions>, use: (file: OpenFile) => void): void {
  const path = join(directory, `${(made += 1)}.dat`);
  writeFileSync(path, Buffer.alloc(65536, 1));
  const file = files.open(path, { ...PLAIN, ...options });
  try {
    use(file);
  } finally {
    files.close(file);
  }
}

function codeOf(run: () => unknown): string | undefined {
  let name: string | undefined;
  assert.throws(run, (thrown) => {
    name = thrown instanceof DiskbenchError ? thrown.failures[0].system?.name : undefined;
    return true;
  });
  return name;
}

// Quotation marks are not allowed in names on Windows; apostrophes are.
for (const name of ["with spaces & 'quotes' % ^ !", "é è ü", "漢字かな", "🙂", "long".repeat(40)]) {
  void test(`a path with ${name.slice(0, 30)} works`, () => {
    const folder = join(directory, name, name);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.dat`);
    const file = create(path);
    files.resize(file, 8192);
    assert.equal(file.path, path);
    assert.deepEqual(readdirSync(folder), [`${name}.dat`]);
    assert.equal(files.status(path)?.sizeBytes, 8192);
    assert.equal(remove(file), true);
    files.close(file);
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(files.status(path), null);
  });
}

void test("errors are named as Windows names them", () => {
  const missing = join(directory, "missing.dat");
  assert.equal(
    codeOf(() => files.open(missing, PLAIN)),
    "ERROR_FILE_NOT_FOUND",
  );
  assert.equal(
    codeOf(() => files.open(join(directory, "no", "file.dat"), PLAIN)),
    "ERROR_PATH_NOT_FOUND",
  );
  assert.equal(
    codeOf(() => create(join(directory, "a<b.dat"))),
    "ERROR_INVALID_NAME",
  );
  withFile({}, ({ path }) => {
    assert.equal(
      codeOf(() => create(path)),
      "ERROR_FILE_EXISTS",
    );
  });
  const { name, text } = describeError("ReadFile", 5);
  assert.equal(name, "ERROR_ACCESS_DENIED");
  assert.ok(text.length > 3 && !/[.\r\n]$/.test(text), text);
});

void test("a file's identity is the same through every handle and after a rename, another file's is another", () => {
  withFile({}, (file) => {
    const { identity } = files.statusOf(file);
    assert.deepEqual(files.status(file.path)?.identity, identity);
    const renamed = `${file.path}.renamed`;
    renameSync(file.path, renamed);
    assert.deepEqual(files.status(renamed)?.identity, identity);
    writeFileSync(renamed, "changed");
    assert.deepEqual(files.status(renamed)?.identity, identity);
    withFile({}, (other) => assert.notDeepEqual(files.statusOf(other).identity, identity));
  });
});

void test("a name that leads to another file is not removed", () => {
  withFile({}, (file) => {
    renameSync(file.path, `${file.path}.moved`);
    writeFileSync(file.path, "somebody else's");
    assert.equal(remove(file), false);
    assert.equal(readFileSync(file.path, "utf8"), "somebody else's");
  });
});

void test("a second lock on the same file is refused until the first is gone, and data stays free", () => {
  withFile({}, (file) => {
    const second = files.open(file.path, PLAIN);
    assert.equal(files.lock(file), true);
    assert.equal(files.lock(second), false);
    writeFileSync(file.path, "written under the lock");
    files.close(second);
    const third = files.open(file.path, PLAIN);
    assert.equal(files.lock(third), false);
    files.close(third);
  });
});

void test("a device is claimed by one process at a time, whatever the case of its name", () => {
  const win32 = loadWin32();
  const [device, same] = ["\\\\.\\PhysicalDrive98", "\\\\?\\physicaldrive98"].map((path) => ({ handle: -1, path }));
  assert.ok(device !== undefined && same !== undefined);
  const claim = claimDevice(win32, device);
  assert.ok(claim !== null);
  assert.equal(claimDevice(win32, same), null);
  assert.equal(win32.kernel32.CloseHandle(claim), 1);
  const again = claimDevice(win32, same);
  assert.ok(again !== null);
  win32.kernel32.CloseHandle(again);
});

void test("a mark is kept beside the data, or it is said that there is no room", () => {
  withFile({}, (file) => {
    const marked = files.writeMark(file, '{"tool":"diskbench"}');
    assert.equal(files.readMark(file), marked ? '{"tool":"diskbench"}' : null);
    assert.equal(files.statusOf(file).sizeBytes, 65536);
    assert.ok(!readdirSync(directory).some((name) => name.includes(":")));
  });
});

for (const overlapped of [false, true]) {
  void test(`${overlapped ? "overlapped" : "synchronous"} handles answer every question`, () => {
    withFile({ overlapped }, (file) => {
      files.resize(file, 131072);
      assert.equal(files.statusOf(file).sizeBytes, 131072);
      files.reserve(file, 4096);
      assert.equal(files.statusOf(file).sizeBytes, 131072, "reserving cuts nothing off");
      files.flush(file);
      files.evict(file, 131072);
      const { offsetAlignmentBytes, basis } = files.directIo(file);
      assert.ok(offsetAlignmentBytes === null || offsetAlignmentBytes >= 512, basis);
      const { writtenBytes, unwrittenBytes, holeBytes } = files.allocation(file, 131072);
      assert.equal(writtenBytes + unwrittenBytes + holeBytes, 131072);
      files.resize(file, 4096);
      assert.equal(files.statusOf(file).sizeBytes, 4096);
    });
  });
}

void test("a file lies on a volume with space and a file system", () => {
  const { fileSystem, mountPoint } = volumes.placeOf(directory);
  assert.ok(fileSystem !== null && fileSystem.length > 0);
  assert.equal(mountPoint?.toLowerCase(), directory.slice(0, 3).toLowerCase());
  const space = volumes.freeSpace(directory);
  assert.ok(space !== null && space.freeBytes > 0 && space.totalBytes >= space.freeBytes);
});

void test("the volume that holds Windows is listed and is hazardous", () => {
  const listed = volumes.listDevices();
  const system = listed.find(({ path }) => path.toUpperCase() === "\\\\.\\C:");
  assert.ok(system !== undefined, JSON.stringify(listed));
  assert.ok(
    system.hazards.some((hazard) => hazard.includes("holds Windows")),
    system.hazards.join(),
  );
  assert.deepEqual(volumes.deviceAt("\\\\.\\c:")?.path, system.path);
});
