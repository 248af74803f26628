// A raw volume of a scripted Windows -> locked by one handle, worked on by others through the disk below it.

import { describe, expect, test } from "vitest";
import { OPERATION } from "../../../src/platform/platform.ts";
import { CompletionPortBackend } from "../../../src/platform/win32/completion-port.ts";
import { createFiles } from "../../../src/platform/win32/file.ts";
import { WriteFileBackend } from "../../../src/platform/win32/write-file.ts";
import { collect } from "./accounts.ts";
import { PLAIN } from "./one-file.ts";
import { backendOptions } from "./scripted.ts";
import { ScriptedFiles, structure, type Thing } from "./scripted-files.ts";

const VOLUME = "\\\\.\\X:";
const DISK = "\\\\.\\PhysicalDrive3";
const LOCK = 0x90018;
const EXTENTS = 0x560000;
const DEVICE_NUMBER = 0x2d1080;
const LENGTH = 0x7405c;
const GIB = 2 ** 30;
/** Beyond 2^32, so that both halves of an offset matter. */
const START = 5 * GIB + 2 ** 20;

/** VOLUME_DISK_EXTENTS of pieces `[disk, start, length]`. */
const extents = (...pieces: readonly (readonly [disk: number, start: number, length: number])[]): Buffer =>
  Buffer.concat([
    structure(8, [0, pieces.length]),
    ...pieces.map(([disk, start, length]) => structure(24, [0, disk], [8, BigInt(start)], [16, BigInt(length)])),
  ]);

function machine(pieces: Buffer | -1): ScriptedFiles {
  // The length of a volume is for readers only, which nobody is while it is locked.
  const volume: Thing = {
    control: {
      [LOCK]: 0,
      [EXTENTS]: pieces,
      [DEVICE_NUMBER]: structure(12, [0, 7], [4, 3], [8, 2]),
      [LENGTH]: () => (win32.opened.at(-1)?.access === 0 ? -5 : structure(8, [0, BigInt(8 * GIB)])),
    },
  };
  const disk: Thing = {
    control: { [DEVICE_NUMBER]: structure(12, [0, 7], [4, 3], [8, 0]), [LENGTH]: structure(8, [0, BigInt(64 * GIB)]) },
  };
  const win32: ScriptedFiles = new ScriptedFiles({ [VOLUME]: volume, [DISK]: disk });
  return win32;
}

describe("a raw volume that is locked for the run", () => {
  test("is opened by the workers through its disk, with the flags that each of them wants", () => {
    const win32 = machine(extents([3, START, 8 * GIB]));
    const files = createFiles(win32);
    const held = files.open(VOLUME, { ...PLAIN, exclusive: true });
    expect(held).toEqual({ handle: held.handle, path: VOLUME });
    const worker = files.open(VOLUME, { ...PLAIN, caching: "unbuffered", overlapped: true });
    expect(worker).toMatchObject({ path: VOLUME, extent: { startBytes: START, lengthBytes: 8 * GIB } });
    expect(win32.opened.at(-1)).toMatchObject({ path: DISK, flags: 0x80 + 0x20000000 + 0x40000000 });
    files.close(worker);
    files.close(held);
    expect(win32.openHandles).toEqual([]);
  });

  test("is to all of them the same device, of the volume's own size", () => {
    const win32 = machine(extents([3, START, 8 * GIB]));
    const files = createFiles(win32);
    const before = files.status(VOLUME);
    const held = files.open(VOLUME, { ...PLAIN, exclusive: true });
    const worker = files.open(VOLUME, PLAIN);
    expect(before).toMatchObject({ kind: "block-device", sizeBytes: 8 * GIB, identity: { device: "7:3:2" } });
    expect(files.statusOf(held)).toEqual(before);
    expect(files.statusOf(worker)).toEqual(before);
    expect(files.status(VOLUME)).toEqual(before);
  });

  test("gets each I/O at its own place on the disk", () => {
    const win32 = machine(extents([3, START, 8 * GIB]));
    const file = createFiles(win32).open(VOLUME, { ...PLAIN, overlapped: true });
    const queued = new CompletionPortBackend(
      win32,
      backendOptions({ files: [{ ...file, sizeBytes: 8 * GIB }], queueDepth: 2 }),
    );
    queued.prepare(0, OPERATION.write, 0, 0, 4096);
    queued.submit();
    queued.prepare(1, OPERATION.read, 0, 3 * GIB, 4096);
    queued.submit();
    expect(collect(queued, 2).results).toEqual([4096, 4096]);
    expect(queued.close()).toBe(0);
    win32.steps.push({ start: "true" });
    const single = new WriteFileBackend(
      win32,
      backendOptions({ files: [{ ...file, sizeBytes: 8 * GIB }], queueDepth: 1 }),
    );
    single.prepare(0, OPERATION.write, 0, 4096, 4096, 0);
    single.submit();
    expect(win32.calls.map(({ name, offset }) => [name, offset])).toEqual([
      ["WriteFile", START],
      ["ReadFile", START + 3 * GIB],
      ["WriteFile", START + 4096],
    ]);
  });

  test.each([1, 2])("is never left, at depth %i, for what lies behind it on the disk", (queueDepth) => {
    const win32 = machine(extents([3, START, GIB]));
    const file = createFiles(win32).open(VOLUME, { ...PLAIN, overlapped: true });
    const options = backendOptions({ files: [{ ...file, sizeBytes: GIB + 4096 }], queueDepth });
    const open = (): unknown =>
      queueDepth === 1 ? new WriteFileBackend(win32, options) : new CompletionPortBackend(win32, options);
    expect(open).toThrow(/The volume has 1073741824 bytes and not the 1073745920/);
  });

  test("is used by its own name where no disk lies below it", () => {
    const win32 = machine(-1);
    const file = createFiles(win32).open(VOLUME, PLAIN);
    expect(file).toEqual({ handle: file.handle, path: VOLUME });
  });

  test("is refused where it is made of several pieces", () => {
    const win32 = machine(extents([3, START, GIB], [4, START, GIB]));
    expect(() => createFiles(win32).open(VOLUME, PLAIN)).toThrow(/made of 2 pieces of disks, and cannot be used raw/);
    expect(win32.openHandles).toEqual([]);
  });
});
