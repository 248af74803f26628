// What a plan needs to know about the computer and about each target's place on it; plain data.

import type { DeviceFacts, DirectIo, FileStatus, Headroom, Unavailability } from "../platform/platform.ts";
import type { BackendName } from "../shared/methods.ts";
import type { System } from "../shared/vocabulary.ts";

export type { DeviceFacts } from "../platform/platform.ts";

export interface Machine {
  readonly system: System;
  /** e.g. `Linux 6.18.44`, `Windows 10.0.22631`. */
  readonly operatingSystem: string;
  readonly hostname: string;
  readonly architecture: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly pageSizeBytes: number;
  readonly nodeVersion: string;
  readonly clock: { readonly name: string; readonly resolutionNs: number };
  /** What was still to be had as the run was planned; null: not told. */
  readonly headroom: Headroom | null;
  /** Back ends that this machine lacks or forbids now, with the reason. */
  readonly unavailable: Readonly<Partial<Record<BackendName, Unavailability>>>;
}

/** A target's place: what is there now, and what it stands on. */
export interface TargetFacts {
  /** As the profile has it. */
  readonly path: string;
  /** The file or device that will be used: links followed, a directory completed with a file name. */
  readonly resolvedPath: string;
  /** What stands at `resolvedPath` now; null: nothing. */
  readonly existing: FileStatus | null;
  /** True when what stands there carries diskbench's own, valid mark. */
  readonly ours: boolean;
  /** Why it is not, although it carries a mark of diskbench's; a sentence without full stop. Absent: it carries none. */
  readonly objection?: string | undefined;
  readonly fileSystem: string | null;
  readonly mountPoint: string | null;
  readonly mountOptions: string | null;
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
  readonly directIo: DirectIo;
  readonly device: DeviceFacts | null;
  /** What keeps its data in memory, e.g. `tmpfs`, `loop0 over tmpfs`; null: nothing that is known. */
  readonly memoryBasis: string | null;
}
