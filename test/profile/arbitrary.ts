// Nothing -> arbitrary valid profile documents, for properties.

import fc from "fast-check";
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

const operation = fc.constantFrom<object>(
  {},
  { operation: "read" },
  { operation: ["read", "write"], flush: ["each", "every 1"].slice(0, 1) },
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
      fc.tuple(job, operation).map(([fields, more]) => ({ ...fields, ...more })),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  },
  { requiredKeys: ["jobs"] },
);
