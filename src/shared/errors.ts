// What went wrong -> one value that crosses processes and one paragraph that a person can act on.

import { getSystemErrorMap } from "node:util";

/** The closed set of things that can end a command. Exit codes hang on these, words do not. */
export const FAILURE_EXIT_CODES = {
  /** The command line itself is wrong. */
  BAD_USAGE: 2,
  /** The profile cannot be read, or says something that no machine could do. */
  PROFILE_INVALID: 2,
  /** A result file cannot be read as one. */
  RESULT_INVALID: 2,
  /** A method or an option that this system or kernel does not have, or does not allow now. */
  UNSUPPORTED: 3,
  /** The target cannot be what it is asked to be: kind, permission, size, alignment, owner. */
  TARGET_UNUSABLE: 3,
  /** Size, holes or identity of a target changed while it was measured. */
  TARGET_CHANGED: 3,
  /** The target's device has not answered for longer than `--stall-timeout`. */
  TARGET_STALLED: 3,
  /** Not enough free space. */
  NO_SPACE: 3,
  /** I/Os of a round failed or came back short. */
  IO_FAILED: 3,
  /** The engine process ended, or stopped answering. */
  ENGINE_LOST: 3,
  /** A result or output file cannot be written. */
  OUTPUT_FAILED: 3,
  /** A mistake in diskbench itself. */
  BUG: 70,
} as const;
export type FailureCode = keyof typeof FAILURE_EXIT_CODES;

export interface SystemError {
  /** The call as its manual page names it, e.g. `openat`. */
  readonly call: string;
  /** errno, or GetLastError's value. */
  readonly code: number;
  /** The code's symbol, e.g. `EACCES` or `ERROR_SHARING_VIOLATION`. */
  readonly name: string;
  /** The system's own sentence for it. */
  readonly text: string;
}

/** All that is known about a failure; plain data, so that it can cross a process boundary or stand in a result. */
export interface Failure {
  readonly code: FailureCode;
  /** What happened, a sentence without its full stop. */
  readonly what: string;
  /** Where: a path, a place in a file, a case id. */
  readonly where?: string;
  readonly system?: SystemError;
  readonly cause?: string;
  readonly next?: string;
}

const sentence = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);

/** One paragraph: where, what, the system's words, the likely cause, what to do next. */
export function formatFailure(failure: Failure): string {
  const { what, where, system, cause, next } = failure;
  const systemText = system === undefined ? "" : ` (${system.call}: ${system.name} ${system.code}, ${system.text})`;
  const parts = [`${where === undefined ? "" : `${where}: `}${sentence(what + systemText)}`];
  if (cause !== undefined) parts.push(sentence(cause));
  if (next !== undefined) parts.push(sentence(next));
  return parts.join(" ");
}

/** An error that a person is meant to read. Anything else that is thrown is a bug of diskbench. */
export class DiskbenchError extends Error {
  override readonly name = "DiskbenchError";
  readonly failures: readonly [Failure, ...Failure[]];

  constructor(first: Failure, ...others: readonly Failure[]) {
    super([first, ...others].map(formatFailure).join("\n"));
    this.failures = [first, ...others];
  }

  /** 2, 3 or 70; of several failures the one that design gives precedence: 70, then 2, then 3. */
  get exitCode(): number {
    const codes = this.failures.map((failure): number => FAILURE_EXIT_CODES[failure.code]);
    return [70, 2, 3].find((code) => codes.includes(code)) ?? 70;
  }
}

/** Which call of the system failed behind a thrown value, and with what; undefined: the system had no part in it. */
export function systemErrorOf(thrown: unknown): SystemError | undefined {
  if (thrown instanceof DiskbenchError) return thrown.failures[0].system;
  if (!(thrown instanceof Error) || !("errno" in thrown) || typeof thrown.errno !== "number") return undefined;
  const [name, text] = getSystemErrorMap().get(thrown.errno) ?? ["UNKNOWN", thrown.message];
  const call = "syscall" in thrown && typeof thrown.syscall === "string" ? thrown.syscall : "system";
  // libuv gives the code as minus errno.
  return { call, code: Math.abs(thrown.errno), name, text };
}

/** `failure` with what the system said behind `thrown`; what the system had no part in stays what it is. */
export function refusedBySystem(thrown: unknown, failure: Failure): unknown {
  const system = systemErrorOf(thrown);
  return system === undefined ? thrown : new DiskbenchError({ ...failure, system });
}

interface Limit {
  readonly sign: RegExp;
  readonly what: string;
  readonly next: string;
}

/** Limits that node can run into at any moment, also while it loads a module or starts a thread. */
const LIMITS: readonly Limit[] = [
  {
    sign: /\bEMFILE\b/,
    what: "Too many files are open in this process",
    next: "Raise the limit with `ulimit -n`, or use fewer threads",
  },
  {
    sign: /\bENFILE\b/,
    what: "Too many files are open on this machine",
    next: "Raise the limit with `sysctl fs.file-max`, or use fewer threads",
  },
  {
    sign: /\bspawn\b.*\bEAGAIN\b|\bERR_WORKER_INIT_FAILED\b/,
    what: "No more processes or threads can be started",
    next: "Raise the limit with `ulimit -u`, or use fewer threads",
  },
  {
    sign: /\bENOMEM\b|\bERR_WORKER_OUT_OF_MEMORY\b|\bERR_MEMORY_ALLOCATION_FAILED\b|allocation failed|failed to map/i,
    what: "There is not enough memory",
    next: "Free some, raise the limit with `ulimit -v`, or use fewer threads",
  },
  {
    sign: /\bEFBIG\b/,
    what: "A file would be larger than this process may write",
    next: "Raise the limit with `ulimit -f`",
  },
];

/** What says that a call was wrong, and not that the system could not carry it out. */
const OWN_MISTAKES: readonly string[] = ["EBADF", "EINVAL", "EFAULT", "ENOTSOCK", "EDOM"];

/** What the machine or its limits have refused to node itself, wherever it was; null: it is a mistake of ours. */
function refusal(thrown: unknown): Failure | null {
  if (!(thrown instanceof Error)) return null;
  const code = "code" in thrown ? String(thrown.code) : "";
  const limit = LIMITS.find(({ sign }) => sign.test(`${thrown.message} ${code}`));
  const [name] = /\bE[A-Z]{3,}\b/.exec(`${thrown.message} ${code}`) ?? [];
  if (limit !== undefined) {
    return { code: "UNSUPPORTED", what: name === undefined ? limit.what : `${limit.what} (${name})`, next: limit.next };
  }
  if (systemErrorOf(thrown) === undefined || OWN_MISTAKES.includes(code)) return null;
  return { code: "UNSUPPORTED", what: `The system has refused a call (${thrown.message})` };
}

/** What any thrown value means to a person: its own failures, or a bug. */
export function failuresOf(thrown: unknown): readonly [Failure, ...Failure[]] {
  if (thrown instanceof DiskbenchError) return thrown.failures;
  const refused = refusal(thrown);
  if (refused !== null) return [refused];
  const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return [{ code: "BUG", what, next: "This is a mistake in diskbench: please report it with the lines above" }];
}

/** `failures` without those that would read like an earlier one. */
export function withoutRepeats(failures: readonly Failure[]): readonly Failure[] {
  return [...new Map(failures.map((failure) => [formatFailure(failure), failure])).values()];
}

/** More failures of one document nobody reads, and making them must not take long. */
export const MOST_FAILURES = 100;

/** Throws one DiskbenchError with all `failures`, the first hundred of them, or nothing when there are none. */
export function throwFailures(failures: readonly Failure[]): void {
  const [first, ...others] = failures.slice(0, MOST_FAILURES);
  if (first === undefined) return;
  const left = failures.length - MOST_FAILURES;
  if (left > 0) others.push({ code: first.code, what: "There are more mistakes than these", next: "Mend these first" });
  throw new DiskbenchError(first, ...others);
}
