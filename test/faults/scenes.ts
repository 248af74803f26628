// A kind of place and something that goes wrong there -> the scene of a fault.

import { closeSync, openSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, until, workplace, type RunningCommand } from "../support/diskbench.ts";
import { nbdServer, type NbdServer } from "../support/nbd-file.ts";
import { mountedFileSystem, temporaryDirectory, type MountedFileSystem } from "../support/places.ts";
import { runTool } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";
import type { Scene } from "./fault-run.ts";

const MEBIBYTE = 2 ** 20;
/** Large enough that a round does not come to see all of it, which a cache would then answer for. */
const NBD_BYTES = 512 * MEBIBYTE;
const FILE_BYTES = 16 * MEBIBYTE;

export type ImageKind = "ext4" | "xfs" | "btrfs";

/** A test file of diskbench's own on the file system of the checkout. */
export function ownFile(undo: Undo, strike?: (target: string, command: RunningCommand) => void): Scene {
  const target = join(workplace(undo), "test.dat");
  const scene = { target, foreign: false, sizeBytes: FILE_BYTES };
  return strike === undefined ? scene : { ...scene, strike: (command) => strike(target, command) };
}

/** A file behind nbdkit with `parameters`. */
async function behindNbdkit(
  undo: Undo,
  parameters: readonly string[],
  act: (server: NbdServer) => Pick<Scene, "strike" | "relieve">,
): Promise<Scene> {
  const server = await nbdServer(undo, NBD_BYTES, parameters);
  return { target: server.path, foreign: true, sizeBytes: NBD_BYTES, ...act(server) };
}

/** A device that fails `rate` of its I/Os with `name`, from the moment of the fault on or from the start. */
export async function failingDevice(
  undo: Undo,
  call: "pread" | "pwrite",
  name: string,
  rate: string,
  fromTheStart = false,
): Promise<Scene> {
  const trigger = join(temporaryDirectory(undo), "fail");
  if (fromTheStart) closeSync(openSync(trigger, "w"));
  const errors = [`error-${call}=${name}`, `error-${call}-rate=${rate}`, `error-${call}-file=${trigger}`];
  const parameters = ["--filter=error", "memory", String(NBD_BYTES), ...errors];
  return behindNbdkit(undo, parameters, () =>
    fromTheStart ? {} : { strike: () => closeSync(openSync(trigger, "w")) },
  );
}

const MEMORY = ["memory", String(NBD_BYTES)];

export function endedDevice(undo: Undo): Promise<Scene> {
  return behindNbdkit(undo, MEMORY, ({ serverId }) => ({ strike: () => void process.kill(serverId, "SIGKILL") }));
}

export function hungDevice(undo: Undo): Promise<Scene> {
  return behindNbdkit(undo, MEMORY, ({ serverId }) => ({
    strike: () => void process.kill(serverId, "SIGSTOP"),
    relieve: () => void process.kill(serverId, "SIGCONT"),
  }));
}

function imageScene(mounted: MountedFileSystem, strike: () => void): Scene {
  return { target: join(mounted.directory, "test.dat"), foreign: false, sizeBytes: FILE_BYTES, strike };
}

/** The file below a loop device is cut: what was on the device is not there any more. */
export function cutDevice(undo: Undo, kind: ImageKind): Scene {
  const mounted = mountedFileSystem(undo, kind);
  return imageScene(mounted, () => truncateSync(mounted.device.backingFile, MEBIBYTE));
}

/** What the first round needs and the second does not find any more. */
const LEFT_BYTES = 12 * MEBIBYTE;

/** Takes all but `LEFT_BYTES` of what is free; less where the file system keeps something for itself. */
function fillUp(directory: string): void {
  const { bfree, bsize } = statfsSync(directory);
  for (let wantedBytes = bfree * bsize - LEFT_BYTES; wantedBytes > 0; wantedBytes -= 2 * MEBIBYTE) {
    try {
      runTool("fallocate", "-l", String(wantedBytes), join(directory, "ballast"));
      return;
    } catch {
      // A little less, then.
    }
  }
}

/** A file of holes, which need more than there is. */
export function fullFileSystem(undo: Undo, kind: ImageKind | "tmpfs"): Scene {
  const directory = kind === "tmpfs" ? tmpfs(undo) : mountedFileSystem(undo, kind).directory;
  const target = join(directory, "sparse.dat");
  closeSync(openSync(target, "wx"));
  truncateSync(target, NBD_BYTES);
  fillUp(directory);
  return { target, foreign: true, sizeBytes: NBD_BYTES };
}

function tmpfs(undo: Undo): string {
  const directory = temporaryDirectory(undo);
  runTool("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", directory);
  undo(() => runTool("umount", directory));
  return directory;
}

/** An error in its bookkeeping makes ext4 read-only under the run; the file stays open for writing. */
export function readOnlyUnderLoad(undo: Undo): Scene {
  const mounted = mountedFileSystem(undo, "ext4", { mountOptions: ["errors=remount-ro"] });
  const switchPath = `/sys/fs/ext4/${mounted.device.name}/trigger_fs_error`;
  return imageScene(mounted, () => writeFileSync(switchPath, "fault suite"));
}

/** Mounted read-only, with nothing of diskbench's on it. */
export function readOnlyFromTheStart(undo: Undo, kind: ImageKind): Scene {
  const { directory } = mountedFileSystem(undo, kind);
  runTool("mount", "-o", "remount,ro", directory);
  return { target: join(directory, "test.dat"), foreign: false, sizeBytes: FILE_BYTES };
}

/** What a process has of something, from its status file, in bytes. */
function statusBytes(processId: number, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${processId}/status`, "utf8"));
  return Number(line?.[1]) * 1024;
}

const HUGE_BLOCK_BYTES = 256 * MEBIBYTE;

/** A file of one huge block, which needs a huge buffer; in memory, because it is about that. */
export function hugeBlocks(undo: Undo, strike: (command: RunningCommand) => void): Scene {
  const target = join(temporaryDirectory(undo, { onTmpfs: true }), "test.dat");
  return { target, foreign: false, sizeBytes: HUGE_BLOCK_BYTES, strike };
}

/** The engine, between two rounds, has room for half of a huge buffer. It is stopped meanwhile: the next round comes soon. */
export function limitMemory({ engineId }: RunningCommand): void {
  process.kill(engineId, "SIGSTOP");
  const limit = statusBytes(engineId, "VmSize") + HUGE_BLOCK_BYTES / 2;
  runTool("prlimit", "--pid", String(engineId), `--as=${limit}:${limit}`);
  process.kill(engineId, "SIGCONT");
}

/** The engine may not open any more files than it has now. */
export function limitFiles(command: RunningCommand): void {
  runTool("prlimit", "--pid", String(command.engineId), "--nofile=20:20");
}

/** A signal to the engine, and its end awaited. */
export function endEngine(command: RunningCommand, signal: NodeJS.Signals): void {
  process.kill(command.engineId, signal);
}

/** The command alone is ended, and with it, on its own, the engine. */
export async function endCommand(command: RunningCommand): Promise<void> {
  const { engineId } = command;
  command.signal("SIGKILL");
  await until("the engine ends", () => !isAlive(engineId));
}

/** A module that node loads before the program, in the command, the engine and its threads. */
export function preloaded(undo: Undo, source: string): Readonly<Record<string, string>> {
  const path = join(temporaryDirectory(undo), "preloaded.mjs");
  writeFileSync(path, source);
  undo(() => rmSync(path, { force: true }));
  return { NODE_OPTIONS: `--import=${path}` };
}
