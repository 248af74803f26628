// The types that everything native hides behind: Platform (files, clock, memory) and Backend (the verbs of one way of I/O).

import type { SystemError } from "../shared/errors.ts";
import type { RingSettings } from "../job/job.ts";
import type { BackendName } from "../shared/methods.ts";
import type { Described } from "../shared/schema-parts.ts";
import type { IoOperation } from "../shared/operations.ts";
import type { AccessOrder, Caching, IoFlag, System } from "../shared/vocabulary.ts";
import type { Evidence } from "./evidence.ts";
import type {
  allocationSchema,
  deviceSchema,
  directIoSchema,
  fileIdentitySchema,
  fileStatusSchema,
  headroomSchema,
  unavailabilitySchema,
} from "./facts-schema.ts";

export { OPERATION } from "../shared/operations.ts";
/** One of `OPERATION`. */
export type OperationCode = number;

/** Bits of an I/O's `flags`. */
export const IO_FLAG = { dsync: 1 } as const satisfies Readonly<Record<IoFlag, number>>;

/** Memory outside the JavaScript heap: it does not move, and it begins on a page boundary. */
export interface NativeMemory {
  /** Address as a number (user space ends below 2^53 on every system that we run on). */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Gives the memory back. Never call it while the kernel may still write to it. */
  free(): void;
}

/** Memory that several processes map. What one writes the others see; it outlives the crash of any of them. */
export interface SharedMemory {
  /** By which others open it, e.g. `/proc/4711/fd/21`. */
  readonly path: string;
  /**
   * Bytes of it. To V8 what is seen here is memory of its own, and 64 MiB of that are a reason to collect garbage: look
   * at no more than is wanted.
   */
  view(startBytes: number, sizeBytes: number): Uint8Array;
  /** Unmaps it here; nothing of it stays once all have closed it or ended. */
  close(): void;
}

/** A monotonic clock, comparable between processes. */
export interface Clock {
  /** Name for results, e.g. `CLOCK_MONOTONIC`. */
  readonly name: string;
  readonly resolutionNs: number;
  /** Nanoseconds since an arbitrary fixed point; allocates nothing. */
  readonly now: () => number;
}

/** CPU time of this process (all its threads, kernel workers on its behalf included) since it started. */
export interface ProcessTimes {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/** CPU time of the whole machine, all CPUs together. */
export interface MachineTimes {
  /** What programs used, ours included; what the kernel does for them is not in it. */
  readonly userSeconds: number;
  /** All that was spent on anything but idling. */
  readonly busySeconds: number;
}

export interface OpenFile {
  /** File descriptor, or HANDLE as a number. */
  readonly handle: number;
  readonly path: string;
  /** The part of what was opened that is the target; absent: all of it. Windows: a raw volume's place on its disk. */
  readonly extent?: { readonly startBytes: number; readonly lengthBytes: number };
}

/** One of a round's files, and how much of it is used. */
export interface RoundFile extends OpenFile {
  readonly sizeBytes: number;
}

export interface OpenOptions {
  readonly access: "read" | "write" | "read-write";
  readonly caching: Caching;
  readonly writeThrough: boolean;
  /** Windows: FILE_FLAG_OVERLAPPED. */
  readonly overlapped: boolean;
  /** Windows: FILE_FLAG_SEQUENTIAL_SCAN or RANDOM_ACCESS; Linux: posix_fadvise for buffered files. */
  readonly accessOrder: AccessOrder | null;
  /** Block devices: claim it for this process alone (O_EXCL). */
  readonly exclusive: boolean;
  /**
   * `refuse`: the path has its links followed already; a link that was laid there since is an error, and a pipe is not
   * waited for. Absent: `follow`.
   */
  readonly links?: "follow" | "refuse";
}

/** What identifies a file for as long as it exists, whatever its name. Strings, because inode numbers exceed 2^53. */
export type FileIdentity = Described<typeof fileIdentitySchema>;

export type FileStatus = Described<typeof fileStatusSchema>;

/** What an open file, or an entry of a directory, says about whose it is. */
export interface FileDetails extends FileStatus {
  /** Null where the system has no user numbers. */
  readonly ownerId: number | null;
  readonly groupId: number | null;
  /** Permission bits; null where the system has none. */
  readonly permissions: number | null;
  /** When its contents last changed; null where that is not known exactly. */
  readonly changedAtNs: string | null;
}

/** Whose links may be followed on the way: nobody's, or those of this user and of root, who need no tricks. */
export type FollowedLinks = "none" | "own";

/**
 * A directory that is held by its handle: whatever becomes of its name, all of this happens in it. Names are single
 * ones; a link is never followed. Errors are those of `Files`.
 */
export interface HeldDirectory {
  /** As it was reached, links followed; for messages. */
  readonly path: string;
  /** What stands there under `name`; null: nothing. */
  look(name: string): FileDetails | null;
  /** Opens what stands there, and waits for nobody; null: nothing does. */
  open(name: string, access: OpenOptions["access"]): OpenFile | null;
  /** A new file; `permissions` as of open(2), less what the user's mask takes away. */
  create(name: string, permissions: number): OpenFile;
  /** A new file that has the mark that `markOf` gives it, and is locked, from the moment it can be seen; null where that cannot be had. */
  createMarked(name: string, markOf: (file: OpenFile) => string): OpenFile | null;
  /** Gives a file that was created here what one that it replaces had: its owner, as far as may be, and permissions. */
  takeAfter(file: OpenFile, replaced: FileDetails): void;
  /** Replaces whatever stands under `to`. */
  rename(from: string, to: string): void;
  /** A second name; false when something stands there, null where the file system has no such thing. */
  link(from: string, to: string): boolean | null;
  /** Removes the name of `file`, if it still leads to it; false when it does not. */
  remove(file: OpenFile): boolean;
  /** All names in it; none where it may not be looked into. */
  names(): readonly string[];
  /** Makes the names in it durable, as far as the system can. */
  flush(): void;
  /** Where an open file of it is now, as far as the system tells; null: nowhere, or nobody knows. */
  whereabouts(file: OpenFile): string | null;
  close(): void;
}

/** What unbuffered I/O must be aligned to, and how we know. */
export type DirectIo = Described<typeof directIoSchema>;

/** How much of a file is really on the medium. */
export type Allocation = Described<typeof allocationSchema>;

/** Whether a file is out of the page cache. */
export interface Eviction {
  /** Nothing of it was found there any more. */
  readonly complete: boolean;
  /** What that rests on, and what it leaves open: of a large file a sample may have been looked at. Null: nobody tells. */
  readonly basis: string | null;
}

/** Control-plane file work. Everything throws DiskbenchError with the call, the path and the system's code. */
export interface Files {
  /** Opens what is there; files are made in a held directory. */
  open(path: string, options: OpenOptions): OpenFile;
  /** The directory at `path`, held. With `make` those that are missing on the way are made. */
  hold(path: string, links: FollowedLinks, make?: boolean): HeldDirectory;
  /** Where `path` leads through links of this user and of root, its last name included, which need not be there. */
  locate(path: string, make?: boolean): { readonly directory: HeldDirectory; readonly name: string };
  close(file: OpenFile): void;
  status(path: string): FileStatus | null;
  statusOf(file: OpenFile): FileStatus;
  detailsOf(file: OpenFile): FileDetails;
  /** As many of the first `sizeBytes` as the file has. */
  read(file: OpenFile, sizeBytes: number): Uint8Array;
  /** Writes all of `bytes` where the file's last write ended. */
  write(file: OpenFile, bytes: Uint8Array): void;
  directIo(file: OpenFile): DirectIo;
  /**
   * For diskbench's own files, where `directIo` cannot say: rewrites the first page of the file through an unbuffered
   * handle and looks whether it stayed in the page cache. Contents and size are as before.
   */
  probeDirectIo(file: OpenFile): DirectIo;
  /** Sets the end of the file; new bytes are a hole. */
  resize(file: OpenFile, sizeBytes: number): void;
  /** Reserves space up to `sizeBytes`. False where the file system cannot. */
  reserve(file: OpenFile, sizeBytes: number): boolean;
  /** Windows: SetFileValidData. Linux has no equal and throws UNSUPPORTED. */
  declareValid(file: OpenFile, sizeBytes: number): void;
  allocation(file: OpenFile, sizeBytes: number): Allocation;
  /** fsync; FlushFileBuffers. */
  flush(file: OpenFile): void;
  /** Drops clean cached pages of the file, as far as the system allows. Takes no longer for a larger file. */
  evict(file: OpenFile, sizeBytes: number): Eviction;
  /** How much of the first `sizeBytes` is seen in the system's page cache; null where it cannot be known. */
  cachedBytes(file: OpenFile, sizeBytes: number): number | null;
  /** Takes the file for this process; false when another process holds it. */
  lock(file: OpenFile): boolean;
  /** Whether a program has locked a part of it, as qemu does with images; false where the system does not tell. */
  isLockedInPart(file: OpenFile): boolean;
  /** Ownership mark outside the data (extended attribute, alternate stream). False where there is no room for one. */
  writeMark(file: OpenFile, text: string): boolean;
  readMark(file: OpenFile): string | null;
}

/** A block device, as far as the system tells. */
export type DeviceFacts = Described<typeof deviceSchema>;

/** What a path stands on. For a raw device only `device` is known. */
export interface Place {
  readonly fileSystem: string | null;
  readonly mountPoint: string | null;
  readonly mountOptions: string | null;
  /** The disk below, also where a partition lies between. */
  readonly device: DeviceFacts | null;
  /** What keeps its data in memory, e.g. `tmpfs`, `loop0 over tmpfs`; null: nothing that is known. */
  readonly memoryBasis: string | null;
}

export interface DeviceListing {
  /** What to give as a target, e.g. `/dev/sdb`, `\\.\PhysicalDrive1`. */
  readonly path: string;
  readonly kind: "disk" | "partition" | "volume";
  readonly facts: DeviceFacts;
  readonly bus: string | null;
  readonly fileSystem: string | null;
  readonly mountPoints: readonly string[];
  readonly freeBytes: number | null;
  readonly readOnly: boolean;
  /** The stable identity that `--confirm` must repeat; null: there is none, `confirmationNote` says why. */
  readonly confirmation: string | null;
  readonly confirmationNote: string | null;
  /** Why it must not be used as a raw target now; empty: nothing speaks against it. */
  readonly hazards: readonly string[];
}

/** Volumes and devices: where files stand, and what may be used raw. */
export interface Volumes {
  placeOf(path: string): Place;
  /** Free for this user, and total, of the file system that holds `path`; null where the system does not tell. */
  freeSpace(path: string): { readonly freeBytes: number; readonly totalBytes: number } | null;
  /** Every disk and partition (Windows: every drive and volume) that has a size. */
  listDevices(): readonly DeviceListing[];
  /** The listing of the block device at `path`, however it is named there; null when it is none. */
  deviceAt(path: string): DeviceListing | null;
  /**
   * Sentences without full stop, each a reason not to write to a regular file, whoever owns it; by its path before it
   * is opened, by its handle from then on.
   */
  fileHazards(file: string | OpenFile): readonly string[];
  /** Some of the other processes that have the file or device at `path` open, in words; those that can be seen. */
  usersOf(path: string): readonly string[];
}

/** What a back end gets to work on. Buffers are the back end's own: `queueDepth` slots, one behind the other. */
export interface BackendOptions {
  /** An I/O names its file by the index here. */
  readonly files: readonly [RoundFile, ...RoundFile[]];
  /** Length of the largest I/O of the round. */
  readonly slotSizeBytes: number;
  readonly queueDepth: number;
  /** For back ends whose completions run as callbacks and are stamped there. */
  readonly clock: Clock;
  /** What the round will ask for, so that read-only files are mapped read-only. */
  readonly operations: readonly IoOperation[];
  /** What it will ask of single I/Os in addition. Absent: nothing. */
  readonly flags?: readonly IoFlag[];
  /** Mapped files: what the system is told, so that it reads ahead or does not. Absent: nothing. */
  readonly accessOrder?: AccessOrder;
  /** `simulated`: what its random numbers grow from. */
  readonly seed: number;
  /** How many writes the system should take per call at most; null leaves it to the back end. */
  readonly submitBatch: number | null;
  /** How an io_uring is driven; absent: as usual. */
  readonly ring?: RingSettings;
  /** Completions are waited for, as those of a device are, even where they would be there at once (JIT warm-up). Absent: no. */
  readonly awaited?: boolean;
  /** How many back ends like this one the process opens; absent: one. They share what the system limits per user. */
  readonly siblings?: number;
}

/**
 * One way of doing I/O, in verbs over integer slots. A slot is free, prepared, outstanding or completed; its caller
 * keeps the count. The verbs take and return numbers and allocate nothing: they run inside the measured loop.
 * Anything that cannot go on (out of kernel memory at open, a ring that vanished) throws a DiskbenchError.
 *
 * An I/O is described completely: what it does (`OPERATION`), in which of the round's files (an index into
 * `BackendOptions.files`), where (`offsetBytes`, below 2^53), how much (`lengthBytes`, at most a slot) and how (`flags`,
 * bits of `IO_FLAG`). It is whole when as much was transferred. What a back end does not carry out is refused when it is
 * opened; asked for all the same, it transfers nothing.
 */
export interface Backend {
  /** Time as this back end makes it (the simulated device); absent: the platform's clock. */
  readonly clock?: Clock;
  /** The calls that carry the I/O, for `settings.nativeOperations`. */
  readonly nativeOperations: readonly string[];
  /** All slots' buffers: slot `s` owns bytes `s * slotSizeBytes` up to `(s + 1) * slotSizeBytes`. */
  readonly buffers: Uint8Array;
  /** The most I/Os that are worth handing to `submit` at once; a free slot is never held back to reach it. */
  readonly submitBatch: number;
  /**
   * As many at most when a wait has left nothing in flight: the device idles until this call has handed over all of
   * them. From there on as many as are in flight. Absent: `submitBatch`.
   */
  readonly firstBatch?: number;
  /** Filled by `reap`: which slots completed, ... */
  readonly completedSlots: Int32Array;
  /** ... and with what: bytes transferred, or minus the system's error code. */
  readonly completedResults: Int32Array;
  /** When each of them completed, where completions arrive one by one (APCs); absent: when `reap` returned. */
  readonly completedNs?: Float64Array;
  /**
   * Carries out one I/O at queue depth 1, from handing it over to its completion: bytes transferred, or minus the
   * system's error code. Absent: the verbs below do it.
   */
  transfer?(operation: OperationCode, file: number, offsetBytes: number, lengthBytes: number, flags: number): number;
  /** Describes what `slot` does next. */
  prepare(
    slot: number,
    operation: OperationCode,
    file: number,
    offsetBytes: number,
    lengthBytes: number,
    flags: number,
  ): void;
  /** Hands everything prepared to the system. May leave the handing over to the next `reap`. */
  submit(): void;
  /**
   * Collects completions: waits for at least `minimum` (0 or 1), returns how many were collected (it may be 0 after
   * a signal). With `minimum` 1 at least one I/O must be outstanding.
   */
  reap(minimum: number): number;
  /** Makes what was written to all files durable (fsync, msync, FlushFileBuffers): 0, or minus the system's error code. */
  flush(): number;
  /** How often the system refused more I/Os for want of memory and was asked again later. */
  readonly backPressure: number;
  /** I/Os that were known to be complete when the submitting call returned; null where the system does not tell. */
  readonly completedSynchronously: number | null;
  /** Prepared I/Os that the system has refused for now: the caller's, but not in flight. Absent: never any. */
  readonly deferred?: number;
  /** How often completions were waited or looked for, where a wait runs several of them (APCs). */
  readonly waits?: number;
  /**
   * Cancels what is outstanding, waits for it (bounded in time), then frees. Returns how many I/Os the system would
   * not give back; their memory stays allocated for ever.
   */
  close(): number;
}

/** Why a back end cannot be used on this machine now; null when it can. */
export type Unavailability = Described<typeof unavailabilitySchema>;

/** A thread of a process that was killed, which the kernel does not let go of yet. */
export interface LingeringThread {
  readonly id: number;
  /** Function of the kernel in which it waits; null: not told. */
  readonly waitsIn: string | null;
}

/** What processes can still have here, by the tightest limit on each; null: there is none, or nobody tells. */
export type Headroom = Described<typeof headroomSchema>;
export type Room = NonNullable<Headroom["memory"]>;

export interface Platform {
  readonly system: System;
  /** What plays this system on another one, e.g. `Wine 8.0`; absent or null: nothing does. */
  readonly compatibilityLayer?: string | null;
  readonly pageSizeBytes: number;
  readonly clock: Clock;
  readonly files: Files;
  readonly volumes: Volumes;
  /** Absent: there is nothing here to check a result against. */
  readonly evidence?: Evidence;
  /** Zeroed memory that another process can map by the returned `path`, for as long as this one keeps it open. */
  createSharedMemory(sizeBytes: number): SharedMemory;
  /** Maps what another process or thread created. */
  openSharedMemory(path: string, sizeBytes: number): SharedMemory;
  processTimes(): ProcessTimes;
  /** Threads of a killed process that are still there; absent: the system does not tell. */
  lingeringThreads?(processId: number): readonly LingeringThread[];
  /** Whether a process was stopped by a signal or a debugger, and does nothing; absent: the system does not tell. */
  isStopped?(processId: number): boolean;
  headroom(): Headroom;
  /** Of all CPUs together since the machine started; null where it is not told. */
  machineTimes(): MachineTimes | null;
  /** Asks the system whether `backend` would work here, without touching any file of the user's. */
  unavailability(backend: BackendName): Unavailability | null;
  openBackend(name: BackendName, options: BackendOptions): Backend;
  /** Name and text of an error code of this system. */
  describeError(call: string, code: number): SystemError;
}
