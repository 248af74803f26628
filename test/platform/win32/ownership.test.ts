// Whose a file or device is, on a scripted Windows: marks in streams, locked volumes.

import { describe, expect, test } from "vitest";
import { createFiles } from "../../../src/platform/win32/file.ts";
import { PATH, PLAIN, SYSTEM_PATH } from "./one-file.ts";
import { ScriptedFiles, structure } from "./scripted-files.ts";

describe("marks", () => {
  /** Reads and writes of one stream, at the level of WriteFile and ReadFile. */
  function withStream(streamFileId: number, before = ""): { win32: ScriptedFiles; contents: () => string } {
    let contents = before;
    const win32: ScriptedFiles = new ScriptedFiles(
      { [SYSTEM_PATH]: { fileId: 5 }, [`${SYSTEM_PATH}:diskbench`]: { fileId: streamFileId } },
      {
        WriteFile(_handle, buffer, bytes) {
          const written = Buffer.from(win32.view(buffer, bytes));
          contents = Buffer.concat([written, Buffer.from(contents).subarray(bytes)]).toString();
          return 1;
        },
        SetFileInformationByHandle(_handle, _class, info) {
          const length = Number(Buffer.from(info ?? []).readBigInt64LE());
          contents = Buffer.from(contents).toString("utf8", 0, length);
          return 1;
        },
        ReadFile(_handle, buffer, _bytes, count) {
          win32.words(count, 1)[0] = win32.view(buffer, 4096).length === 0 ? 0 : Buffer.byteLength(contents);
          win32.view(buffer, Buffer.byteLength(contents)).set(Buffer.from(contents));
          return 1;
        },
      },
    );
    return { win32, contents: () => contents };
  }

  test("live in an alternate stream", () => {
    const { win32, contents } = withStream(5);
    const files = createFiles(win32);
    const file = files.open(PATH, PLAIN);
    expect(files.writeMark(file, '{"é":"漢"}')).toBe(true);
    expect(contents()).toBe('{"é":"漢"}');
    expect(files.readMark(file)).toBe('{"é":"漢"}');
    expect(files.writeMark(file, "short")).toBe(true);
    expect(files.readMark(file)).toBe("short");
    expect(win32.openHandles).toEqual([SYSTEM_PATH]);
  });

  test("of another file at that name are not taken for this one's", () => {
    const { win32, contents } = withStream(6, "its own mark");
    const files = createFiles(win32);
    const file = files.open(PATH, PLAIN);
    expect(files.readMark(file)).toBeNull();
    expect(files.writeMark(file, "x")).toBe(false);
    expect(contents()).toBe("its own mark");
  });

  test("find no room on a file system without streams", () => {
    const { win32, contents } = withStream(5);
    win32.kernel32.GetVolumeInformationW = () => 0;
    const files = createFiles(win32);
    const file = files.open(PATH, PLAIN);
    expect(files.writeMark(file, "x")).toBe(false);
    expect(files.readMark(file)).toBeNull();
    expect(contents()).toBe("");
  });
});
describe("raw devices", () => {
  const extents = (disk: number): Buffer => structure(32, [0, 1], [8, disk]);
  const DISK = "\\\\.\\PhysicalDrive1";

  /** Disk 1 carries volumes a and c, the second without a letter; volume b is on disk 0. */
  function withVolumes(lockOfC: number): ScriptedFiles {
    const names = ["a", "b", "c"].map((letter) => `\\\\?\\Volume{${letter}}`);
    let next = 0;
    const find = (volume: Uint8Array | null): number => {
      const name = names[next];
      next += 1;
      if (name === undefined) return 0;
      volume?.set(Buffer.from(`${name}\\\0`, "utf16le"));
      return 1;
    };
    return new ScriptedFiles(
      {
        [DISK]: { control: {} },
        "\\\\?\\Volume{a}": { control: { 0x560000: extents(1), 0x90018: 0 } },
        "\\\\?\\Volume{b}": { control: { 0x560000: extents(0) } },
        "\\\\?\\Volume{c}": { control: { 0x560000: extents(1), 0x90018: lockOfC } },
      },
      {
        FindFirstVolumeW(volume) {
          next = 0;
          find(volume);
          return 0x77;
        },
        FindNextVolumeW: (_search, volume) => find(volume),
        FindVolumeClose: () => 1,
        GetVolumePathNamesForVolumeNameW: (name, paths) => {
          paths?.set(Buffer.from(name.includes("{a}") ? "X:\\\0\0" : "\0", "utf16le"));
          return 1;
        },
      },
    );
  }

  test("every volume on the disk is locked, and the locks are held until it is closed", () => {
    const win32 = withVolumes(0);
    const files = createFiles(win32);
    const file = files.open(DISK, { ...PLAIN, exclusive: true });
    const locked = win32.controlled.filter(({ code }) => code === 0x90018).map(({ path }) => path);
    expect(locked).toEqual(["\\\\?\\Volume{a}", "\\\\?\\Volume{c}"]);
    expect(win32.openHandles.toSorted()).toEqual([DISK, "\\\\?\\Volume{a}", "\\\\?\\Volume{c}"]);
    files.close(file);
    expect(win32.openHandles).toEqual([]);
  });

  test("one volume in use refuses the disk, and the others are unlocked again", () => {
    const win32 = withVolumes(-5);
    const files = createFiles(win32);
    expect(() => files.open(DISK, { ...PLAIN, exclusive: true })).toThrow(
      /The volume \\\\\?\\Volume\{c\} on it cannot be locked \(FSCTL_LOCK_VOLUME: ERROR_ACCESS_DENIED 5.*never dismounted/,
    );
    expect(win32.openHandles).toEqual([]);
  });

  test("without exclusive nothing is locked", () => {
    const win32 = withVolumes(0);
    createFiles(win32).open(DISK, PLAIN);
    expect(win32.controlled).toEqual([]);
  });

  test("a disk is claimed by name until it is closed, for devices take no byte locks", () => {
    const held: (string | null)[] = [];
    const win32: ScriptedFiles = new ScriptedFiles(
      { [DISK]: { control: {} } },
      {
        CreateEventW(_security, _manualReset, _initial, name) {
          win32.fail(held.includes(name) ? 183 : 0);
          held.push(name);
          return win32.newHandle();
        },
        LockFileEx: () => win32.fail(1),
      },
    );
    const files = createFiles(win32);
    const file = files.open(DISK, PLAIN);
    expect(files.lock(file)).toBe(true);
    expect(held).toEqual(["Global\\diskbench physicaldrive1"]);
    const second = files.open(DISK, PLAIN);
    expect(files.lock(second)).toBe(false);
  });

  test("a volume locks itself", () => {
    const win32 = new ScriptedFiles({ "\\\\.\\X:": { control: { 0x90018: -32 } } });
    const files = createFiles(win32);
    expect(() => files.open("\\\\.\\X:", { ...PLAIN, exclusive: true })).toThrow(/cannot be locked/);
    expect(win32.openHandles).toEqual([]);
  });
});
