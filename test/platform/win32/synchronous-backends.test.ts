// write-file and mapped-view against a scripted Windows: results, flushes, windows of a large file.

import { describe, expect, test } from "vitest";
import { OPERATION, type Backend, type OperationCode } from "../../../src/platform/platform.ts";
import type { Kernel32 } from "../../../src/platform/win32/kernel32.ts";
import { MappedViewBackend } from "../../../src/platform/win32/mapped-view.ts";
import { WriteFileBackend } from "../../../src/platform/win32/write-file.ts";
import { backendOptions, fileOf, HANDLE, ScriptedWindows } from "./scripted.ts";

function once(backend: Backend, direction: OperationCode, offset: number): number {
  backend.prepare(0, direction, 0, offset, 4096, 0);
  backend.submit();
  expect(backend.reap(1)).toBe(1);
  expect(backend.completedSlots[0]).toBe(0);
  expect(backend.reap(0)).toBe(0);
  return backend.completedResults[0] ?? 0;
}

describe("write-file", () => {
  interface Asked {
    readonly call: string;
    readonly handle: number;
    readonly bytes: number;
    readonly offset: number;
  }

  /** Answers each call with a byte count, or with minus an error code. */
  function answering(answers: number[]): { win32: ScriptedWindows; asked: Asked[] } {
    const asked: Asked[] = [];
    const win32: ScriptedWindows = new ScriptedWindows();
    const answer =
      (call: string) =>
      (handle: number, _buffer: number, bytes: number, count: number, overlapped: number): number => {
        asked.push({ call, handle, bytes, offset: win32.word64(overlapped + 16) });
        const next = answers.shift() ?? bytes;
        if (next < 0) return win32.fail(-next);
        win32.words(count, 1)[0] = next;
        return 1;
      };
    win32.kernel32.WriteFile = answer("WriteFile");
    win32.kernel32.ReadFile = answer("ReadFile");
    return { win32, asked };
  }

  test("whole, short, at the end, aborted: what the call said", () => {
    const { win32, asked } = answering([4096, 512, -38, -995]);
    const backend = new WriteFileBackend(win32, backendOptions({ queueDepth: 1 }));
    const far = 7 * 2 ** 40 + 2 ** 31;
    expect(once(backend, OPERATION.write, far)).toBe(4096);
    expect(once(backend, OPERATION.read, 4096)).toBe(512);
    expect(once(backend, OPERATION.read, 8192)).toBe(-38);
    expect(once(backend, OPERATION.write, 0)).toBe(-995);
    expect(asked).toEqual([
      { call: "WriteFile", handle: HANDLE, bytes: 4096, offset: far },
      { call: "ReadFile", handle: HANDLE, bytes: 4096, offset: 4096 },
      { call: "ReadFile", handle: HANDLE, bytes: 4096, offset: 8192 },
      { call: "WriteFile", handle: HANDLE, bytes: 4096, offset: 0 },
    ]);
    // Only what returned TRUE.
    expect(backend.completedSynchronously).toBe(2);
    expect(backend.close()).toBe(0);
    expect(win32.memory.size).toBe(0);
  });

  test("a failed flush gives its code", () => {
    const { win32 } = answering([]);
    const backend = new WriteFileBackend(win32, backendOptions({ queueDepth: 1 }));
    expect(backend.flush()).toBe(0);
    win32.kernel32.FlushFileBuffers = () => win32.fail(1117);
    expect(backend.flush()).toBe(-1117);
  });
});

describe("mapped-view", () => {
  interface View {
    readonly section: number;
    readonly access: number;
    readonly start: number;
    readonly sizeBytes: number;
    readonly address: number;
  }

  const FILE_SECTION = 0x20;
  const BUFFER_SECTION = 0x24;

  /** Sections without contents: a view is a place in the block that was reserved for it. */
  function mappable(overrides: Partial<Kernel32> = {}): {
    win32: ScriptedWindows;
    views: View[];
    flushed: [number, number][];
    unmapped: number[];
  } {
    const views: View[] = [];
    const flushed: [number, number][] = [];
    const unmapped: number[] = [];
    const win32: ScriptedWindows = new ScriptedWindows({
      CreateFileMappingW: (file) => (file === HANDLE ? FILE_SECTION : BUFFER_SECTION),
      // Reserved, given back, and mapped again at the same place.
      VirtualFree: () => 1,
      MapViewOfFileEx(section, access, high, low, sizeBytes, address) {
        views.push({ section, access, start: high * 2 ** 32 + low, sizeBytes, address });
        return address;
      },
      UnmapViewOfFile: (address) => unmapped.push(address),
      FlushViewOfFile: (address, sizeBytes) => flushed.push([address, sizeBytes]),
      ...overrides,
    });
    return { win32, views, flushed, unmapped };
  }

  const small = { queueDepth: 1, files: fileOf(65536) };

  test("copies in and out of the view, behind a buffer that begins at the granularity", () => {
    const { win32, views, unmapped } = mappable();
    const backend = new MappedViewBackend(win32, backendOptions(small));
    const [buffer, file] = views;
    expect(buffer).toMatchObject({ section: BUFFER_SECTION, start: 0, sizeBytes: 65536 });
    expect(file).toMatchObject({ section: FILE_SECTION, start: 0, sizeBytes: 65536, access: 6 });
    expect((file?.address ?? 0) - (buffer?.address ?? 0)).toBe(65536);
    backend.buffers.fill(7);
    expect(once(backend, OPERATION.write, 8192)).toBe(4096);
    const contents = win32.view(file?.address ?? 0, 65536);
    expect(contents.indexOf(7)).toBe(8192);
    expect(contents.lastIndexOf(7)).toBe(8192 + 4095);
    contents.fill(9, 12288, 12288 + 4096);
    expect(once(backend, OPERATION.read, 12288)).toBe(4096);
    expect(new Set(backend.buffers)).toEqual(new Set([9]));
    expect(backend.close()).toBe(0);
    expect(new Set(unmapped)).toEqual(new Set(views.map(({ address }) => address)));
    expect(new Set(win32.closedHandles)).toEqual(new Set([FILE_SECTION, BUFFER_SECTION]));
  });

  test("the end of the file cuts a block short, behind it is ERROR_HANDLE_EOF", () => {
    const { win32 } = mappable();
    const backend = new MappedViewBackend(win32, backendOptions({ ...small, files: fileOf(8192 + 512) }));
    expect(once(backend, OPERATION.read, 8192)).toBe(512);
    expect(once(backend, OPERATION.read, 12288)).toBe(-38);
    expect(once(backend, OPERATION.write, 2 ** 40)).toBe(-38);
  });

  test("flush covers what was written since the last one, and then flushes the file's buffers", () => {
    const { win32, views, flushed } = mappable();
    const backend = new MappedViewBackend(win32, backendOptions(small));
    const start = views[1]?.address ?? 0;
    once(backend, OPERATION.write, 12288);
    once(backend, OPERATION.write, 4096);
    once(backend, OPERATION.read, 32768);
    expect(backend.flush()).toBe(0);
    expect(flushed).toEqual([[start + 4096, 12288]]);
    expect(backend.flush()).toBe(0);
    expect(flushed).toHaveLength(1);
    once(backend, OPERATION.write, 0);
    expect(backend.flush()).toBe(0);
    expect(flushed.at(-1)).toEqual([start, 4096]);
  });

  test("both flushes are checked, and a failed one is tried again", () => {
    let viewFails = true;
    const { win32 } = mappable({ FlushViewOfFile: () => (viewFails ? win32.fail(1117) : 1) });
    const backend = new MappedViewBackend(win32, backendOptions(small));
    once(backend, OPERATION.write, 0);
    expect(backend.flush()).toBe(-1117);
    win32.kernel32.FlushFileBuffers = () => win32.fail(5);
    viewFails = false;
    expect(backend.flush()).toBe(-5);
  });

  test("a large file is mapped in windows of 1 GiB that overlap by a block", () => {
    const starts: number[] = [];
    const lengths: number[] = [];
    const { win32 } = mappable({
      // Windows of this size need not exist to be counted.
      MapViewOfFileEx(section, _access, high, low, sizeBytes, address) {
        if (section === FILE_SECTION) {
          starts.push(high * 2 ** 32 + low);
          lengths.push(sizeBytes);
        }
        return address;
      },
      VirtualAlloc: () => win32.allocate(65536),
    });
    win32.view = () => new Uint8Array(65536 + 4096);
    void new MappedViewBackend(win32, backendOptions({ queueDepth: 1, files: fileOf(5 * 2 ** 30 + 4096) }));
    expect(starts).toEqual([0, 1, 2, 3, 4, 5].map((window) => window * 2 ** 30));
    expect(lengths).toEqual([...Array.from({ length: 5 }, () => 2 ** 30 + 4096), 4096]);
  });

  test("a run of reads maps the file for reading only", () => {
    const protections: number[] = [];
    const { win32, views } = mappable({
      CreateFileMappingW(file, _security, protection) {
        if (file === HANDLE) protections.push(protection);
        return file === HANDLE ? FILE_SECTION : BUFFER_SECTION;
      },
    });
    const backend = new MappedViewBackend(win32, backendOptions({ ...small, operations: ["read"] }));
    expect(protections).toEqual([2]);
    expect(views[1]?.access).toBe(4);
    expect(backend.nativeOperations).toEqual(["MapViewOfFile"]);
  });

  test("an address range lost to another thread is looked for again", () => {
    let refusals = 3;
    const { win32, views } = mappable();
    const map = win32.kernel32.MapViewOfFileEx;
    win32.kernel32.MapViewOfFileEx = (...parameters) => {
      if (parameters[0] === FILE_SECTION && (refusals -= 1) >= 0) return win32.fail(487);
      return map(...parameters);
    };
    const backend = new MappedViewBackend(win32, backendOptions(small));
    expect(once(backend, OPERATION.write, 0)).toBe(4096);
    expect(views.at(-1)?.section).toBe(FILE_SECTION);
  });

  test("a file that cannot be mapped says so", () => {
    const { win32 } = mappable({ CreateFileMappingW: (file) => (file === HANDLE ? win32.fail(1006) : BUFFER_SECTION) });
    expect(() => new MappedViewBackend(win32, backendOptions(small))).toThrow(
      /target\.dat: The file cannot be mapped \(CreateFileMappingW: ERROR_FILE_INVALID 1006/,
    );
  });
});
