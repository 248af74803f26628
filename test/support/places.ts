// A wish for somewhere to put files -> a directory, loop device or file system of the test's own, gone afterwards.

import { closeSync, mkdtempSync, openSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withGlobalLock } from "./global-lock.ts";
import { runTool } from "./requirements.ts";
import type { Undo } from "./undo.ts";

/** An empty directory, on tmpfs if asked for. */
export function temporaryDirectory(undo: Undo, { onTmpfs = false } = {}): string {
  const directory = mkdtempSync(join(onTmpfs ? "/dev/shm" : tmpdir(), "diskbench-test-"));
  undo(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface LoopOptions {
  readonly sizeBytes: number;
  /** Where its bytes are kept: tmpfs is faster, a disk's file system has real extents. */
  readonly onTmpfs?: boolean;
  readonly sectorSizeBytes?: number;
}

export interface LoopDevice {
  /** `/dev/loop3` */
  readonly path: string;
  /** `loop3` */
  readonly name: string;
  readonly backingFile: string;
}

/** Attaches `backing`, a file or device, to a free loop device. Needs root. */
export function attachLoop(undo: Undo, backing: string, ...options: readonly string[]): LoopDevice {
  // Finding a free one and taking it are two steps.
  const path = withGlobalLock(() => runTool("losetup", "--find", "--show", ...options, backing));
  undo(() => runTool("losetup", "--detach", path));
  return { path, name: path.replace("/dev/", ""), backingFile: backing };
}

/** A loop device over a sparse file. Needs root. */
export function loopDevice(undo: Undo, { sizeBytes, onTmpfs = true, sectorSizeBytes = 512 }: LoopOptions): LoopDevice {
  const backingFile = join(temporaryDirectory(undo, { onTmpfs }), "image");
  closeSync(openSync(backingFile, "wx"));
  truncateSync(backingFile, sizeBytes);
  return attachLoop(undo, backingFile, "--sector-size", String(sectorSizeBytes));
}

/** The smallest image that each will go into. */
const FILE_SYSTEMS = {
  ext4: { sizeBytes: 64 * 2 ** 20, make: ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"] },
  xfs: { sizeBytes: 300 * 2 ** 20, make: ["mkfs.xfs", "-q", "-f"] },
  btrfs: { sizeBytes: 128 * 2 ** 20, make: ["mkfs.btrfs", "-q", "-f"] },
} as const;

export interface FileSystemOptions {
  readonly sizeBytes?: number;
  readonly onTmpfs?: boolean;
  readonly makeOptions?: readonly string[];
  readonly mountOptions?: readonly string[];
}

export interface MountedFileSystem {
  readonly directory: string;
  readonly device: LoopDevice;
}

/** Makes a file system on `device` without mounting it. Needs root. */
export function makeFileSystem(kind: keyof typeof FILE_SYSTEMS, device: string, ...options: readonly string[]): void {
  const [tool, ...fixed] = FILE_SYSTEMS[kind].make;
  runTool(tool, ...fixed, ...options, device);
}

/** Mounts `device` on a directory of the test's own. Needs root. */
export function mountOn(undo: Undo, device: string, ...options: readonly string[]): string {
  const directory = temporaryDirectory(undo);
  runTool("mount", ...(options.length === 0 ? [] : ["-o", options.join(",")]), device, directory);
  undo(() => runTool("umount", directory));
  return directory;
}

/** A directory that shows another one of the test's own as `options` of bindfs(1) say. */
export function shownAs(undo: Undo, ...options: readonly string[]): string {
  const [inside, outside] = [temporaryDirectory(undo), temporaryDirectory(undo)];
  runTool("bindfs", ...options, inside, outside);
  undo(() => runTool("umount", "--lazy", outside));
  return outside;
}

/** A fresh file system on a loop device, mounted. Needs root. */
export function mountedFileSystem(
  undo: Undo,
  kind: keyof typeof FILE_SYSTEMS,
  {
    sizeBytes = FILE_SYSTEMS[kind].sizeBytes,
    onTmpfs = true,
    makeOptions = [],
    mountOptions = [],
  }: FileSystemOptions = {},
): MountedFileSystem {
  const device = loopDevice(undo, { sizeBytes, onTmpfs });
  makeFileSystem(kind, device.path, ...makeOptions);
  return { directory: mountOn(undo, device.path, ...mountOptions), device };
}
