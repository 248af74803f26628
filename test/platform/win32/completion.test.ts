// What is particular to each overlapped way: packets, events, routines, segments.

import { describe, expect, test } from "vitest";
import { OPERATION } from "../../../src/platform/platform.ts";
import { CompletionEventBackend } from "../../../src/platform/win32/completion-event.ts";
import { CompletionPortBackend } from "../../../src/platform/win32/completion-port.ts";
import { WriteFileExBackend } from "../../../src/platform/win32/write-file-ex.ts";
import { WriteFileGatherBackend } from "../../../src/platform/win32/write-file-gather.ts";
import { DiskbenchError } from "../../../src/shared/errors.ts";
import { collect, expectAllGivenBack, submitAll } from "./accounts.ts";
import { backendOptions, HANDLE, ScriptedWindows } from "./scripted.ts";

describe("completion port", () => {
  test("where packets for success cannot be switched off, the packet is the completion", () => {
    const win32 = new ScriptedWindows();
    win32.skipOnSuccess = false;
    win32.steps.push({ start: "true" }, { start: "true" });
    const backend = new CompletionPortBackend(win32, backendOptions());
    submitAll(backend, 2);
    expect(backend.reap(0)).toBe(2);
    expect(backend.completedSynchronously).toBe(2);
    expectAllGivenBack(win32, backend);
  });

  test("a port that cannot be read ends the round with its error", () => {
    const win32 = new ScriptedWindows({ GetQueuedCompletionStatusEx: () => win32.fail(6) });
    const backend = new CompletionPortBackend(win32, backendOptions());
    submitAll(backend, 1);
    expect(() => backend.reap(1)).toThrow(/GetQueuedCompletionStatusEx: ERROR_INVALID_HANDLE 6/);
  });

  test("a handle that cannot be bound is refused with another way out", () => {
    const win32 = new ScriptedWindows({ CreateIoCompletionPort: (file) => (file === HANDLE ? win32.fail(87) : 8) });
    expect(() => new CompletionPortBackend(win32, backendOptions())).toThrow(
      /ERROR_INVALID_PARAMETER 87.*completion: event/,
    );
  });
});

describe("completion event", () => {
  test("waits for the events of outstanding slots only, and looks from a rotating start", () => {
    const waited: number[][] = [];
    const events = new Map<number, number>();
    const win32 = new ScriptedWindows();
    const wait = win32.kernel32.WaitForMultipleObjects;
    win32.kernel32.WaitForMultipleObjects = (count, handles, all, timeoutMs) => {
      waited.push(Array.from({ length: count }, (_, index) => win32.word64(handles + index * 8)));
      return wait(count, handles, all, timeoutMs);
    };
    win32.kernel32.CreateEventW = () => {
      const handle = win32.newHandle();
      events.set(handle, events.size);
      return handle;
    };
    win32.completionsPerWait = 2;
    const backend = new CompletionEventBackend(win32, backendOptions());
    submitAll(backend, 4);
    const first = collect(backend, 2).slots;
    collect(backend, 2);
    expect(waited.map((handles) => handles.map((handle) => events.get(handle)))).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3].filter((slot) => !first.includes(slot)),
    ]);
    // All done at once: each reap begins one slot further.
    const orders: number[][] = [];
    for (let round = 0; round < 4; round += 1) {
      submitAll(backend, 4);
      win32.completionsPerWait = 4;
      win32.finishQuietly();
      orders.push(collect(backend, 4).slots);
    }
    expect(new Set(orders.map(([slot]) => slot)).size).toBe(4);
    expectAllGivenBack(win32, backend);
    expect(new Set(win32.closedHandles)).toEqual(new Set(events.keys()));
  });

  test("more than 64 slots are refused with what to use instead", () => {
    const open = (): unknown => new CompletionEventBackend(new ScriptedWindows(), backendOptions({ queueDepth: 65 }));
    expect(open).toThrow(DiskbenchError);
    expect(open).toThrow(/at most 64 events.*completion: port/);
  });
});

describe("write-file-ex", () => {
  test("stamps each completion as its routine is entered and counts the waits", () => {
    const win32 = new ScriptedWindows();
    let now = 100;
    const clock = { name: "test", resolutionNs: 1, now: () => (now += 10) };
    const backend = new WriteFileExBackend(win32, backendOptions({ clock }));
    submitAll(backend, 4);
    expect(backend.reap(1)).toBe(4);
    expect([...backend.completedNs]).toEqual([110, 120, 130, 140]);
    expect(backend.waits).toBe(1);
    expectAllGivenBack(win32, backend);
  });

  test("an error inside a routine leaves it quietly and is thrown by reap", () => {
    const win32 = new ScriptedWindows();
    const clock = {
      name: "test",
      resolutionNs: 1,
      now: (): number => {
        throw new Error("the clock is broken");
      },
    };
    const backend = new WriteFileExBackend(win32, backendOptions({ clock }));
    submitAll(backend, 1);
    expect(() => backend.reap(1)).toThrow("the clock is broken");
    expect(win32.violations).toEqual([]);
  });
});

describe("write-file-gather", () => {
  test("each slot has one page per segment and a NULL behind them", () => {
    const win32 = new ScriptedWindows();
    const backend = new WriteFileGatherBackend(win32, backendOptions({ slotSizeBytes: 3 * 4096, queueDepth: 2 }));
    backend.prepare(0, OPERATION.write, 0, 0, 3 * 4096);
    backend.prepare(1, OPERATION.read, 0, 0, 3 * 4096);
    backend.submit();
    const lists = win32.calls.map(({ buffer }) => [0, 1, 2, 3].map((index) => win32.word64(buffer + index * 8)));
    const base = lists[0]?.[0] ?? 0;
    expect(lists).toEqual([
      [base, base + 4096, base + 8192, 0],
      [base + 12288, base + 16384, base + 20480, 0],
    ]);
    expect(win32.calls.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["WriteFileGather", 12288],
      ["ReadFileScatter", 12288],
    ]);
    collect(backend, 2);
    expectAllGivenBack(win32, backend);
  });

  test("a list ends where its I/O does, whatever was in the slot before", () => {
    const win32 = new ScriptedWindows();
    const backend = new WriteFileGatherBackend(win32, backendOptions({ slotSizeBytes: 3 * 4096, queueDepth: 2 }));
    const listed: (number | undefined)[] = [];
    for (const pages of [1, 3, 2, 1]) {
      backend.prepare(1, OPERATION.write, 0, 0, pages * 4096);
      backend.submit();
      const { buffer = 0, bytes } = win32.calls.at(-1) ?? {};
      expect(bytes).toBe(pages * 4096);
      const list = [0, 1, 2, 3].map((index) => win32.word64(buffer + index * 8));
      listed.push(list.indexOf(0));
      const [base = 0] = list;
      expect(list.slice(0, pages)).toEqual(Array.from({ length: pages }, (_, page) => base + page * 4096));
      collect(backend, 1);
    }
    expect(listed).toEqual([1, 3, 2, 1]);
    expectAllGivenBack(win32, backend);
  });

  test("blocks that are no whole pages are refused", () => {
    const open = (): unknown =>
      new WriteFileGatherBackend(new ScriptedWindows(), backendOptions({ slotSizeBytes: 512 }));
    expect(open).toThrow(/multiple of 4096/);
  });
});
