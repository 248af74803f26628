// What documents hold about the machine and a target's place on it -> zod schemas, from which the types come.

import { z } from "zod";
import {
  deviceSchema,
  directIoSchema,
  fileStatusSchema,
  headroomSchema,
  unavailabilitySchema,
} from "../platform/facts-schema.ts";
import { BACKEND_NAMES } from "../shared/methods.ts";
import { amount, amountOrNull, count, flag, group, part, text, textOrNull } from "../shared/schema-parts.ts";
import { SYSTEMS } from "../shared/vocabulary.ts";

export const machineSchema = part("machine", "The computer that measured.", {
  system: z.enum(SYSTEMS).describe("Family of the operating system."),
  operatingSystem: text.describe("Name and version, such as `Linux 6.18.44` or `Windows 10.0.22631`."),
  hostname: text.describe("Name of the computer."),
  architecture: text.describe("Instruction set, such as `x64`."),
  cpuModel: text.describe("Model of the CPU."),
  cpuCount: count.describe("Logical CPUs."),
  memoryBytes: amount.describe("Physical memory."),
  pageSizeBytes: amount.describe("Page size."),
  nodeVersion: text.describe("Version of Node.js."),
  clock: group("The clock of the measurement.", {
    name: text.describe("The clock that latencies are measured with, such as `CLOCK_MONOTONIC`."),
    resolutionNs: amount.describe("Its smallest step."),
  }),
  headroom: headroomSchema.nullable().describe("What was left as the run was planned. Null: not known, or no limit."),
  unavailable: z
    .partialRecord(z.enum(BACKEND_NAMES), unavailabilitySchema)
    .describe("Back ends that do not work here, each with `reason` and `instead`."),
});

export const targetFactsSchema = z.strictObject({
  path: text.describe("Path as the profile has it."),
  resolvedPath: text.describe("The file or device that was used, links followed."),
  existing: fileStatusSchema.nullable().describe("What was there before the run. Null: nothing."),
  ours: flag.describe("True when that carried a valid mark of diskbench."),
  objection: z.string().optional().describe("Why its mark is not valid. Absent: it has none, or it is."),
  fileSystem: textOrNull.describe("Type of the file system. Null: a raw device, or not known."),
  mountPoint: textOrNull.describe("Where that is mounted."),
  mountOptions: textOrNull.describe("Mount options, separated by commas."),
  freeBytes: amountOrNull.describe("Free space before the run."),
  totalBytes: amountOrNull.describe("Size of the file system."),
  directIo: directIoSchema.describe("What unbuffered I/O has to be aligned to."),
  device: deviceSchema.nullable().describe("The disk below, also where a partition lies between."),
  memoryBasis: textOrNull.describe("What keeps its data in memory, such as `tmpfs`. Null: nothing that is known."),
});
