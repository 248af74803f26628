// One way of doing I/O -> one timed run of it, by diskbench's engine or by fio: rate, latency and CPU per I/O.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { MemberSpec } from "../../src/engine/round-spec.ts";
import { CpuAccount, type CpuTimes } from "./cpu-account.ts";

/** What a run came to. CPU times are of the whole process, taken from outside while the window was open. */
export interface Measurement {
  readonly iops: number;
  readonly userNsPerIo: number;
  readonly systemNsPerIo: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
}

/** Whole seconds: fio takes 0.5 s of warm-up for none. */
export interface RunLength {
  readonly warmupSeconds: number;
  readonly seconds: number;
}

export interface Contender {
  readonly name: string;
  run(length: RunLength): Promise<Measurement>;
}

/** The instrument begins this long after the window opens and ends as long before it closes. */
const MARGIN_SECONDS = 0.3;
/** How long fio takes at most until its own time begins; when exactly, nobody tells. */
const FIO_SETUP_SECONDS = 0.5;

let runs = 0;

/** CPU use of `child` over the inner part of its window, per second. */
async function cpuPerSecond(cpu: CpuAccount, startDelaySeconds: number, length: RunLength): Promise<CpuTimes> {
  await sleep((startDelaySeconds + MARGIN_SECONDS) * 1000);
  const [before, beforeMs] = [cpu.read(), performance.now()];
  await sleep((length.seconds - 2 * MARGIN_SECONDS - FIO_SETUP_SECONDS) * 1000);
  const [after, afterMs] = [cpu.read(), performance.now()];
  const seconds = (afterMs - beforeMs) / 1000;
  return {
    userSeconds: (after.userSeconds - before.userSeconds) / seconds,
    systemSeconds: (after.systemSeconds - before.systemSeconds) / seconds,
  };
}

async function textOf(child: ChildProcess): Promise<string> {
  const parts: Buffer[] = [];
  child.stdout?.on("data", (part: Buffer) => parts.push(part));
  await once(child, "close");
  return Buffer.concat(parts).toString("utf8");
}

/** Runs a command inside an account of its own; `started` resolves when its window is about to open. */
async function watch(
  command: readonly [string, ...string[]],
  length: RunLength,
  started: (child: ChildProcess) => Promise<number>,
): Promise<{ readonly text: string; readonly cpu: CpuTimes }> {
  runs += 1;
  const cpuAccount = new CpuAccount(String(runs));
  const [program, ...parameters] = command;
  const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  try {
    cpuAccount.add(child.pid ?? 0);
    const output = textOf(child);
    const cpu = await cpuPerSecond(cpuAccount, await started(child), length);
    return { text: await output, cpu };
  } finally {
    if (child.exitCode === null) child.kill("SIGKILL");
    await sleep(50);
    cpuAccount.close();
  }
}

function perIo(cpu: CpuTimes, iops: number): Pick<Measurement, "userNsPerIo" | "systemNsPerIo"> {
  return { userNsPerIo: (cpu.userSeconds / iops) * 1e9, systemNsPerIo: (cpu.systemSeconds / iops) * 1e9 };
}

/** diskbench's engine and its supervisor, in processes of their own. */
export function diskbench(spec: Omit<MemberSpec, "warmupSeconds" | "durationSeconds">): Contender {
  const runner = new URL("./engine-runner.js", import.meta.url).pathname;
  return {
    name: "diskbench",
    run: async (length) => {
      const full: MemberSpec = { ...spec, warmupSeconds: length.warmupSeconds, durationSeconds: length.seconds };
      const { text, cpu } = await watch([process.execPath, runner, JSON.stringify(full)], length, async (child) => {
        await once(child, "message");
        return 0;
      });
      const measured: unknown = JSON.parse(text);
      const { iops, p50Ns, p99Ns } = measured as Pick<Measurement, "iops" | "p50Ns" | "p99Ns">;
      return { iops, p50Ns, p99Ns, ...perIo(cpu, iops) };
    },
  };
}

interface FioSide {
  readonly total_ios: number;
  readonly iops: number;
  readonly lat_ns: { readonly percentile?: Readonly<Record<string, number>> };
  readonly clat_ns: { readonly percentile?: Readonly<Record<string, number>> };
}

/** fio with these parameters. It starts its window `warmupSeconds` after it has set itself up, which takes it a moment. */
export function fio(name: string, parameters: readonly string[]): Contender {
  return {
    name,
    run: async (length) => {
      const all = [
        "--name=bench",
        "--time_based",
        "--lat_percentiles=1",
        "--output-format=json",
        `--ramp_time=${length.warmupSeconds}`,
        `--runtime=${length.seconds}`,
        ...parameters,
      ] as const;
      const delay = FIO_SETUP_SECONDS + length.warmupSeconds;
      const { text, cpu } = await watch(["fio", ...all], length, () => Promise.resolve(delay));
      const report = JSON.parse(text.slice(text.indexOf("{"))) as {
        jobs: readonly { read: FioSide; write: FioSide }[];
      };
      const sides = report.jobs.map((job) => (job.write.total_ios > 0 ? job.write : job.read));
      const iops = sides.reduce((sum, side) => sum + side.iops, 0);
      const percentiles = sides[0]?.lat_ns.percentile ?? sides[0]?.clat_ns.percentile ?? {};
      return {
        iops,
        p50Ns: percentiles["50.000000"] ?? NaN,
        p99Ns: percentiles["99.000000"] ?? NaN,
        ...perIo(cpu, iops),
      };
    },
  };
}
