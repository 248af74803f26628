// A profile document -> what diskbench does with it, from nbdkit's log, from strace and from the result.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../../src/result/result.ts";
import { diskbench, resultIn, workplace } from "../support/diskbench.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { temporaryDirectory } from "../support/places.ts";
import type { Undo } from "../support/undo.ts";
import { countsOf, flagsOf, type Load, type Loads, type Transfer } from "./load.ts";

export interface ProfileDocument {
  readonly target?: { readonly path: string; readonly size?: string | number };
  readonly jobs: readonly Readonly<Record<string, unknown>>[];
}

interface Timed {
  readonly atMs: number;
  readonly transfer: Transfer;
}

const transferOf = (call: string, offset: number, length: number): Transfer => ({
  isWrite: !/read/i.test(call),
  offsetBytes: offset,
  lengthBytes: length,
});

/** What nbdkit's log filter saw, in its local time (nbdkit-log-filter(1)). */
function servedIn(log: string): readonly Timed[] {
  const lines = log.matchAll(/^(\S+) (\S+) connection=\d+ (Read|Write) id=\d+ offset=0x(\w+) count=0x(\w+)/gm);
  return [...lines].map(([, day = "", time = "", call = "", offset = "", count = ""]) => ({
    atMs: Date.parse(`${day}T${time}`),
    transfer: transferOf(call, Number.parseInt(offset, 16), Number.parseInt(count, 16)),
  }));
}

interface Traced {
  readonly opens: readonly { readonly flags: string; readonly atMs: number }[];
  /** Calls about the target that strace shows with their offset. */
  readonly calls: readonly Timed[];
}

const LINE = /^(\d+\.\d+) (.*)$/gm;
// What is written stands in quotes, escaped.
const AIO =
  /aio_lio_opcode=IOCB_CMD_(PREAD|PWRITE), aio_fildes=\d+<([^>]*)>, aio_buf=(?:\w+|"(?:[^"\\]|\\.)*"\.*), aio_nbytes=(\d+), aio_offset=(\d+)/g;

/** The transfers of one line of strace. */
function transfersIn(line: string, path: string): readonly Transfer[] {
  if (line.startsWith("io_submit")) {
    const ours = [...line.matchAll(AIO)].filter(([, , file]) => file === path);
    return ours.map(([, call = "", , length, offset]) => transferOf(call, Number(offset), Number(length)));
  }
  const call = /^(p(?:read|write)(?:64|v2?))\(\d+<([^>]*)>, .*\) += (\d+)$/.exec(line);
  if (call?.[2] !== path) return [];
  const [, name = "", , length] = call;
  // pread(fd, buffer, count, offset); preadv(fd, vector, count, offset), preadv2 with flags behind it.
  const numbers = line.slice(0, line.lastIndexOf(")")).split(", ");
  return [transferOf(name, Number(numbers.at(name.endsWith("v2") ? -2 : -1)), Number(length))];
}

/**
 * The traces of all threads, one each. Only workers carry I/O: command and engine, which look after the file, are
 * programs that were executed.
 */
function tracedIn(traces: readonly string[], path: string): Traced {
  const workers = traces.filter((trace) => !/^\S+ execve\(/m.test(trace));
  const lines = workers.flatMap((trace) => [...trace.matchAll(LINE)]);
  const timed = lines.map(([, seconds, text = ""]) => ({ atMs: Number(seconds) * 1000, text }));
  const opens = timed.flatMap(({ text, atMs }) => {
    // By the name that strace gives the descriptor: the call may name the file within a directory that is held.
    const [, flags = "", opened] = /^openat\([^,]*, "[^"]*", ([A-Z_|]+).*\) += \d+<([^>]*)>$/.exec(text) ?? [];
    return opened === path && !flags.includes("O_PATH") ? [{ flags, atMs }] : [];
  });
  const calls = timed.flatMap(({ text, atMs }) => transfersIn(text, path).map((transfer) => ({ atMs, transfer })));
  return { opens, calls };
}

const TRACED_CALLS = "execve,openat,io_submit,pread64,pwrite64,preadv,pwritev,preadv2,pwritev2";
/** Characters of a string, and elements of a list: as many control blocks as one call has. */
const MOST_SHOWN = "64";
/** Calls that strace shows, and the page cache does not hide. */
const SHOWN = new Set(["pwrite", "pwritev", "libaio"]);

interface Evidence {
  readonly served: readonly Timed[];
  readonly traced: Traced;
}

/** One case: its rounds are told from others by when they began. */
function loadOf(result: Result, caseIndex: number, { served, traced }: Evidence): Load {
  const measured = result.cases[caseIndex];
  if (measured === undefined) throw new Error("there is no such case");
  const { settings, rounds } = measured;
  const starts = result.cases
    .flatMap((each) => each.rounds.map(({ startedAt }) => Date.parse(startedAt)))
    .toSorted((a, b) => a - b);
  const isOurs = ({ atMs }: { readonly atMs: number }): boolean => {
    const began = starts.findLast((start) => start <= atMs);
    return rounds.some(({ startedAt }) => Date.parse(startedAt) === began);
  };
  const isBuffered = settings.caching === "buffered";
  const isShown = SHOWN.has(settings.nativeCall);
  const evidence = isBuffered && isShown ? traced.calls : served;
  const counts = countsOf(evidence.filter(isOurs).map(({ transfer }) => transfer));
  const isOneByOne = !isBuffered || isShown;
  const sum = (of: (round: (typeof rounds)[0]) => number | undefined): number =>
    rounds.reduce((total, round) => total + (of(round) ?? 0), 0);
  const bytes = sum(({ total, outsideWindow }) => total.bytes + outsideWindow.bytes);
  if (isOneByOne && bytes !== counts.bytes)
    throw new Error(`${measured.id}: the result has ${bytes} bytes, the log ${counts.bytes}`);
  return {
    name: measured.job,
    operation: settings.operation,
    pattern: settings.pattern,
    ...counts,
    ...(isOneByOne
      ? {}
      : {
          reads: sum(({ read }) => read?.ios),
          writes: sum(({ write }) => write?.ios),
          bytes,
          lengthsBytes: [settings.blockSizeBytes],
        }),
    isOneByOne,
    flushes: sum(({ flush }) => flush?.count),
    flushesBehindLast: /^e(ach|very)/.test(settings.flush) ? settings.threads * rounds.length : 0,
    flags: flagsOf(traced.opens.filter(isOurs).map(({ flags }) => flags)),
    threads: settings.threads,
    rounds: rounds.length,
    depth: settings.queueDepth,
    files: 1,
    seconds: Math.max(0, ...rounds.map(({ measuredSeconds }) => measuredSeconds)),
  };
}

/** Runs diskbench on a file of `fileSizeBytes` whose I/O is logged. */
export async function ownLoads(undo: Undo, document: ProfileDocument, fileSizeBytes: number): Promise<Loads> {
  const directory = temporaryDirectory(undo);
  const traceDirectory = temporaryDirectory(undo);
  const logFile = join(directory, "log");
  const path = await nbdFile(undo, fileSizeBytes, [
    "--filter=log",
    "memory",
    String(fileSizeBytes),
    `logfile=${logFile}`,
  ]);
  const size = document.target?.size;
  const target = { path, fill: "none", preallocate: "none", ...(size === undefined ? {} : { size }) };
  const place = workplace(undo, { "profile.json": { ...document, target } });
  const words = ["run", "profile.json", "--force", "--quiet"];
  const trace = [
    "--seccomp-bpf",
    "-ff",
    "-qq",
    "-y",
    "-ttt",
    "-s",
    MOST_SHOWN,
    "-e",
    `trace=${TRACED_CALLS}`,
    "-e",
    "signal=none",
  ];
  const ended = await diskbench(undo, words, {
    directory: place,
    prefix: ["strace", ...trace, "-o", join(traceDirectory, "of")],
  });
  // 1: a check of the result has something to say about the machine, which is busy.
  if (ended.code > 1) throw new Error(`diskbench ended with ${ended.code}: ${ended.stderr}`);
  const result = resultIn(place);
  const evidence = {
    served: servedIn(readFileSync(logFile, "utf8")),
    traced: tracedIn(
      readdirSync(traceDirectory).map((name) => readFileSync(join(traceDirectory, name), "utf8")),
      path,
    ),
  };
  return {
    loads: result.cases.map((_, index) => loadOf(result, index, evidence)),
    fileSizeBytes: result.targets[0]?.sizeBytes ?? 0,
    fileNames: document.target === undefined ? [] : [document.target.path],
  };
}
