// Text -> standard output or standard error, whole; or the failure that it cannot be written there.

import { writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { identityAt } from "../platform/named-files.ts";
import type { Looks } from "../report/page.ts";
import { withoutCommands } from "../shared/printable.ts";
import { refusedBySystem } from "../shared/errors.ts";
import { EXIT, firstOf } from "./exit-codes.ts";

/** As node's types have it, both are always terminals. */
interface StandardStream extends NodeJS.WritableStream {
  readonly fd: number;
  readonly isTTY?: boolean | undefined;
}

/** Throws OUTPUT_FAILED, with `next` as what to do then. A reader that has seen enough (`| head`) is no failure. */
export async function print(text: string, next?: string): Promise<void> {
  try {
    await write(process.stdout, text);
  } catch (thrown) {
    if (isReaderGone(process.stdout, thrown)) return;
    throw refusedBySystem(thrown, {
      code: "OUTPUT_FAILED",
      where: "standard output",
      what: "What was to be printed cannot be written",
      ...(next === undefined ? {} : { next }),
    });
  }
}

/** That standard error could not be written: nowhere to say it, but the exit code tells. */
let saidInVain = false;

/**
 * Writes `text` to standard error, with nothing in it that a log's reader obeys: it may hold names that anybody gave.
 * That it cannot be written ends nothing: see `watchStandardStreams`.
 */
export function say(text: string): void {
  sayCommands(withoutCommands(text));
}

/** Writes commands for the runner of a workflow to standard error. */
export function sayCommands(text: string): void {
  write(process.stderr, text).catch((thrown: unknown) => {
    saidInVain ||= !isReaderGone(process.stderr, thrown);
  });
}

export const progressStream = {
  write: say,
  get isTTY(): boolean {
    return process.stderr.isTTY && process.env["TERM"] !== "dumb";
  },
  get columns(): number | undefined {
    return process.stderr.columns;
  },
  get ascii(): boolean {
    return isAscii();
  },
  get color(): boolean {
    return hasColors(process.stderr);
  },
};

/** Whether the locale is one without symbols. By the first of these that is set (locale(7)); by none it is unknown. */
function isAscii(): boolean {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => process.env[name] ?? "").find((value) => value !== "");
  return locale !== undefined && !/utf-?8/i.test(locale);
}

/** NO_COLOR beats FORCE_COLOR, and both beat what the terminal says of itself (no-color.org). */
function hasColors(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: never = "", FORCE_COLOR: always = "" } = process.env;
  if (never !== "") return false;
  return always === "" ? stream.isTTY && stream.getColorDepth() > 1 : always !== "0";
}

/** To be called before anything is written. */
export function watchStandardStreams(): void {
  // Whoever writes is told by a callback; without a listener node would end the process besides.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.on("exit", (code) => {
    if (saidInVain) process.exitCode = firstOf([code, EXIT.runFailed]);
  });
}

/**
 * A stream of node's waits for whoever reads a pipe or a terminal, and says what became of it. For files it does not: what
 * one write(2) leaves over, because the disk is full or a limit reached, is lost without a word (SyncWriteStream), and on
 * what is neither file, pipe nor terminal (a directory) all is.
 */
async function write(stream: StandardStream, text: string): Promise<void> {
  if (!(stream instanceof Socket)) {
    writeFileSync(stream.fd, text);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Nobody wants the rest: the pipe was closed, the terminal is gone, or one of that was told before. */
function isReaderGone(stream: StandardStream, thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || (code === "EIO" && stream.isTTY === true);
}

/** Whether one person sees both streams: on terminals, or in one file or pipe (`2>&1`). */
export function isSeenTogether(): boolean {
  if (process.stdout.isTTY && process.stderr.isTTY) return true;
  const [output, error] = [identityAt(process.stdout.fd), identityAt(process.stderr.fd)];
  return output !== null && output === error;
}

/** How to print; what is no terminal has `defaultWidth` columns. */
export function stdoutLooks(defaultWidth: number): Required<Pick<Looks, "color" | "width" | "ascii">> {
  const columns = process.stdout.isTTY ? process.stdout.columns : 0;
  // Some pseudo-terminals say that they have no columns at all.
  return { color: hasColors(process.stdout), width: columns || defaultWidth, ascii: isAscii() };
}
