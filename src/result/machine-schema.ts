// The part of a result that says where it was measured: machine and targets, as zod schemas.

import { z } from "zod";
import type { Machine, TargetFacts } from "../machine/machine.ts";
import { BACKEND_NAMES } from "../shared/methods.ts";
import { FILLS, PREALLOCATES, SYSTEMS } from "../shared/vocabulary.ts";

const bytes = z.number().nonnegative();

const deviceSchema = z.strictObject({
  name: z.string(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  firmware: z.string().nullable(),
  sizeBytes: bytes.nullable(),
  logicalSectorBytes: bytes.nullable(),
  physicalSectorBytes: bytes.nullable(),
  rotational: z.boolean().nullable(),
  writeCache: z.string().nullable(),
  polls: z.boolean().nullable(),
});

const roomSchema = z.strictObject({ amount: bytes, basis: z.string() }).nullable();

export const machineSchema = z.strictObject({
  system: z.enum(SYSTEMS),
  operatingSystem: z.string(),
  hostname: z.string(),
  architecture: z.string(),
  cpuModel: z.string(),
  cpuCount: z.int().nonnegative(),
  memoryBytes: bytes,
  pageSizeBytes: bytes,
  nodeVersion: z.string(),
  clock: z.strictObject({ name: z.string(), resolutionNs: z.number().nonnegative() }),
  /** What was still to be had as the run was planned; null: not told. */
  headroom: z
    .strictObject({
      memory: roomSchema,
      addressSpace: roomSchema,
      mappings: roomSchema,
      descriptors: roomSchema,
      tasks: roomSchema,
      kernelAio: roomSchema,
    })
    .nullable(),
  unavailable: z.partialRecord(z.enum(BACKEND_NAMES), z.strictObject({ reason: z.string(), instead: z.string() })),
}) satisfies z.ZodType<Machine>;

/** What stood at the target's path before the run; null: nothing. */
const existingSchema = z.strictObject({
  kind: z.enum(["file", "directory", "block-device", "other"]),
  kindText: z.string(),
  sizeBytes: bytes,
  allocatedBytes: bytes,
  identity: z.strictObject({ device: z.string(), inode: z.string(), birthTimeNs: z.string().nullable() }),
});

const factsSchema = z.strictObject({
  path: z.string(),
  resolvedPath: z.string(),
  existing: existingSchema.nullable(),
  ours: z.boolean(),
  objection: z.string().optional(),
  fileSystem: z.string().nullable(),
  mountPoint: z.string().nullable(),
  mountOptions: z.string().nullable(),
  freeBytes: bytes.nullable(),
  totalBytes: bytes.nullable(),
  directIo: z.strictObject({
    offsetAlignmentBytes: bytes.nullable(),
    memoryAlignmentBytes: bytes.nullable(),
    basis: z.string(),
  }),
  device: deviceSchema.nullable(),
  /** What keeps its data in memory; null: nothing that is known. */
  memoryBasis: z.string().nullable(),
}) satisfies z.ZodType<TargetFacts>;

const allocationSchema = z.strictObject({
  writtenBytes: bytes,
  unwrittenBytes: bytes,
  holeBytes: bytes,
  sharedBytes: bytes,
  compressedBytes: bytes,
  encryptedBytes: bytes,
  extents: z.int().nonnegative(),
  basis: z.string().nullable(),
});

/** What was done to make a target ready, and on what the claims about it rest. */
export const preparationSchema = z.strictObject({
  /** How much of the file was really on the medium when measuring began; null where that was not reached. */
  allocation: allocationSchema.nullable(),
  /** diskbench made it in this run; `reused`: in an earlier one. */
  created: z.boolean(),
  reused: z.boolean(),
  /** It was left behind on purpose. */
  kept: z.boolean(),
  /** How it is known that I/O bypassed the cache; null where it was not meant to, or not found out. */
  unbufferedBasis: z.string().nullable(),
  /** How the file is recognised as diskbench's own; null: it carries no mark. */
  mark: z.string().nullable(),
});

export const targetSchema = factsSchema.extend({
  index: z.int().nonnegative(),
  kind: z.enum(["file", "existing-file", "device"]),
  sizeBytes: bytes,
  fill: z.enum(FILLS),
  preallocate: z.enum(PREALLOCATES),
  /** Whether any case writes to it. */
  written: z.boolean(),
  /** Bytes that making it ready was to write. */
  fillBytes: bytes,
  ...preparationSchema.shape,
});
