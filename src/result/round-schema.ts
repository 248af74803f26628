// One timed run in a result: what was measured, and what the system counted around it -> zod schemas.

import { z } from "zod";
import { deviceTrafficSchema } from "../platform/facts-schema.ts";
import { measuredRoundSchema } from "../samples/round-schema.ts";
import { amount, amountOrNull, count, countOrNull, listOf, part, textOrNull } from "../shared/schema-parts.ts";

export const surroundingsSchema = part(
  "surroundings",
  "What the system counted from before the warm-up until after the drain.",
  {
    seconds: amount.describe("Time between the two looks at the counters."),
    devices: listOf(deviceTrafficSchema).describe("Block devices under the target. Empty: none counts."),
    busySeconds: amountOrNull.describe("CPU time of the whole machine. Null: not told."),
    stolenSeconds: amountOrNull.describe("CPU time that a hypervisor took from it. Null: not told."),
    wallClockStepSeconds: z.number().describe("How far the wall clock was set forward; negative: back."),
    throttleEvents: countOrNull.describe("How often a CPU was slowed down because of heat. Null: not counted."),
  },
);

export const roundSchema = part("round", "One timed run of a case.", {
  index: count.describe("Which repetition of the case, from 0."),
  startedAt: z.iso.datetime().describe("When it began, ISO 8601 in UTC."),
  ...measuredRoundSchema.shape,
  startedCold: z
    .boolean()
    .nullable()
    .describe("Buffered reads: whether the page cache held nothing of the file. Null: others."),
  startedColdBasis: textOrNull.describe("How that is known, perhaps from a sample. Null: not known."),
  surroundings: surroundingsSchema.nullable().describe("Counters of the system around the round. Null: it has none."),
});
