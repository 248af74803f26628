// Small parts of the Windows back end: paths, error names and texts, the clock, the proof about the last error.

import { describe, expect, test, vi } from "vitest";
import { createClock } from "../../../src/platform/win32/clock.ts";
import { errorName, systemError } from "../../../src/platform/win32/errors.ts";
import { proveLastError } from "../../../src/platform/win32/last-error.ts";
import { isDevicePath, plainPath, systemPath } from "../../../src/platform/win32/path.ts";
import { ScriptedWindows } from "./scripted.ts";

describe("paths", () => {
  test.each([
    ["C:\\data\\file.dat", "\\\\?\\C:\\data\\file.dat"],
    ["C:/data/./more/../file.dat", "\\\\?\\C:\\data\\file.dat"],
    ["C:\\é 漢 & 'x'\\file.dat", "\\\\?\\C:\\é 漢 & 'x'\\file.dat"],
    ["\\\\server\\share\\file.dat", "\\\\?\\UNC\\server\\share\\file.dat"],
    ["\\\\?\\C:\\literal.\\file", "\\\\?\\C:\\literal.\\file"],
    ["\\\\.\\PhysicalDrive0", "\\\\.\\PhysicalDrive0"],
    ["//./PhysicalDrive0", "\\\\.\\PhysicalDrive0"],
    ["\\\\.\\X:", "\\\\.\\X:"],
    ["C:\\data\\NUL", "\\\\.\\NUL"],
    ["com1", "\\\\.\\com1"],
    ["C:\\data\\nullable.dat", "\\\\?\\C:\\data\\nullable.dat"],
    [`C:\\${"long\\".repeat(100)}file.dat`, `\\\\?\\C:\\${"long\\".repeat(100)}file.dat`],
  ])("%s is opened as %s", (path, expected) => {
    expect(systemPath(path)).toBe(expected);
  });

  test.each([
    ["\\\\.\\PhysicalDrive0", true],
    ["\\\\.\\X:", true],
    ["\\\\?\\Volume{abc}", true],
    ["\\\\?\\Volume{abc}\\file.dat", false],
    ["\\\\.\\pipe\\name", false],
    ["\\\\?\\C:\\file.dat", false],
    ["\\\\server\\share", false],
    ["C:\\file.dat", false],
  ])("%s is a raw device: %s", (path, expected) => {
    expect(isDevicePath(path)).toBe(expected);
  });

  test("prefixes are taken off for people", () => {
    expect(plainPath("\\\\?\\C:\\file")).toBe("C:\\file");
    expect(plainPath("\\\\?\\UNC\\server\\share\\file")).toBe("\\\\server\\share\\file");
    expect(plainPath("\\\\?\\Volume{abc}\\")).toBe("\\\\?\\Volume{abc}\\");
  });
});

describe("errors", () => {
  test.each([
    [5, "ERROR_ACCESS_DENIED"],
    [32, "ERROR_SHARING_VIOLATION"],
    [38, "ERROR_HANDLE_EOF"],
    [112, "ERROR_DISK_FULL"],
    [258, "WAIT_TIMEOUT"],
    [995, "ERROR_OPERATION_ABORTED"],
    [1450, "ERROR_NO_SYSTEM_RESOURCES"],
    [1784, "ERROR_INVALID_USER_BUFFER"],
    [54321, "error 54321"],
  ])("%i is %s", (code, name) => {
    expect(errorName(code)).toBe(name);
  });

  test("the text is the system's, without full stop and line end", () => {
    const win32 = new ScriptedWindows({
      FormatMessageW(flags, _source, code, _language, text) {
        // From the system, inserts left alone, no line breaks.
        expect(flags).toBe(0x12ff);
        const sentence = `Zugriff verweigert (${code}). `;
        text?.set(Buffer.from(sentence, "utf16le"));
        return sentence.length;
      },
    });
    expect(systemError(win32.kernel32, "CreateFileW", 5)).toEqual({
      call: "CreateFileW",
      code: 5,
      name: "ERROR_ACCESS_DENIED",
      text: "Zugriff verweigert (5)",
    });
  });

  test("a code without a text says so", () => {
    expect(systemError(new ScriptedWindows().kernel32, "ReadFile", 9).text).toBe("no text for this code");
  });
});

describe("the last error", () => {
  test("is proved to survive", () => {
    expect(() => proveLastError(new ScriptedWindows().kernel32)).not.toThrow();
  });

  test("that something changes now and then is found out", () => {
    const win32 = new ScriptedWindows();
    let reads = 0;
    win32.kernel32.GetLastError = () => ((reads += 1) === 57 ? 0 : win32.lastError);
    expect(() => proveLastError(win32.kernel32)).toThrow(/The last error does not survive/);
  });
});

describe("the clock", () => {
  test("counts beyond 2^32 ticks, in steps of the frequency", () => {
    let ticks = 0n;
    const win32: ScriptedWindows = new ScriptedWindows({
      QueryPerformanceFrequency(frequency) {
        Buffer.from(frequency?.buffer ?? new ArrayBuffer(8), frequency?.byteOffset).writeBigInt64LE(10_000_000n);
        return 1;
      },
      QueryPerformanceCounter(counter) {
        const words = win32.words(counter, 2);
        words[0] = Number(BigInt.asIntN(32, ticks));
        words[1] = Number(ticks >> 32n);
        return 1;
      },
    });
    const clock = createClock(win32);
    expect(clock).toMatchObject({ name: "QueryPerformanceCounter", resolutionNs: 100 });
    for (const value of [1n, 0xffffffffn, 0x1_80000000n, 50_000_000_000_000n]) {
      ticks = value;
      expect(clock.now()).toBe(Number(value) * 100);
    }
  });

  test("counts the time of day under Wine, from where the process that began counts it", ({ onTestFinished }) => {
    vi.stubEnv("DISKBENCH_CLOCK_EPOCH", undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    let fileTime = 134_000_000_000_000_000n;
    const win32: ScriptedWindows = new ScriptedWindows({
      GetSystemTimePreciseAsFileTime(time) {
        const words = win32.words(time, 2);
        words[0] = Number(BigInt.asIntN(32, fileTime));
        words[1] = Number(fileTime >> 32n);
      },
    });
    win32.wineVersion = "8.0";
    const first = createClock(win32);
    expect(first).toMatchObject({ name: "GetSystemTimePreciseAsFileTime", resolutionNs: 100 });
    const beganNs = first.now();
    // A day later: exact to the step, and the same for a process that starts only now.
    fileTime += 864_000_000_001n;
    expect(first.now() - beganNs).toBe(86_400_000_000_100);
    expect(createClock(win32).now()).toBe(first.now());
  });
});
