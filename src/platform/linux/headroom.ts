// /proc, the limits of this process and its control groups -> how much of each resource is still to be had.

import type { Headroom, Room } from "../platform.ts";
import { kernelText, processIds } from "./kernel-text.ts";

/** Where the kernel shows itself; other places in tests. */
export interface LimitRoots {
  readonly procRoot: string;
  readonly groupRoot: string;
}

const KERNEL: LimitRoots = { procRoot: "/proc", groupRoot: "/sys/fs/cgroup" };

/** A number in a file of its own; `max`, and what cannot be read, is none. */
function readCount(path: string): number | null {
  const text = kernelText(path).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** The sum of the named fields of a file of names and numbers. */
function fieldsOf(text: string, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + Number(new RegExp(`^${name}:?\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0), 0);
}

/** The directories of this process's control group and of those above it, in the hierarchy of `controller`. */
function groupDirectories({ procRoot, groupRoot }: LimitRoots, controller: string): readonly string[] {
  const lines = kernelText(`${procRoot}/self/cgroup`).split("\n");
  const fields = lines.map((line) => line.split(":"));
  const own = fields.find(([, names]) => names?.split(",").includes(controller));
  const unified = fields.find(([id, names]) => id === "0" && names === "");
  const root = own === undefined ? groupRoot : `${groupRoot}/${controller}`;
  const path = (own ?? unified)?.[2] ?? "/";
  const steps = path.split("/").filter((step) => step !== "");
  // In a container the path may be one of the host's, which is not there: then its root is the container's own group.
  return [root, ...steps.map((_, index) => `${root}/${steps.slice(0, index + 1).join("/")}`)];
}

/** Page cache counts as used there, and is given back before the limit is felt. */
const RECLAIMABLE = ["inactive_file", "active_file", "slab_reclaimable"];
const RECLAIMABLE_BEFORE = ["total_inactive_file", "total_active_file"];

function groupMemory(directory: string): Room[] {
  const limit = readCount(`${directory}/memory.max`) ?? readCount(`${directory}/memory.limit_in_bytes`);
  const used = readCount(`${directory}/memory.current`) ?? readCount(`${directory}/memory.usage_in_bytes`);
  if (limit === null || used === null) return [];
  const statistics = kernelText(`${directory}/memory.stat`);
  const reclaimable = fieldsOf(statistics, /^total_/m.test(statistics) ? RECLAIMABLE_BEFORE : RECLAIMABLE);
  return [{ amount: Math.max(0, limit - used + Math.min(used, reclaimable)), basis: `control group ${directory}` }];
}

function groupTasks(directory: string): Room[] {
  const limit = readCount(`${directory}/pids.max`);
  const used = readCount(`${directory}/pids.current`);
  if (limit === null || used === null) return [];
  return [{ amount: Math.max(0, limit - used), basis: `pids.max of control group ${directory}` }];
}

/** A soft limit of this process (proc_pid_limits(5)); none where it is unlimited. */
function processLimit(limits: string, name: string, basis: string): Room[] {
  const soft = new RegExp(`^${name}\\s+(\\d+)\\s`, "m").exec(limits)?.[1];
  return soft === undefined ? [] : [{ amount: Number(soft), basis }];
}

function limitOf(amount: number | null, used: number, basis: string): Room[] {
  return amount === null ? [] : [{ amount: Math.max(0, amount - used), basis }];
}

/** Bits of `CapEff` (capabilities(7)): who has one of these, like root itself, is not held to the number of tasks. */
const UNLIMITED_TASKS = (1n << 21n) | (1n << 24n);

/** Threads of the user's processes, which the kernel counts by the real user (RLIMIT_NPROC of getrlimit(2)). */
function tasksOfUser(procRoot: string, user: number): number {
  const processes = processIds(procRoot);
  const statuses = processes.map((name) => kernelText(`${procRoot}/${name}/status`));
  const own = statuses.filter((status) => fieldsOf(status, ["Uid"]) === user && /^Uid:/m.test(status));
  return own.reduce((sum, status) => sum + fieldsOf(status, ["Threads"]), 0);
}

function userTasks({ procRoot }: LimitRoots, limits: string): Room[] {
  const [limit] = processLimit(limits, "Max processes", "ulimit -u");
  const status = kernelText(`${procRoot}/self/status`);
  const user = fieldsOf(status, ["Uid"]);
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  if (limit === undefined || user === 0 || (capabilities & UNLIMITED_TASKS) !== 0n) return [];
  return limitOf(limit.amount, tasksOfUser(procRoot, user), limit.basis);
}

const least = (rooms: readonly Room[]): Room | null =>
  rooms.reduce<Room | null>((best, room) => (best === null || room.amount < best.amount ? room : best), null);

export function readHeadroom(roots: LimitRoots = KERNEL): Headroom {
  const { procRoot } = roots;
  const limits = kernelText(`${procRoot}/self/limits`);
  const memory = fieldsOf(kernelText(`${procRoot}/meminfo`), ["MemAvailable"]) * 1024;
  const tasks = Number(/\/(\d+) /.exec(kernelText(`${procRoot}/loadavg`))?.[1] ?? 0);
  const setting = (name: string): number | null => readCount(`${procRoot}/sys/${name}`);
  return {
    memory: least([
      ...(memory === 0 ? [] : [{ amount: memory, basis: "MemAvailable of /proc/meminfo" }]),
      ...groupDirectories(roots, "memory").flatMap(groupMemory),
    ]),
    addressSpace: least(processLimit(limits, "Max address space", "ulimit -v")),
    mappings: least(limitOf(setting("vm/max_map_count"), 0, "sysctl vm.max_map_count")),
    // Node raises its own soft limit to the hard one as it starts.
    descriptors: least(processLimit(limits, "Max open files", "ulimit -n")),
    tasks: least([
      ...limitOf(setting("kernel/threads-max"), tasks, "sysctl kernel.threads-max"),
      ...limitOf(setting("kernel/pid_max"), tasks, "sysctl kernel.pid_max"),
      ...userTasks(roots, limits),
      ...groupDirectories(roots, "pids").flatMap(groupTasks),
    ]),
    kernelAio: least(limitOf(setting("fs/aio-max-nr"), setting("fs/aio-nr") ?? 0, "sysctl fs.aio-max-nr")),
  };
}
