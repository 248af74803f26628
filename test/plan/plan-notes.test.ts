// Cases -> wear, estimated time and the sentences to read before a run.

import { describe, expect, it } from "vitest";
import { existing, GIBIBYTE, MEBIBYTE, planFor, planForJob, type Surroundings, WINDOWS } from "./fixture.ts";

const notesFor = (job: object, surroundings: Surroundings = {}): string =>
  planForJob(job, surroundings).notes.join("\n");

describe("wear", () => {
  it("is exact where I/Os end the rounds", () => {
    const document = {
      rounds: 2,
      target: { path: "a", size: "1MiB" },
      jobs: [
        { name: "w", operation: "write", blockSize: "4KiB", ios: 100, warmup: 0 },
        { name: "m", operation: "mixed", readPercent: 75, blockSize: "4KiB", ios: 100, warmup: 0 },
        { name: "r", operation: "read" },
      ],
    };
    const { wear, notes } = planFor(document);
    expect(wear).toEqual({ fillBytes: MEBIBYTE, writtenBytes: 2 * 125 * 4096 });
    expect(notes[0]).toBe("Writes up to 1.00 MiB to fill targets, and up to 1000 KiB in timed rounds");
  });

  it("is bounded by time alone where a writing job has no limit", () => {
    const { wear, notes } = planForJob({ operation: "write", duration: "10s", warmup: "2s" });
    expect(wear.writtenBytes).toBeNull();
    expect(notes[0]).toContain("for up to 36s as fast as the target takes it");
  });

  it("mentions the warm-ups that limits do not count", () => {
    expect(notesFor({ operation: "write", ios: 10, warmup: "2s" })).toContain("besides warm-ups of 6s");
  });

  it("is nothing for reads of what is there, and for methods that do no I/O", () => {
    const facts = [{ existing: existing(GIBIBYTE) }];
    expect(planForJob({}, { facts }).wear).toEqual({ fillBytes: 0, writtenBytes: 0 });
    expect(notesFor({}, { facts })).toContain("Writes nothing");
    expect(planForJob({ method: "null", operation: "write" }).wear).toEqual({ fillBytes: 0, writtenBytes: 0 });
  });
});

describe("estimated time", () => {
  it("adds up rounds and fill", () => {
    const document = { rounds: 2, target: { path: "a", size: 500_000_000 }, jobs: [{ duration: "3s", warmup: "1s" }] };
    expect(planFor(document).estimatedSeconds).toBeGreaterThan(2 * 4 + 1);
    expect(planFor(document).estimatedSeconds).toBeLessThan(2 * 5 + 1.5);
  });
});

describe("notes", () => {
  it("tell of a sweep that changes its call on the way, and how to keep one", () => {
    const note = notesFor({ queueDepth: [1, 8] });
    expect(note).toContain("writefile is synchronous (pwrite) at queue depth 1 and queued (io_uring) deeper");
    expect(note).toContain('"completion": "port"');
    expect(notesFor({ queueDepth: [1, 8] }, { machine: WINDOWS })).toContain("writefile is synchronous (WriteFile)");
    expect(notesFor({ method: "gather", queueDepth: [1, 8] })).not.toContain("completion");
    expect(notesFor({ queueDepth: [1, 8], completion: "port" })).not.toContain("synchronous");
    expect(notesFor({ queueDepth: [2, 8] })).not.toContain("synchronous");
  });

  it("do not take two jobs for one curve", () => {
    const { notes } = planFor({ jobs: [{ name: "a" }, { name: "b", queueDepth: 8 }] });
    expect(notes.join("\n")).not.toContain("synchronous");
  });

  it("say that writefileex is kernel AIO on Linux", () => {
    expect(notesFor({ method: "writefileex" })).toContain("Linux has no asynchronous procedure calls");
    expect(notesFor({ method: "libaio" })).not.toContain("procedure calls");
    expect(notesFor({ method: "writefileex" }, { machine: WINDOWS })).not.toContain("procedure calls");
  });

  it("warn of buffered reads that memory can answer", () => {
    expect(notesFor({ caching: "buffered" })).toContain("may come from memory");
    expect(notesFor({ method: "mapped" })).toContain("may come from memory");
    expect(notesFor({ caching: "unbuffered" })).not.toContain("may come from memory");
    const { notes } = planFor({ target: { path: "a", size: "40GiB" }, jobs: [{ caching: "buffered" }] });
    expect(notes.join("\n")).not.toContain("may come from memory");
  });

  it("warn of queued buffered I/O on Linux", () => {
    expect(notesFor({ caching: "buffered", queueDepth: 8 })).toContain("Queued buffered I/O");
    expect(notesFor({ caching: "buffered", queueDepth: 1 })).not.toContain("Queued buffered I/O");
    expect(notesFor({ caching: "buffered", queueDepth: 8 }, { machine: WINDOWS })).not.toContain("Queued buffered I/O");
  });

  it("warn of writes that are parts of a physical sector", () => {
    const words = "no multiples of the physical sectors of nvme0n1 (4KiB)";
    expect(notesFor({ operation: "write", blockSize: [512, "4KiB"] })).toContain(`Blocks of 512B are ${words}`);
    expect(notesFor({ operation: "write", blockSize: "8KiB" })).not.toContain(words);
    expect(notesFor({ operation: "read", blockSize: 512 })).not.toContain(words);
    expect(notesFor({ operation: "write", blockSize: 512, caching: "buffered" })).not.toContain(words);
  });

  it("say what happens to what is not diskbench's own", () => {
    const foreign = { facts: [{ existing: existing(GIBIBYTE) }], options: { force: true } };
    expect(notesFor({ operation: "write" }, foreign)).toContain("its contents are overwritten");
    expect(notesFor({ operation: "read" }, foreign)).toContain("it is only read");
    const device = { facts: [{ existing: existing(GIBIBYTE, { kind: "block-device" }) }] };
    expect(notesFor({ operation: "write" }, device)).toContain("is a device: its contents are overwritten");
    expect(notesFor({ operation: "read" }, device)).toContain("may not reach the medium");
  });

  it("say that unfilled space costs more, and that unreal methods measure no disk", () => {
    const { notes } = planFor({ target: { path: "a", preallocate: "extend" }, jobs: [{ operation: "write" }] });
    expect(notes.join("\n")).toContain("a is not filled first (preallocate extend)");
    expect(notesFor({ method: "simulated" })).toContain("simulated does no I/O");
    expect(notesFor({ operation: "write" })).not.toContain("not filled first");
  });
});
