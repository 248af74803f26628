// The four overlapped back ends against a scripted Windows: every answer that a call may give, and the accounts after it.

import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OPERATION, type Backend, type BackendOptions } from "../../../src/platform/platform.ts";
import { CompletionEventBackend } from "../../../src/platform/win32/completion-event.ts";
import { CompletionPollBackend } from "../../../src/platform/win32/completion-poll.ts";
import { CompletionPortBackend } from "../../../src/platform/win32/completion-port.ts";
import { WriteFileExBackend } from "../../../src/platform/win32/write-file-ex.ts";
import { WriteFileGatherBackend } from "../../../src/platform/win32/write-file-gather.ts";
import { BLOCK_BYTES, collect, expectAllGivenBack, submitAll } from "./accounts.ts";
import { backendOptions, HANDLE, ScriptedWindows, type Step } from "./scripted.ts";

type Deferring = Backend & { readonly deferred: number };
type Open = (win32: ScriptedWindows, options: BackendOptions) => Deferring;

const BACKENDS: Readonly<Record<string, Open>> = {
  "completion-port": (win32, options) => new CompletionPortBackend(win32, options),
  "completion-event": (win32, options) => new CompletionEventBackend(win32, options),
  "completion-poll": (win32, options) => new CompletionPollBackend(win32, options),
  "write-file-ex": (win32, options) => new WriteFileExBackend(win32, options),
  "write-file-gather": (win32, options) => new WriteFileGatherBackend(win32, options),
};
// Only while the system is waited for does time pass.
beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

describe.each(Object.entries(BACKENDS))("%s", (name, open) => {
  const isEx = name === "write-file-ex";

  test("pending, then done: the bytes of each entry, nothing counted as synchronous", () => {
    const win32 = new ScriptedWindows();
    const backend = open(win32, backendOptions());
    submitAll(backend, 4);
    const { slots, results } = collect(backend, 4);
    expect(new Set(slots)).toEqual(new Set([0, 1, 2, 3]));
    expect(results).toEqual([4096, 4096, 4096, 4096]);
    expect(backend.completedSynchronously).toBe(0);
    expectAllGivenBack(win32, backend);
  });

  test("done when the call returns: counted as synchronous, reported once", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "true" }, { start: "pending" }, { start: "true" }, { start: "pending" });
    const backend = open(win32, backendOptions());
    submitAll(backend, 4);
    const { slots, results } = collect(backend, 4);
    expect(new Set(slots)).toEqual(new Set([0, 1, 2, 3]));
    expect(results).toEqual([4096, 4096, 4096, 4096]);
    expect(backend.completedSynchronously).toBe(2);
    expect(backend.reap(0)).toBe(0);
    expectAllGivenBack(win32, backend);
  });

  test.each([8, 1784, 1816, 1450, 1453])("refused with %i while others are outstanding: asked again later", (code) => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending" }, { start: "pending" }, { start: "refused", code });
    win32.completionsPerWait = 1;
    const backend = open(win32, backendOptions());
    submitAll(backend, 3);
    expect(backend.deferred).toBe(1);
    expect(backend.backPressure).toBe(1);
    const { slots, results } = collect(backend, 3);
    expect(new Set(slots)).toEqual(new Set([0, 1, 2]));
    expect(results).toEqual([4096, 4096, 4096]);
    expect(backend.deferred).toBe(0);
    expect(backend.backPressure).toBe(1);
    expectAllGivenBack(win32, backend);
  });

  test.each([8, 1784, 1450])("refused with %i with nothing outstanding: a failure", (code) => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "refused", code });
    const backend = open(win32, backendOptions());
    submitAll(backend, 1);
    expect(collect(backend, 1).results).toEqual([-code]);
    expect(backend.backPressure).toBe(0);
    expectAllGivenBack(win32, backend);
  });

  test("a deferred I/O keeps its place before later ones", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending" }, { start: "refused", code: 1450 });
    const backend = open(win32, backendOptions());
    submitAll(backend, 4);
    collect(backend, 4);
    expect(win32.calls.map(({ offset }) => offset / BLOCK_BYTES)).toEqual([0, 1, 1, 2, 3]);
    expect(backend.backPressure).toBe(1);
    expectAllGivenBack(win32, backend);
  });

  test("refused for good with what is outstanding still there: that I/O fails, the others do not", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending" }, { start: "refused", code: 5 }, { start: "pending" });
    const backend = open(win32, backendOptions());
    submitAll(backend, 3);
    const { slots, results } = collect(backend, 3);
    const bySlot = Object.fromEntries(slots.map((slot, index) => [slot, results[index]]));
    expect(bySlot).toEqual({ 0: 4096, 1: -5, 2: 4096 });
    expectAllGivenBack(win32, backend);
  });

  test.each([995, 38, 1117])(
    "pending, then failed with %i: minus the code, though the wait itself succeeds",
    (code) => {
      const win32 = new ScriptedWindows();
      win32.steps.push({ start: "pending", end: { code } }, { start: "pending" });
      const backend = open(win32, backendOptions());
      submitAll(backend, 2);
      const { slots, results } = collect(backend, 2);
      expect(results[slots.indexOf(0)]).toBe(-code);
      expect(results[slots.indexOf(1)]).toBe(4096);
      expectAllGivenBack(win32, backend);
    },
  );

  test("the end of the file at once: ERROR_HANDLE_EOF, counted nowhere else", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "refused", code: 38 });
    const backend = open(win32, backendOptions());
    backend.prepare(2, OPERATION.read, 0, 2 ** 39, BLOCK_BYTES, 0);
    backend.submit();
    expect(collect(backend, 1)).toEqual({ slots: [2], results: [-38] });
    expect(backend.completedSynchronously).toBe(0);
    expectAllGivenBack(win32, backend);
  });

  test("short counts are reported as they are", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending", end: { bytes: 512 } }, { start: "true", bytes: 1024 });
    const backend = open(win32, backendOptions());
    submitAll(backend, 2);
    const { slots, results } = collect(backend, 2);
    expect(results[slots.indexOf(0)]).toBe(512);
    expect(results[slots.indexOf(1)]).toBe(1024);
    expectAllGivenBack(win32, backend);
  });

  test("offsets beyond 4 GiB, addresses beyond 2^31 and the right call reach the system", () => {
    const win32 = new ScriptedWindows();
    const backend = open(win32, backendOptions({ queueDepth: 3 }));
    const offset = 5 * 2 ** 40 + 3 * 2 ** 31 + 4096;
    backend.prepare(1, OPERATION.write, 0, offset, BLOCK_BYTES, 0);
    backend.prepare(2, OPERATION.read, 0, 4096, BLOCK_BYTES, 0);
    backend.submit();
    collect(backend, 2);
    expect(win32.calls).toMatchObject([
      { handle: HANDLE, bytes: BLOCK_BYTES, offset },
      { handle: HANDLE, bytes: BLOCK_BYTES, offset: 4096 },
    ]);
    const buffers = win32.calls.map(({ buffer }) => (name === "write-file-gather" ? win32.word64(buffer) : buffer));
    expect((buffers[1] ?? 0) - (buffers[0] ?? 0)).toBe(BLOCK_BYTES);
    expect(buffers[0]).toBeGreaterThan(2 ** 32);
    expect(win32.view(buffers[1] ?? 0, 1).byteOffset).toBe(backend.buffers.byteOffset + 2 * BLOCK_BYTES);
    expect(win32.calls.map((call) => call.name)).toEqual(backend.nativeOperations.slice(0, 2));
    expectAllGivenBack(win32, backend);
  });

  test("close cancels what is outstanding and frees only when it is back", () => {
    const win32 = new ScriptedWindows();
    const backend = open(win32, backendOptions());
    submitAll(backend, 4);
    expectAllGivenBack(win32, backend);
    expect(win32.cancelled).toBe(4);
  });

  test("what the system keeps is counted, and no memory is freed", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending" }, { start: "pending", end: "never" });
    const backend = open(win32, backendOptions());
    submitAll(backend, 2);
    const before = win32.memory.size;
    const started = performance.now();
    expect(backend.close()).toBe(1);
    expect(performance.now() - started).toBeGreaterThanOrEqual(5000);
    expect(performance.now() - started).toBeLessThan(6000);
    expect(win32.memory.size).toBe(before);
    expect(win32.violations).toEqual([]);
    if (isEx) expect(win32.routineCount, "its routine may still be called").toBe(1);
  });

  test("I/Os that were prepared but refused are dropped at close", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending" }, { start: "refused", code: 8 });
    const backend = open(win32, backendOptions());
    submitAll(backend, 2);
    expectAllGivenBack(win32, backend);
    expect(win32.calls).toHaveLength(2);
  });

  test("what failed at once is reported without waiting for what is still outstanding", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending", end: "never" }, { start: "refused", code: 5 });
    const backend = open(win32, backendOptions());
    submitAll(backend, 2);
    expect(backend.reap(1)).toBe(1);
    expect([backend.completedSlots[0], backend.completedResults[0]]).toEqual([1, -5]);
  });

  test("reap(0) with nothing done comes back with nothing", () => {
    const win32 = new ScriptedWindows();
    win32.steps.push({ start: "pending", end: "never" });
    const backend = open(win32, backendOptions());
    submitAll(backend, 1);
    const started = performance.now();
    expect(backend.reap(0)).toBe(0);
    expect(performance.now()).toBe(started);
  });

  test.each([
    ["on Windows pending is pending, however fast it ended", null, 0],
    ["under Wine an I/O that is done though the call said pending counts as synchronous", "8.0", 3],
  ])("%s", (_name, wineVersion, synchronous) => {
    const win32 = new ScriptedWindows();
    win32.wineVersion = wineVersion;
    const backend = open(win32, backendOptions());
    const { kernel32 } = win32;
    const started = kernel32.GetLastError;
    // The moment between the call and the look at its error: Wine has finished by then.
    kernel32.GetLastError = () => {
      if (win32.lastError !== 997) return started();
      if (name === "completion-event" || name === "completion-poll") win32.finishQuietly();
      else win32.held.forEach(({ overlapped }) => win32.words(overlapped, 1).fill(0));
      return started();
    };
    submitAll(backend, 3);
    collect(backend, 3);
    // WriteFileEx never says pending: there it is the OVERLAPPED that counts on every system.
    if (!isEx) expect(backend.completedSynchronously).toBe(synchronous);
    expectAllGivenBack(win32, backend);
  });

  const anyStep: fc.Arbitrary<Step> = fc.oneof(
    fc.constant<Step>({ start: "true" }),
    fc.record({ start: fc.constant("true" as const), bytes: fc.constantFrom(0, 512, 4096) }),
    fc.constant<Step>({ start: "pending" }),
    fc.record({ start: fc.constant("pending" as const), end: fc.record({ bytes: fc.constantFrom(0, 512, 4096) }) }),
    fc.record({
      start: fc.constant("pending" as const),
      end: fc.record({ code: fc.constantFrom(995, 38, 1450, 1117) }),
    }),
    fc.record({ start: fc.constant("refused" as const), code: fc.constantFrom(8, 1784, 1450, 38, 5, 995) }),
  );

  test("whatever the answers: issued = completed, bytes = sum of the entries, all given back", () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (steps, queueDepth, completionsPerWait, skipOnSuccess) => {
          const win32 = new ScriptedWindows();
          win32.steps.push(...steps);
          win32.completionsPerWait = completionsPerWait;
          win32.skipOnSuccess = skipOnSuccess;
          const backend = open(win32, backendOptions({ queueDepth }));
          const free = Array.from({ length: queueDepth }, (_, slot) => slot);
          let [issued, completed, transferred] = [0, 0, 0];
          const total = steps.length + queueDepth;
          while (completed < total) {
            for (let slot = free.pop(); slot !== undefined; slot = issued < total ? free.pop() : undefined) {
              if (issued === total) break;
              backend.prepare(
                slot,
                issued % 2 === 0 ? OPERATION.write : OPERATION.read,
                0,
                issued * BLOCK_BYTES,
                BLOCK_BYTES,
                0,
              );
              issued += 1;
            }
            backend.submit();
            const collected = backend.reap(1);
            for (let index = 0; index < collected; index += 1) {
              const slot = backend.completedSlots[index] ?? -1;
              const result = backend.completedResults[index] ?? 0;
              expect(free).not.toContain(slot);
              free.push(slot);
              completed += 1;
              transferred += Math.max(0, result);
            }
          }
          expect(completed).toBe(issued);
          const sum = win32.calls.length;
          expect(sum).toBe(issued + backend.backPressure);
          expect(transferred).toBe(win32.transferredBytes);
          expectAllGivenBack(win32, backend);
        },
      ),
      { numRuns: 60 },
    );
  });
});
