// Timeouts of 1 ms as the I/Os of a round -> latencies that the kernel's timer vouches for.

import { onTestFinished, test } from "vitest";
import { BlockWriter } from "../../src/workload/block-content.ts";
import { loopOfDepth } from "../../src/engine/thread-options.ts";
import { Recorder } from "../../src/engine/loop/recorder.ts";
import { ringTrouble } from "../../src/platform/linux/io-uring-ring.ts";
import { sourceOf } from "../../src/workload/source.ts";
import { latencySummary } from "../../src/samples/summary.ts";
import { expectBetween, expectExactly, median, present } from "./figures.ts";
import { BLOCK_BYTES, INTERVAL_NS, SyntheticRound } from "./synthetic-round.ts";
import { TimeoutBackend } from "./timeout-backend.ts";

const IOS = 2000;
const BARE_TIMEOUTS = 500;
/** What a timer of 1 ms may take on a machine that wakes up at once, ... */
const PROMPT_MS = 1.1;
/** ... and the loop beside the bare ring on one that does not. */
const LOOP_SHARE = 1.02;

/** Median of single timeouts of a ring that nothing is wrapped around, in milliseconds: what this machine's timers do. */
function bareTimeoutMs(): number {
  const backend = new TimeoutBackend(1e6, 1, BLOCK_BYTES);
  const tookMs = Array.from({ length: BARE_TIMEOUTS }, () => {
    backend.prepare(0);
    const startMs = performance.now();
    backend.submit();
    while (backend.reap(1) === 0);
    return performance.now() - startMs;
  });
  backend.close();
  return median(tookMs);
}

/** In CI a forbidden io_uring is a failure. */
const isMissing = process.env["CI"] === undefined && ringTrouble() !== 0;
const missingNote = isMissing ? " (to run these: allow io_uring)" : "";

test.skipIf(isMissing).each([1, 4])(
  `timeouts of 1 ms at depth %i take 1.00 to 1.10 ms, or as long as a bare ring${missingNote}`,
  (queueDepth) => {
    const atMostMs = Math.max(PROMPT_MS, bareTimeoutMs() * LOOP_SHARE);
    const round = new SyntheticRound();
    const { memory } = round;
    const { clock } = round.platform;
    const backend = new TimeoutBackend(1e6, queueDepth, BLOCK_BYTES);
    onTestFinished(() => void backend.close());
    const writer = new BlockWriter(backend.buffers, BLOCK_BYTES, "zero", 0);
    const options = {
      queueDepth,
      flushEvery: 0,
      maxErrors: 0,
      touchUnitBytes: null,
      fileSizeBytes: BLOCK_BYTES,
    };
    const loop = loopOfDepth({ backend, clock, writer, control: new Int32Array(16) }, options);
    const reads = { pattern: "random", operation: "read", readPercent: null, blockSizeBytes: BLOCK_BYTES } as const;
    const source = sourceOf(reads, { firstBlock: 0, blockCount: 1 }, "timeouts");
    const recorder = new Recorder(memory);
    const openNs = clock.now();
    recorder.open(openNs, INTERVAL_NS);
    loop.run(source, recorder, memory.numbers, Infinity, IOS);
    recorder.finish();
    const { read, errors } = round.finish(openNs, loop.lastNs);
    expectExactly(`depth ${queueDepth}: failed timeouts`, errors.failed, 0);
    expectExactly(`depth ${queueDepth}: timeouts`, read?.ios ?? 0, IOS);
    const { p50 } = read === null ? { p50: null } : latencySummary(read.latency);
    expectBetween(`depth ${queueDepth}: p50 in ms`, present(p50) / 1e6, 1, atMostMs);
  },
);
