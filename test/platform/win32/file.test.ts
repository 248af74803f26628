// Opening, sizing, locking and removing files on a scripted Windows: flags, refusals, and what each error says.

import { describe, expect, test } from "vitest";
import type { OpenOptions } from "../../../src/platform/platform.ts";
import { createFiles } from "../../../src/platform/win32/file.ts";
import { Win32Directory } from "../../../src/platform/win32/held-directory.ts";
import { failureOf } from "../../support/failures.ts";
import { PATH, PLAIN, SYSTEM_PATH, withFile } from "./one-file.ts";
import { ScriptedFiles, structure, type Thing } from "./scripted-files.ts";

describe("open", () => {
  test.each<[string, Partial<OpenOptions>, { access?: number; flags?: number; disposition?: number }]>([
    ["for reading", { access: "read" }, { access: 0x80000000, flags: 0x80, disposition: 3 }],
    ["for writing", { access: "write" }, { access: 0x40000000 }],
    ["for both", {}, { access: 0xc0000000 }],
    ["unbuffered", { caching: "unbuffered" }, { flags: 0x20000080 }],
    ["write-through", { writeThrough: true }, { flags: 0x80000080 }],
    ["overlapped", { overlapped: true }, { flags: 0x40000080 }],
    ["for random access", { accessOrder: "random" }, { flags: 0x10000080 }],
    ["for sequential access", { accessOrder: "sequential" }, { flags: 0x08000080 }],
    [
      "with everything at once",
      { caching: "unbuffered", writeThrough: true, overlapped: true, accessOrder: "random" },
      { flags: 0xf0000080 },
    ],
  ])("%s", (_name, options, expected) => {
    const { win32, files } = withFile({});
    const file = files.open(PATH, { ...PLAIN, ...options });
    expect(win32.opened[0]).toMatchObject({ path: SYSTEM_PATH, share: 7, ...expected });
    files.close(file);
    expect(win32.openHandles).toEqual([]);
  });

  test("a new file must not be there yet", () => {
    const { win32, files } = withFile({}, {}, { "\\\\?\\C:\\data": {} });
    files.hold("C:\\data", "own").create("new.dat", 0o644);
    expect(win32.opened.at(-1)).toMatchObject({ path: "\\\\?\\C:\\data\\new.dat", disposition: 1 });
  });

  test("what another program holds is named with the code and what to do", () => {
    const { files } = withFile({ refuses: 32 });
    expect(() => files.open(PATH, PLAIN)).toThrow(
      /^C:\\data\\target\.dat: It cannot be opened \(CreateFileW: ERROR_SHARING_VIOLATION 32.*Another program has it open/,
    );
  });

  test.each([
    [0x800, "compressed"],
    [0x4000, "encrypted"],
    [0x4800, "compressed and encrypted"],
  ])("attributes %i: unbuffered I/O on a %s file is refused, buffered is not", (attributes, text) => {
    const { win32, files } = withFile({ attributes });
    expect(() => files.open(PATH, { ...PLAIN, caching: "unbuffered" })).toThrow(`It is ${text} by the file system`);
    expect(win32.openHandles).toEqual([]);
    files.close(files.open(PATH, PLAIN));
  });
});

describe("where links are refused", () => {
  const REFUSE = { ...PLAIN, links: "refuse" } as const;
  /** FILE_ATTRIBUTE_TAG_INFO, by its class. */
  const tagged = (tag: number): Thing => ({
    attributes: 0x400,
    information: { 9: structure(8, [0, 0x400], [4, tag]) },
  });

  test("what stands there itself is opened, whatever else is asked for", () => {
    const { win32, files } = withFile({});
    files.close(files.open(PATH, { ...REFUSE, caching: "unbuffered", overlapped: true }));
    expect(win32.opened[0]).toMatchObject({ path: SYSTEM_PATH, flags: 0x60200080 });
  });

  test.each([
    ["a symbolic link", tagged(0xa000000c), "TARGET_CHANGED", "A link was put here and is not followed"],
    ["a junction", tagged(0xa0000003), "TARGET_CHANGED", "A link was put here and is not followed"],
    ["what nobody tells", { attributes: 0x400 }, "TARGET_CHANGED", "A link was put here and is not followed"],
    ["a deduplicated file", tagged(0x80000013), "TARGET_UNUSABLE", "Its contents are kept elsewhere"],
  ])("%s is not used in the file's place", (_, thing, code, what) => {
    const { win32, files } = withFile(thing);
    expect(failureOf(() => files.open(PATH, REFUSE))).toMatchObject({
      code,
      where: PATH,
      what: expect.stringContaining(what),
    });
    expect(win32.openHandles).toEqual([]);
    files.close(files.open(PATH, PLAIN));
  });

  test("a device is opened by its name as ever", () => {
    const disk = "\\\\.\\PhysicalDrive1";
    const win32 = new ScriptedFiles({ [disk]: { attributes: 0x400 } });
    const files = createFiles(win32);
    files.close(files.open(disk, { ...REFUSE, access: "read" }));
    expect(win32.opened[0]).toMatchObject({ path: disk, flags: 0x80 });
  });

  test("a mark is never given to what a link leads to", () => {
    const { win32, files } = withFile({}, {}, { [`${SYSTEM_PATH}:diskbench`]: { fileId: 7 } });
    expect(files.writeMark(files.open(PATH, PLAIN), "x")).toBe(false);
    expect((win32.opened.at(-1)?.flags ?? 0) & 0x00200000).toBe(0x00200000);
  });
});

describe("declaring data valid", () => {
  test("the privilege is switched on before the file is opened", () => {
    const order: string[] = [];
    const { win32, files } = withFile({}, { SetFileValidData: () => order.push("SetFileValidData") });
    const { AdjustTokenPrivileges, CreateFileW } = win32.kernel32;
    win32.kernel32.AdjustTokenPrivileges = (...parameters) => {
      order.push("AdjustTokenPrivileges");
      return AdjustTokenPrivileges(...parameters);
    };
    win32.kernel32.CreateFileW = (...parameters) => {
      order.push("CreateFileW");
      return CreateFileW(...parameters);
    };
    files.declareValid(files.open(PATH, PLAIN), 4096);
    expect(order).toEqual(["AdjustTokenPrivileges", "CreateFileW", "SetFileValidData"]);
  });

  test("a privilege that was not granted, though the call said TRUE, is noticed", () => {
    const { win32, files } = withFile({}, { SetFileValidData: () => 1 });
    win32.kernel32.AdjustTokenPrivileges = () => {
      win32.lastError = 1300;
      return 1;
    };
    const file = files.open(PATH, PLAIN);
    expect(() => files.declareValid(file, 4096)).toThrow(
      /AdjustTokenPrivileges: ERROR_NOT_ALL_ASSIGNED 1300.*SeManageVolumePrivilege.*preallocate: fill/,
    );
  });
});

describe("space, locks and removal", () => {
  test("reserving never cuts off the file, and a system without it says false", () => {
    const asked: bigint[] = [];
    let code = 0;
    const { win32, files } = withFile(
      { sizeBytes: 8192 },
      {
        SetFileInformationByHandle(_handle, infoClass, info) {
          expect(infoClass).toBe(5);
          asked.push(Buffer.from(info ?? []).readBigInt64LE());
          return code === 0 ? 1 : win32.fail(code);
        },
      },
    );
    const file = files.open(PATH, PLAIN);
    expect(files.reserve(file, 4096)).toBe(true);
    expect(files.reserve(file, 16384)).toBe(true);
    expect(asked).toEqual([8192n, 16384n]);
    code = 120;
    expect(files.reserve(file, 16384)).toBe(false);
    code = 112;
    expect(() => files.reserve(file, 16384)).toThrow(/ERROR_DISK_FULL 112.*The volume is full/);
  });

  test("a lock lies where no data is", () => {
    let offset = 0;
    let code = 0;
    const { win32, files } = withFile(
      {},
      {
        LockFileEx(_handle, flags, _reserved, low, high, overlapped) {
          expect([flags, low, high]).toEqual([3, 1, 0]);
          offset = win32.word64(overlapped + 16);
          return code === 0 ? 1 : win32.fail(code);
        },
      },
    );
    const file = files.open(PATH, PLAIN);
    expect(files.lock(file)).toBe(true);
    expect(offset).toBeGreaterThan(2 ** 50);
    code = 33;
    expect(files.lock(file)).toBe(false);
    code = 5;
    expect(() => files.lock(file)).toThrow(/LockFileEx: ERROR_ACCESS_DENIED/);
  });

  test("only what the name still leads to is removed, by the handle that was looked at", () => {
    const removed: number[] = [];
    const things: Record<string, Thing> = { "\\\\?\\C:\\data": {}, [SYSTEM_PATH]: { fileId: 1 } };
    const win32 = new ScriptedFiles(things, {
      SetFileInformationByHandle: (handle, infoClass) => {
        if (infoClass !== 4) return win32.fail(87);
        removed.push(handle);
        return 1;
      },
    });
    const files = createFiles(win32);
    const file = files.open(PATH, PLAIN);
    const directory = new Win32Directory(win32, "C:\\data", "own", false);
    expect(directory.remove(file)).toBe(true);
    const looked = win32.opened.at(-1);
    expect(looked).toMatchObject({ path: SYSTEM_PATH, handle: removed[0] });
    // DELETE and FILE_READ_ATTRIBUTES, of the link itself where it is one.
    expect([looked?.access, (looked?.flags ?? 0) & 0x00200000]).toEqual([0x10080, 0x00200000]);
    const other = { handle: files.open(PATH, PLAIN).handle, path: "C:\\data\\other.dat" };
    expect(directory.remove(other)).toBe(false);
    things["\\\\?\\C:\\data\\other.dat"] = { fileId: 2 };
    expect(directory.remove(other)).toBe(false);
    expect(removed).toHaveLength(1);
  });

  test("a name that cannot be given is an error that says where and why", () => {
    const win32 = new ScriptedFiles({ "\\\\?\\C:\\data": {} });
    const directory = new Win32Directory(win32, "C:\\data", "own", false);
    expect(failureOf(() => directory.rename("missing", "new"))).toMatchObject({
      code: "TARGET_UNUSABLE",
      where: "C:\\data\\new",
      what: "It cannot be put in its place",
      system: { call: "rename", name: "ENOENT" },
    });
  });
});
