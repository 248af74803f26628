// A target in a result: its place, what was planned for it, and what was done to it -> zod schemas.

import { z } from "zod";
import { targetFactsSchema } from "../machine/facts-schema.ts";
import { allocationSchema } from "../platform/facts-schema.ts";
import { amount, count, flag, textOrNull } from "../shared/schema-parts.ts";
import { FILLS, PREALLOCATES } from "../shared/vocabulary.ts";

/** What was done to make a target ready, and on what the claims about it rest. */
export const preparationSchema = z.strictObject({
  allocation: allocationSchema
    .nullable()
    .describe("How much of the file was on the medium. Null: not a file, or not reached."),
  created: flag.describe("diskbench made the file in this run."),
  reused: flag.describe("diskbench made the file in an earlier run."),
  kept: flag.describe("It was left behind on purpose."),
  unbufferedBasis: textOrNull.describe("How it is known that I/O bypassed the page cache. Null: it was not to."),
  mark: textOrNull.describe("Where diskbench marked the file as its own. Null: it did not."),
});

export const targetSchema = targetFactsSchema
  .extend({
    index: count.describe("Its place in `targets`."),
    kind: z
      .enum(["file", "existing-file", "device"])
      .describe("`file`: diskbench's own. `existing-file`: somebody else's, used as it is. `device`: a raw device."),
    sizeBytes: amount.describe("Size that I/O is spread over."),
    fill: z.enum(FILLS).describe("What it was to be filled with."),
    preallocate: z.enum(PREALLOCATES).describe("How its space was to be allocated."),
    written: flag.describe("Whether any case writes to it."),
    fillBytes: amount.describe("Bytes that making it ready was to write."),
    ...preparationSchema.shape,
  })
  .meta({ id: "target", description: "A file or device that was measured." });
