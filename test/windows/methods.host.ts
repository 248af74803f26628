// The shipped profile `methods` on Windows, read and write by every method; what they wrote is read from outside.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BlockWriter } from "../../src/workload/block-content.ts";
import { contentIdentity, openSource } from "../../src/workload/source.ts";
import { drawn } from "../support/drawn.ts";
import type { CaseResult, Result } from "../../src/result/result.ts";
import {
  builtInProfile,
  callsOf,
  diskbench,
  onlyCase,
  resultOf,
  underWine,
  windowsPath,
  writeProfile,
} from "./host.ts";
import { temporaryDirectory } from "./temporary.ts";

const BLOCK_BYTES = 4096;
const SIZE_BYTES = 16 * 2 ** 20;
const BLOCKS = SIZE_BYTES / BLOCK_BYTES;
/** Few enough that blocks remain of what each case wrote, and some that none did. */
const IOS = 600;

const directory = temporaryDirectory("methods");

/** All ways, each in both directions: native call, direction, completion where it can be chosen. */
const WAYS = [
  "WriteFile",
  "WriteFile port",
  "WriteFile event",
  "WriteFile poll",
  "WriteFileEx",
  "WriteFileGather",
  "MapViewOfFile",
].flatMap((way) => [`${way} write`, `${way} read`]);

function wayOf({ settings }: CaseResult): string {
  const { nativeCall, completion, operation, queueDepth } = settings;
  const by = nativeCall === "WriteFile" && queueDepth > 1 ? ` ${completion ?? "port"}` : "";
  return `${nativeCall}${by} ${operation}`;
}

/** What one case may have left in a block: whole contents, the last of them alone where order is certain. */
interface Written {
  readonly by: CaseResult;
  contents: Buffer[];
}

/** The file as it must be, from the seed alone: for each block what the last case that wrote it can have written there. */
function expectedContents({ cases, order }: Result): Map<number, Written> {
  const expected = new Map<number, Written>();
  for (const [caseIndex, roundIndex] of order.rounds) {
    const by = cases[caseIndex];
    if (by === undefined || by.settings.operation !== "write") continue;
    const { queueDepth } = by.settings;
    const origin = {
      seed: order.seed,
      caseId: by.id,
      roundIndex,
      pattern: "random",
      operation: "write",
      readPercent: null,
      blockSizeBytes: BLOCK_BYTES,
    } as const;
    // Which slot carries an I/O depends on the order of completions: any of them may. So each has a writer of its own.
    const slots = Array.from({ length: queueDepth }, () => {
      const buffers = new Uint8Array(queueDepth * BLOCK_BYTES);
      return { buffers, writer: new BlockWriter(buffers, BLOCK_BYTES, "stamped", contentIdentity(origin, 0)) };
    });
    const range = { thread: 0, firstBlock: 0, blockCount: BLOCKS, ios: null };
    for (const { offsetBytes } of drawn(openSource(origin, range, "measure"), IOS)) {
      const block = offsetBytes / BLOCK_BYTES;
      const contents = slots.map(({ buffers, writer }, slot) => {
        writer.write(slot, offsetBytes, BLOCK_BYTES);
        return Buffer.from(buffers.slice(slot * BLOCK_BYTES, (slot + 1) * BLOCK_BYTES));
      });
      const before = expected.get(block);
      // Two writes of one block may be in flight together.
      const earlier = before?.by === by && queueDepth > 1 ? before.contents : [];
      expected.set(block, { by, contents: [...earlier, ...contents] });
    }
  }
  return expected;
}

void test("every method reads and writes without an error, and what it wrote is in the file", async () => {
  const target = join(directory, "test.dat");
  const limits = ["--size", String(SIZE_BYTES), "--warmup", "0", "--duration", "60s", "--set", `defaults.ios=${IOS}`];
  const file = ["--target", windowsPath(target), "--set", "target.fill=zero", "--keep"];
  const ended = await diskbench(directory, ["run", builtInProfile("methods"), "--json", "--quiet", ...limits, ...file]);
  const result = resultOf(ended);
  assert.equal(result.state, "completed");
  assert.deepEqual([...new Set(result.cases.map(wayOf))].toSorted(), WAYS.toSorted());
  for (const each of result.cases) {
    const [round] = each.rounds;
    assert.ok(round !== undefined);
    const { failed, short } = round.errors;
    assert.deepEqual([round.total.ios, failed, short, round.stuck], [IOS, 0, 0, 0], callsOf(each));
  }

  const expected = expectedContents(result);
  const found = readFileSync(target);
  assert.equal(found.length, SIZE_BYTES);
  const seen = new Set<string>();
  const untouched = Buffer.alloc(BLOCK_BYTES);
  for (let block = 0; block < BLOCKS; block += 1) {
    const bytes = found.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    const written = expected.get(block);
    if (written === undefined) {
      assert.ok(bytes.equals(untouched), `nothing was to be written to block ${block}`);
      continue;
    }
    const { by, contents } = written;
    assert.ok(
      contents.some((content) => content.equals(bytes)),
      `block ${block} is not what ${callsOf(by)} wrote there`,
    );
    seen.add(wayOf(by));
  }
  assert.deepEqual([...seen].toSorted(), WAYS.filter((way) => way.endsWith(" write")).toSorted());
  assert.ok(expected.size < BLOCKS, "some blocks were left alone");
});

for (const method of ["writefileex", "writefile"]) {
  void test(`${method} at depth 32 keeps 32 outstanding, or the result says that they were done at once`, async () => {
    const profile = writeProfile(directory, {
      name: "depth",
      rounds: 1,
      target: { path: "depth.dat", size: "16MiB" },
      defaults: { duration: "500ms", warmup: "100ms", blockSize: "4KiB" },
      jobs: [{ name: "depth", method, operation: "write", queueDepth: 32 }],
    });
    const deep = onlyCase(resultOf(await diskbench(directory, ["run", profile, "--json", "--quiet"])));
    const [round] = deep.rounds;
    assert.ok(round !== undefined && round.completedSynchronously !== null);
    const { effectiveQueueDepth, completedSynchronously, completionsPerWait, total } = round;
    const check = deep.checks.find(({ code }) => code === "queue-depth");
    assert.equal(check?.facts["reachedDepth"], effectiveQueueDepth);
    if (method === "writefileex") assert.ok((completionsPerWait ?? 0) >= 1, "routines are counted per wait");
    else assert.equal(completionsPerWait, null);
    const atOnce = completedSynchronously / total.ios;
    if (underWine) {
      // Wine is done with a file before the call returns.
      assert.ok(atOnce > 0.99 && effectiveQueueDepth <= 1.01, JSON.stringify({ atOnce, effectiveQueueDepth }));
      assert.equal(check?.status, "warn");
      assert.match(check.message, /were complete when the call returned; Wine queues no file I\/O/);
    } else {
      assert.ok(effectiveQueueDepth > 24 || atOnce > 0.25, JSON.stringify({ atOnce, effectiveQueueDepth }));
    }
  });
}
