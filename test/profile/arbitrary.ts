// Nothing -> arbitrary valid profile documents, for properties.

import * as fc from "fast-check";
import { METHODS } from "../../src/shared/methods.ts";
import { CACHINGS, COMPLETIONS, PATTERNS } from "../../src/shared/vocabulary.ts";

function oneOrMore<Value>(values: readonly Value[]): fc.Arbitrary<Value | Value[]> {
  return fc.oneof(fc.constantFrom(...values), fc.shuffledSubarray([...values], { minLength: 1, maxLength: 2 }));
}

const duration = fc.oneof(
  fc.constantFrom("10s", "500ms", "1.25s", "2m", 0.1, 3, 1 / 3),
  fc.double({ min: 0.001, max: 604_800, noNaN: true }),
);

const job = fc.record(
  {
    method: oneOrMore(METHODS),
    pattern: oneOrMore(PATTERNS),
    blockSize: oneOrMore([512, 1000, "4KiB", "64K", "1MiB", "1GiB"]),
    queueDepth: oneOrMore([1, 2, 8, 4096]),
    threads: oneOrMore([1, 3, 256]),
    caching: oneOrMore(CACHINGS),
    writeThrough: fc.boolean(),
    completion: oneOrMore(COMPLETIONS),
    batch: fc.integer({ min: 1, max: 64 }),
    polling: fc.boolean(),
    submitThread: fc.boolean(),
    duration,
    warmup: fc.oneof(duration, fc.constantFrom(0, -0, "0s")),
    ios: fc.integer({ min: 1 }),
    bytes: fc.oneof(
      fc.constantFrom("1GiB", 12_345),
      fc.maxSafeInteger().map((n) => Math.max(512, Math.abs(n))),
    ),
    onError: fc.constantFrom("stop", "continue"),
  },
  { requiredKeys: [] },
);

const operationFields = fc.constantFrom<object>(
  {},
  { operation: "read" },
  { operation: ["read", "write"], flush: ["each"] },
  { operation: "write", flush: ["never", "end", "every 1", "every 16"] },
  { operation: ["mixed", "read"], readPercent: [0, 70, 100] },
);

const target = fc.oneof(
  fc.constantFrom("disk.dat", "/dev/null"),
  fc.record(
    {
      path: fc.string({ minLength: 1 }).filter((path) => !path.includes("\u0000")),
      size: fc.constantFrom<string | number>("1GiB", 4096, "3MiB", 1000),
      fill: fc.constantFrom("random", "zero"),
      preallocate: fc.constantFrom("fill", "extend", "valid-data", "none"),
    },
    { requiredKeys: ["path"] },
  ),
);

/** Documents that `resolveProfile` accepts. */
export const profileDocuments = fc.record(
  {
    description: fc.string(),
    seed: fc.oneof(fc.constantFrom(-0), fc.nat()),
    rounds: fc.integer({ min: 1, max: 5 }),
    target,
    defaults: fc.record(
      { readPercent: fc.constant(30), flush: fc.constant("end"), warmup: duration },
      { requiredKeys: [] },
    ),
    jobs: fc.array(
      fc.tuple(job, operationFields).map(([fields, more]) => ({ ...fields, ...more })),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  },
  { requiredKeys: ["jobs"] },
);

/** Single jobs that every system can carry out, with several ways of saying the same. */
export const possibleJobs = fc
  .tuple(
    fc.constantFrom<object>(
      { method: ["writefile", "writefileex"], queueDepth: [1, 8] },
      { method: "writefile", queueDepth: [1, 8], completion: ["port", "event", "poll"] },
      { method: ["gather", "null"], queueDepth: [1, 8] },
      { method: ["mapped", "writefile"], caching: "buffered" },
      { method: "writefile", caching: ["buffered", "unbuffered"], queueDepth: [1, 2] },
    ),
    fc.constantFrom<object>({}, { operation: "write" }, { operation: ["mixed", "read"], readPercent: [0, 70] }),
    fc.record(
      { pattern: oneOrMore(PATTERNS), blockSize: oneOrMore(["4KiB", "64KiB"]), threads: oneOrMore([1, 3]) },
      { requiredKeys: [] },
    ),
    fc.constantFrom<object>({}, { operation: ["read", "write"], flush: ["never", "end", "each", "every 8"] }),
  )
  .map(([way, operation, load, flush]) => ({ ...way, ...operation, ...load, ...flush }))
  .filter((fields) => !("readPercent" in fields && "flush" in fields));
