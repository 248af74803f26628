// How an engine process ended, hung or failed to flush -> failures that a person can act on; pure.

import type { LingeringThread, Platform } from "../platform/platform.ts";
import type { Failure } from "../shared/errors.ts";
import { BACKEND_TRAITS } from "../shared/methods.ts";
import { placeOf, type Member, type ThreadOutcome } from "./round-spec.ts";
import type { Outstanding, Stall } from "./stall-watch.ts";
import { counted, humanBytes } from "../shared/units.ts";
import { MOST_COUNTER_BYTES } from "./loop/memory-layout.ts";

/** How V8 ends a process in which it gets no memory (a breakpoint, or abort(3) on other builds). */
const ENGINE_STARVED = "V8, which runs the threads, got no memory or no mapping for them (vm.max_map_count, ulimit -v)";
const PAGE_LOST = "A page of a mapped file could not be had: the file was truncated, or the device failed";

/** Signals, and on Windows the NTSTATUS of the exception that ended the process (ntstatus.h). */
const ENDINGS: Readonly<Record<string, { readonly name?: string; readonly cause?: string; readonly mapped?: string }>> =
  {
    SIGBUS: { cause: PAGE_LOST },
    SIGTRAP: { cause: ENGINE_STARVED },
    SIGABRT: { cause: ENGINE_STARVED },
    SIGILL: { cause: ENGINE_STARVED },
    SIGKILL: { cause: "It was killed from outside, or by the kernel for want of memory" },
    // Wine raises it where Windows raises the one after it; without a mapping it is a crash like any other.
    0xc0000005: { name: "STATUS_ACCESS_VIOLATION", mapped: PAGE_LOST },
    0xc0000006: { name: "STATUS_IN_PAGE_ERROR", cause: PAGE_LOST },
    0xc0000017: { name: "STATUS_NO_MEMORY", cause: "The system had no memory left for it" },
  };

export function lostFailure(
  members: readonly Pick<Member, "caseId" | "path" | "backend">[],
  code: number | null,
  signal: string | null,
): Failure {
  const { name, cause, mapped } = ENDINGS[signal ?? String(code)] ?? {};
  const likely = cause ?? (members.some(({ backend }) => BACKEND_TRAITS[backend].mapped) ? mapped : undefined);
  const how = signal === null ? `with code ${code}${name === undefined ? "" : ` (${name})`}` : `by ${signal}`;
  return {
    code: "ENGINE_LOST",
    where: placeOf(members).caseId,
    what: `The engine process ended ${how} in the middle of a round`,
    ...(likely === undefined ? {} : { cause: likely }),
    next:
      likely === ENGINE_STARVED
        ? "Finished rounds are kept; use fewer threads, or raise the limit"
        : "Finished rounds are kept; look at the target and at the system's log",
  };
}

/** A round whose threads would share more counters than are allowed. */
export function countersFailure(
  members: readonly Pick<Member, "caseId" | "path">[],
  threads: number,
  counterBytes: number,
): Failure {
  return {
    code: "UNSUPPORTED",
    where: placeOf(members).caseId,
    what: `The counters of ${threads} threads would take ${humanBytes(counterBytes)} of shared memory; ${humanBytes(MOST_COUNTER_BYTES)} are allowed`,
    cause: "Each thread counts its latencies in buckets of its own, for every kind of I/O",
    next: "Use fewer threads",
  };
}

export function flushFailures(
  platform: Platform,
  members: readonly Member[],
  outcomes: readonly ThreadOutcome[],
): Failure[] {
  const code = outcomes.find((outcome) => outcome.flushErrorCode !== 0)?.flushErrorCode;
  if (code === undefined) return [];
  return [
    {
      code: "IO_FAILED",
      where: placeOf(members).caseId,
      what: "Written data could not be made durable",
      system: platform.describeError("flush", code),
      next: "Look at the device and at the system's log",
    },
  ];
}

export interface StuckProcess {
  readonly processId: number;
  /** Empty where the system does not tell. */
  readonly threads: readonly LingeringThread[];
}

/** `The kernel does not let go of the engine process 4711: thread 4715 (in folio_wait_bit_common)` */
export function describeStuck({ processId, threads }: StuckProcess): string {
  const names = threads.map(({ id, waitsIn }) => (waitsIn === null ? `${id}` : `${id} (in ${waitsIn})`));
  const list = names.length === 0 ? "" : `: thread${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
  return `The kernel does not let go of the engine process ${processId}${list}`;
}

function describeOutstanding({ ios, flushes, besides }: Outstanding, path: string): string {
  if (besides !== null) return `The ${besides} of ${path} has not come to its end`;
  const waiting = [
    ...(ios === 0 ? [] : [counted(ios, "I/O")]),
    ...(flushes === 0 ? [] : [counted(flushes, "flush", "flushes")]),
  ].join(" and ");
  return `${waiting} on ${path} ${ios + flushes === 1 ? "is" : "are"} outstanding and nothing has completed`;
}

/** The target is closed; taking down a thread's memory takes its time where there are many and the CPUs have other work. */
function notEndedFailure(where: string, stall: Stall, since: string, ending: string): Failure {
  return {
    code: "ENGINE_LOST",
    where,
    what: `The engine's threads have not ended for ${stall.seconds.toFixed(1)} s, since ${since}`,
    cause: `The target was closed before: the machine is too busy for so many threads. ${ending}`,
    next: "Finished rounds are kept; use fewer threads, or end what else uses the CPUs. --stall-timeout says how long to wait",
  };
}

/** The engine's own thread does nothing, or its message to go on is lost: there is no I/O that could hang. */
function notLedFailure(where: string, stall: Stall, since: string, ending: string): Failure {
  return {
    code: "ENGINE_LOST",
    where,
    what: `The engine has not told its threads to go on for ${stall.seconds.toFixed(1)} s, since ${since}`,
    cause: `They have opened the target and wait for nothing else: the machine is too busy, or the engine hangs. ${ending}`,
    next: "Finished rounds are kept; end what else uses the CPUs. --stall-timeout says how long to wait",
  };
}

/** The device does not answer. `engine`: what became of the engine process when it was ended from outside. */
export function stalledFailure(where: string, path: string, stall: Stall, engine: number | StuckProcess): Failure {
  const since = stall.since.toISOString().replace(/\.\d+Z$/, "Z");
  const ending =
    typeof engine === "number" ? `The engine process ${engine} was ended from outside` : describeStuck(engine);
  if (stall.outstanding.besides === "leading") return notLedFailure(where, stall, since, ending);
  if (stall.outstanding.besides === "ending") return notEndedFailure(where, stall, since, ending);
  return {
    code: "TARGET_STALLED",
    where,
    what: `${describeOutstanding(stall.outstanding, path)} for ${stall.seconds.toFixed(1)} s, since ${since}`,
    cause: `The device does not answer. ${ending}`,
    next: "Finished rounds are kept; look at the device and at the system's log. --stall-timeout says how long to wait",
  };
}
