// A control group -> the CPU time that every process in it has used: one instrument for all contenders.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface CpuTimes {
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

const VERSION_1 = "/sys/fs/cgroup/cpuacct";
const VERSION_2 = "/sys/fs/cgroup";

/** A group of its own below the root, removed by `close`. */
export class CpuAccount {
  readonly #folder: string;
  readonly #version1 = existsSync(join(VERSION_1, "cpuacct.usage"));

  constructor(name: string) {
    this.#folder = join(this.#version1 ? VERSION_1 : VERSION_2, `diskbench-bench-${process.pid}-${name}`);
    mkdirSync(this.#folder);
  }

  /** Puts a process, with all threads and children that it will have, into the group. */
  add(processId: number): void {
    writeFileSync(join(this.#folder, "cgroup.procs"), String(processId));
  }

  read(): CpuTimes {
    const nanoseconds = (file: string): number => Number(readFileSync(join(this.#folder, file), "utf8"));
    if (this.#version1) {
      // The total is exact; how it divides into user and system is sampled by the kernel.
      const total = nanoseconds("cpuacct.usage") / 1e9;
      const [user, system] = [nanoseconds("cpuacct.usage_user"), nanoseconds("cpuacct.usage_sys")];
      const userShare = user + system === 0 ? 0 : user / (user + system);
      return { userSeconds: total * userShare, systemSeconds: total * (1 - userShare) };
    }
    const text = readFileSync(join(this.#folder, "cpu.stat"), "utf8");
    const microseconds = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1] ?? 0);
    return { userSeconds: microseconds("user_usec") / 1e6, systemSeconds: microseconds("system_usec") / 1e6 };
  }

  close(): void {
    rmdirSync(this.#folder);
  }
}
