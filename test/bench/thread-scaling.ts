// One thread, then two on a file each -> by how much two cores do more than one.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MemberSpec } from "../../src/engine/round-spec.ts";
import { benchSpec } from "./bench-cases.ts";
import { centreOf, type Ratio } from "./ratios.ts";

const FILE_BYTES = 64 * 1024 * 1024;
const runner = new URL("./engine-runner.js", import.meta.url).pathname;

async function iopsOf(spec: MemberSpec): Promise<number> {
  const child = spawn(process.execPath, [runner, JSON.stringify(spec)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const parts: Buffer[] = [];
  child.stdout?.on("data", (part: Buffer) => parts.push(part));
  await once(child, "close");
  return (JSON.parse(Buffer.concat(parts).toString("utf8")) as { iops: number }).iops;
}

/** By how much two threads do more than one. */
export interface Scaling {
  readonly name: string;
  readonly ratio: Ratio;
  readonly atLeast: number;
}

/** The same calls on tmpfs, one worker against two that share no file: pread and pwrite, in turns. */
export async function threadScaling(folder: string, rounds: number): Promise<readonly Scaling[]> {
  const paths = ["a.dat", "b.dat"].map((name) => {
    const path = join(folder, name);
    writeFileSync(path, "");
    truncateSync(path, FILE_BYTES);
    return path;
  });
  const scalings: Scaling[] = [];
  for (const readPercent of [100, 0]) {
    const ratios: number[] = [];
    const changes = { readPercent, fileSizeBytes: FILE_BYTES, warmupSeconds: 0.5, durationSeconds: 2 };
    const specs = paths.map((path) => benchSpec("pwrite", path, changes));
    for (let round = 0; round < rounds; round += 1) {
      const [first] = specs;
      if (first === undefined) continue;
      const before = round % 2 === 0 ? await iopsOf(first) : null;
      const both = await Promise.all(specs.map(iopsOf));
      const one = before ?? (await iopsOf(first));
      ratios.push(both.reduce((sum, iops) => sum + iops, 0) / one);
    }
    const name = `two threads / one, ${readPercent === 100 ? "pread" : "pwrite"} on tmpfs`;
    scalings.push({ name, ratio: centreOf(ratios), atLeast: 1.8 });
  }
  return scalings;
}
