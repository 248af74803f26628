// A combination of options -> what fio does with it, from `--debug=io` and from strace.

import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "../support/places.ts";
import type { Undo } from "../support/undo.ts";
import { type Combination, DIRECTORY } from "./combination.ts";
import { countsOf, flagsOf, type Load, type Loads, type Transfer } from "./load.ts";

const PATIENCE_MS = 120_000;
const MOST_OUTPUT_BYTES = 256 * 2 ** 20;
const JOB_FILE = "job.fio";

/** One process or thread of fio. */
class Clone {
  readonly transfers: (Transfer & { readonly file: string })[] = [];
  flushes = 0;
  depth = 0;
  readonly #flushing = new Set<string>();
  readonly #filled = new Set<string>();
  readonly #outstanding = new Set<string>();

  /** `queue` comes again where an engine is busy, and `complete` is not always said: what is filled is queued once. */
  take(kind: string, unit: string, direction: number, transfer: Omit<Transfer, "isWrite">, file: string): void {
    if (direction > 1) this.#takeFlush(kind, unit);
    else if (kind === "fill") this.#filled.add(unit);
    else if (kind === "complete") this.#outstanding.delete(unit);
    else if (this.#filled.delete(unit)) {
      this.transfers.push({ isWrite: direction === 1, ...transfer, file });
      this.#outstanding.add(unit);
      this.depth = Math.max(this.depth, this.#outstanding.size);
    }
  }

  /** The last flush of a job is queued without being filled. */
  #takeFlush(kind: string, unit: string): void {
    if (kind !== "queue") this.#flushing.delete(unit);
    else if (!this.#flushing.has(unit)) {
      this.flushes += 1;
      this.#flushing.add(unit);
    }
  }
}

const UNIT = /^io +(\d+) +(fill|queue|complete): io_u (0x\w+): off=0x(\w+),len=0x(\w+),ddir=(\d+),file=(.*)$/gm;

/** By process or thread id, in the order in which they began. */
function clonesIn(output: string): ReadonlyMap<number, Clone> {
  const clones = new Map<number, Clone>();
  for (const [, id, kind = "", unit = "", offset = "", length = "", direction, file = ""] of output.matchAll(UNIT)) {
    const clone = clones.get(Number(id)) ?? new Clone();
    clones.set(Number(id), clone);
    const transfer = { offsetBytes: Number.parseInt(offset, 16), lengthBytes: Number.parseInt(length, 16) };
    clone.take(kind, unit, Number(direction), transfer, file);
  }
  return clones;
}

/** `one: (groupid=0, jobs=1): err= 0: pid=9487: Mon ...` of its report: whose process it was. */
function jobsIn(output: string): readonly { readonly name: string; readonly id: number }[] {
  const lines = output.matchAll(/^(\S+): \(groupid=\d+, jobs=\d+\): err= *(\d+).*: pid=(\d+):/gm);
  return [...lines].map(([line, name = "", error, id]) => {
    if (error !== "0") throw new Error(`fio reports an error: ${line}`);
    return { name, id: Number(id) };
  });
}

/** `one: (g=0): rw=randrw, bs=...`: what it understood. */
function understood(name: string, output: string): Pick<Load, "operation" | "pattern"> {
  const line = [...output.matchAll(/^(\S+): \(g=\d+\): rw=(rand)?(\w+),/gm)].find(([, job]) => job === name);
  const operation = line?.[3];
  if (operation === undefined) throw new Error(`fio does not say what ${name} does`);
  return {
    operation: operation === "read" || operation === "write" ? operation : "mixed",
    pattern: line?.[2] === undefined ? "sequential" : "random",
  };
}

/** The I/Os that its report counts, so that none is lost on the way to us. */
function issuedIn(output: string): number {
  const lines = [...output.matchAll(/issued rwts: total=(\d+),(\d+),(\d+),/g)];
  return lines.flatMap(([, ...counts]) => counts.map(Number)).reduce((sum, count) => sum + count, 0);
}

/** Flags of `openat` by process or thread, files of its own directory only. */
function opensIn(trace: string): ReadonlyMap<number, readonly string[]> {
  const opens = new Map<number, string[]>();
  for (const [, id, path = "", flags = ""] of trace.matchAll(/^(\d+) +openat\([^,]*, "([^"]*)", ([A-Z_|]+)/gm)) {
    // Jobs open nothing else to write, and reading ones nothing in their own directory.
    if (path.startsWith("/") || path === "." || path === JOB_FILE) continue;
    opens.set(Number(id), [...(opens.get(Number(id)) ?? []), flags]);
  }
  return opens;
}

/** The I/Os of clones, as if all files of their job lay one behind the other, each cut to whole blocks. */
function joined(clones: readonly Clone[], sizes: ReadonlyMap<string, number>): readonly Transfer[] {
  const block = Math.max(1, ...clones.flatMap(({ transfers }) => transfers.map(({ lengthBytes }) => lengthBytes)));
  const starts = new Map<string, number>();
  let start = 0;
  for (const [file, size] of sizes) {
    starts.set(file, start);
    start += Math.floor(size / block) * block;
  }
  return clones.flatMap(({ transfers }) =>
    transfers.map(({ file, ...transfer }) => ({
      ...transfer,
      offsetBytes: transfer.offsetBytes + (starts.get(file) ?? 0),
    })),
  );
}

/** Runs fio on files of its own. */
export async function fioLoads(undo: Undo, { file, words, fileNames }: Combination): Promise<Loads> {
  const directory = temporaryDirectory(undo, { onTmpfs: true });
  const traceFile = join(temporaryDirectory(undo), "trace");
  mkdirSync(join(directory, DIRECTORY));
  if (file !== null) writeFileSync(join(directory, JOB_FILE), file);
  const trace = ["--seccomp-bpf", "-f", "-qq", "-e", "trace=openat", "-e", "signal=none", "-o", traceFile];
  // Line by line: clones that are processes end without what is still in their buffer.
  const fio = ["stdbuf", "-oL", "fio", "--debug=io", ...words, ...(file === null ? [] : [JOB_FILE])];
  const { stdout } = await promisify(execFile)("strace", [...trace, ...fio], {
    cwd: directory,
    maxBuffer: MOST_OUTPUT_BYTES,
    timeout: PATIENCE_MS,
  });
  const clones = clonesIn(stdout);
  const opens = opensIn(readFileSync(traceFile, "utf8"));
  const jobs = jobsIn(stdout);
  const names = [...new Set(jobs.map(({ name }) => name))];
  const seconds = Math.max(0, ...[...stdout.matchAll(/run=(\d+)-(\d+)msec/g)].map(([, , most]) => Number(most) / 1000));
  const loads = names.map((name) => {
    const ids = jobs.filter((job) => job.name === name).map(({ id }) => id);
    const own = ids.map((id) => clones.get(id)).filter((clone) => clone !== undefined);
    const files = [...new Set(own.flatMap(({ transfers }) => transfers.map((transfer) => transfer.file)))];
    const sizes = new Map(files.map((path) => [path, statSync(join(directory, path)).size]));
    const load: Load = {
      name,
      ...understood(name, stdout),
      ...countsOf(joined(own, sizes)),
      isOneByOne: true,
      flushes: own.reduce((sum, { flushes }) => sum + flushes, 0),
      flags: flagsOf(ids.flatMap((id) => opens.get(id) ?? [])),
      threads: own.length,
      rounds: 1,
      depth: Math.max(0, ...own.map(({ depth }) => depth)),
      files: files.length,
      flushesBehindLast: 0,
      seconds,
    };
    return { load, fileBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
  });
  const counted = loads.reduce((sum, { load }) => sum + load.transfers.length, 0);
  if (counted !== issuedIn(stdout))
    throw new Error(`fio reports ${issuedIn(stdout)} I/Os, and its debug log has ${counted}`);
  return {
    loads: loads.map(({ load }) => load),
    fileSizeBytes: Math.max(0, ...loads.map(({ fileBytes }) => fileBytes)),
    fileNames,
  };
}
