// What the system tells about devices, files and limits, as documents hold it -> zod schemas, from which the types come.

import { z } from "zod";
import { amount, amountOrNull, count, part, text, textOrNull } from "../shared/schema-parts.ts";

export const deviceSchema = part("device", "A block device. Null: the system does not tell.", {
  name: text.describe("The kernel's name, such as `nvme0n1` or `PhysicalDrive0`."),
  model: textOrNull.describe("Model."),
  serial: textOrNull.describe("Serial number."),
  firmware: textOrNull.describe("Firmware revision."),
  sizeBytes: amountOrNull.describe("Capacity."),
  logicalSectorBytes: amountOrNull.describe("Smallest unit of addressing."),
  physicalSectorBytes: amountOrNull.describe("Unit that the medium writes at once."),
  rotational: z.boolean().nullable().describe("True for a disk that turns."),
  writeCache: textOrNull.describe("`write back` or `write through`."),
  polls: z.boolean().nullable().describe("Whether it has queues whose completions can be polled (IOPOLL)."),
});

const roomSchema = part("room", "How much of a resource is left.", {
  amount: amount.describe("How much."),
  basis: text.describe("The setting or file that says so, such as `sysctl vm.max_map_count`."),
});

/** Null: there is no limit, or nobody tells. */
export const headroomSchema = z.strictObject({
  memory: roomSchema.nullable().describe("Bytes of physical memory."),
  addressSpace: roomSchema.nullable().describe("Bytes of address space of one process."),
  mappings: roomSchema.nullable().describe("Mappings of one process."),
  descriptors: roomSchema.nullable().describe("Open files of one process."),
  tasks: roomSchema.nullable().describe("Threads and processes."),
  kernelAio: roomSchema.nullable().describe("I/Os that kernel AIO takes."),
});

export const unavailabilitySchema = z.strictObject({
  reason: text.describe("Why it cannot be used."),
  instead: text.describe("What to use instead."),
});

/** Strings, because inode numbers exceed 2^53. */
export const fileIdentitySchema = z.strictObject({
  device: text.describe("Number of the file system's device."),
  inode: text.describe("Number of the file on it."),
  birthTimeNs: textOrNull.describe("When it was created. Null: not kept."),
});

export const fileStatusSchema = z.strictObject({
  kind: z.enum(["file", "directory", "block-device", "other"]).describe("What it is."),
  kindText: text.describe("The same for people, such as `a character device`."),
  sizeBytes: amount.describe("Size of the file; capacity of a block device."),
  allocatedBytes: amount.describe("Bytes that the file system has allocated for it."),
  identity: fileIdentitySchema.describe("Identifies the file whatever its name."),
});

export const directIoSchema = z.strictObject({
  offsetAlignmentBytes: amountOrNull.describe("Of offsets and lengths. 0: no unbuffered I/O. Null: not told."),
  memoryAlignmentBytes: amountOrNull.describe("Of buffers. Null: not told."),
  basis: text.describe("What says so, such as `STATX_DIOALIGN` or `FileStorageInfo`."),
});

export const allocationSchema = z.strictObject({
  writtenBytes: amount.describe("Bytes that were written and are on the medium."),
  unwrittenBytes: amount.describe("Allocated, but never written: reads of it do not reach the device."),
  holeBytes: amount.describe("Not allocated."),
  sharedBytes: amount.describe("Shared with other files (reflinks), so that the first write copies."),
  compressedBytes: amount.describe("Compressed by the file system."),
  encryptedBytes: amount.describe("Encrypted by the file system, which takes CPU time for every transfer."),
  extents: count.describe("Number of extents."),
  basis: textOrNull.describe("What says so, such as `FIEMAP`. Null: it cannot be known."),
});

export const deviceTrafficSchema = part("deviceTraffic", "What a block device transferred, by its own counters.", {
  name: text.describe("The kernel's name, such as `nvme0n1p2`."),
  role: z
    .enum(["own", "disk", "below"])
    .describe("`own`: under the target. `disk`: of that partition. `below`: under a loop device, md or dm, added up."),
  readBytes: amount.describe("Bytes read, for whoever asked."),
  writtenBytes: amount.describe("Bytes written, for whoever asked."),
  busySeconds: amount.describe("Time during which it had requests."),
  queueSeconds: amount.describe("Outstanding requests, integrated over time."),
});
