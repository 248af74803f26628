// The words of a DiskSpd command line -> a profile document.

import { formatSize } from "../../shared/units.ts";
import type { Flush, Pattern } from "../../shared/vocabulary.ts";
import { DEFAULT_TARGET } from "../defaults.ts";
import { LIMITS } from "../../job/limits.ts";
import { DiskspdWords } from "./diskspd-words.ts";
import { holdsVariable } from "./fio-values.ts";
import type { JobPoint } from "../../job/job.ts";
import { type ImportedJob, jobDocument, nameFrom } from "./imported.ts";
import { withoutNulls } from "../../shared/without-nulls.ts";
import type { Notes } from "./import-notes.ts";

function pathOf(words: DiskspdWords, notes: Notes): string {
  const [target, ...others] = words.targets;
  if (target === undefined) return DEFAULT_TARGET.path;
  for (const other of others) notes.add("files", other, null, `${target} is used`);
  // A bracket is a command of PowerShell, whose words take its place.
  if (/%\w+%|^\(/.test(target) || holdsVariable(target)) notes.add("variable", target);
  const [, disk] = /^#(\d{1,4})$/.exec(target) ?? [];
  const [, drive] = /^([A-Za-z]):$/.exec(target) ?? [];
  if (disk === undefined && drive === undefined) return target;
  notes.add("device", target);
  return disk === undefined ? `\\\\.\\${drive}:` : `\\\\.\\PhysicalDrive${disk}`;
}

/** -c makes a file of that size; -f and -B say how much of it is used. */
function sizeOf(words: DiskspdWords): number | null {
  const base = words.size("B", (text) => text.split(":")[0] ?? "") ?? 0;
  const length = words.size("B", (text) => text.split(":")[1] ?? "");
  if (base > 0) words.note("offset", "B");
  const sizes = [words.size("c"), words.size("f"), length].filter((bytes) => bytes !== null && bytes > 0);
  const bytes = sizes.reduce<number | null>((least, each) => Math.min(least ?? Infinity, each ?? Infinity), null);
  const { minimum, maximum } = LIMITS.targetSizeBytes;
  return bytes === null ? null : Math.min(Math.max(bytes, minimum), maximum);
}

function patternOf(words: DiskspdWords, threads: number): Pattern {
  const { blockSizeBytes } = words;
  const share = words.count("rs", { minimum: 0, maximum: 100 });
  if (words.has("r") || words.has("rd") || (share ?? 0) > 0) {
    if (words.has("s") || words.has("si")) words.note("conflict", words.has("si") ? "si" : "s");
    if (share !== null && share > 0 && share < 100) words.note("partly-random", "rs");
    if ((words.size("r") ?? blockSizeBytes) !== blockSizeBytes) words.note("block-align", "r");
    return "random";
  }
  const stride = words.has("si") ? "si" : "s";
  if ((words.size(stride) ?? blockSizeBytes) !== blockSizeBytes) words.note("stride", stride);
  if (threads === 1) return "sequential";
  if (words.has("si")) words.note("shared-offset", "si");
  else words.note("same-offset", words.has("T") ? "T" : words.has("F") ? "F" : "t");
  return "sequential";
}

type Way = Pick<JobPoint, "method" | "queueDepth" | "caching" | "writeThrough" | "flush">;

function flushOf(words: DiskspdWords): Flush {
  const mode = words.text("N");
  if (mode === null) return "never";
  if (mode !== "v") words.note("sync-range", "N", "the view is flushed after each write");
  return "each";
}

function wayOf(words: DiskspdWords, writes: boolean): Way {
  const letters = words.text("S") ?? "";
  const depth =
    (words.has("F") && words.has("O") ? words.count("O", LIMITS.queueDepth) : null) ??
    words.count("o", LIMITS.queueDepth) ??
    2;
  const writeThrough = letters.includes("w");
  if (letters.includes("r")) words.note("mapped-caching", "S", "the local cache is used");
  if (letters.includes("m")) {
    if (depth > 1 && words.has("o")) words.note("mapped-depth", "o");
    if (writeThrough) words.note("mapped-caching", "S");
    return {
      method: "mapped",
      queueDepth: 1,
      caching: null,
      writeThrough: false,
      flush: writes ? flushOf(words) : null,
    };
  }
  const most = Math.floor(LIMITS.bufferBytesPerThread.maximum / words.blockSizeBytes);
  if (depth > most) words.note("limit", "o", `${most} is used`);
  if (words.has("N")) words.note("engine-option", "N");
  const unbuffered = letters.includes("u");
  return {
    method: words.has("x") ? "writefileex" : "writefile",
    queueDepth: Math.min(depth, most),
    caching: unbuffered ? "unbuffered" : "buffered",
    writeThrough,
    flush: writes && !unbuffered ? "never" : null,
  };
}

/** What writes carry: diskbench knows only fresh random bytes. */
function noteContent(words: DiskspdWords, notes: Notes): void {
  const source = words.text("Z");
  if (source === null) notes.add("repeating-content", "no -Z");
  else if (source === "" || source.includes(",")) words.note("content", "Z");
}

function seedOf(words: DiskspdWords): number | null {
  const text = words.text("z");
  if (text === null) return null;
  if (/^\d{1,10}$/.test(text) && Number(text) <= LIMITS.seed.maximum) return Number(text);
  words.note("seed", "z");
  return null;
}

export interface DiskspdInput {
  readonly words: readonly string[];
  readonly where: string;
  readonly name: string;
}

export function importDiskspd(
  { words: all, where, name }: DiskspdInput,
  notes: Notes,
): Readonly<Record<string, unknown>> {
  const words = new DiskspdWords(all, where, notes);
  const { blockSizeBytes } = words;
  const threads = words.count("F", LIMITS.threads) ?? words.count("t", LIMITS.threads) ?? 1;
  // -w alone is -w0.
  const writePercent = words.text("w") === "" ? 0 : (words.count("w", LIMITS.readPercent) ?? 0);
  const writes = writePercent > 0;
  if (writes) noteContent(words, notes);
  const job: ImportedJob = {
    name: "diskspd",
    ...wayOf(words, writes),
    operation: writePercent === 0 ? "read" : writePercent === 100 ? "write" : "mixed",
    readPercent: writes && writePercent < 100 ? 100 - writePercent : null,
    pattern: patternOf(words, threads),
    blockSizeBytes,
    threads,
    durationSeconds: words.count("d", { minimum: 1, maximum: LIMITS.durationSeconds.maximum }) ?? 10,
    warmupSeconds: words.count("W", { minimum: 0, maximum: LIMITS.warmupSeconds.maximum }) ?? 5,
  };
  const sizeBytes = sizeOf(words);
  return withoutNulls({
    name: nameFrom(name, "imported"),
    seed: seedOf(words),
    rounds: 1,
    target: withoutNulls({ path: pathOf(words, notes), size: sizeBytes === null ? null : formatSize(sizeBytes) }),
    jobs: [jobDocument(job)],
  });
}
