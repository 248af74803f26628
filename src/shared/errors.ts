// What went wrong -> one value that crosses processes and one paragraph that a person can act on.

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

/** A failed call of the operating system. */
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
  /** The likely cause. */
  readonly cause?: string;
  /** What the person can do next. */
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

/** A limit that node can run into at any moment, also while it loads a module or starts a thread. */
function exhaustion(thrown: unknown): Failure | null {
  const name = thrown instanceof Error ? /\bE[MN]FILE\b/.exec(thrown.message)?.[0] : undefined;
  if (name === undefined) return null;
  const what = `Too many files are open ${name === "EMFILE" ? "in this process" : "on this machine"} (${name})`;
  return { code: "UNSUPPORTED", what, next: "Raise the limit with `ulimit -n`, or use fewer threads" };
}

/** What any thrown value means to a person: its own failures, or a bug. */
export function failuresOf(thrown: unknown): readonly [Failure, ...Failure[]] {
  if (thrown instanceof DiskbenchError) return thrown.failures;
  const exhausted = exhaustion(thrown);
  if (exhausted !== null) return [exhausted];
  const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return [{ code: "BUG", what, next: "This is a mistake in diskbench: please report it with the lines above" }];
}
