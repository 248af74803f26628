// The engine process: a round's specification in, worker threads started, led through its phases, their outcomes out.

import { loadPlatform } from "../platform/index.ts";
import type { Platform } from "../platform/platform.ts";
import { type Failure, failuresOf, withoutRepeats } from "../shared/errors.ts";
import { CONTROL, CONTROL_TIME, PHASE, STOP, viewLeaderMemory, type ControlMemory } from "./loop/round-memory.ts";
import { memoryLayout } from "./loop/memory-layout.ts";
import { collectGarbageBeyond } from "./jit/gc.ts";
import { warmUpParameterChecks } from "./jit/edges-warmup.ts";
import { workerPool } from "./engine-workers.ts";
import { watchAbsences } from "./absences.ts";
import { mostKeptWorkers } from "./kept-workers.ts";
import { latchOf, type Latch } from "./latch.ts";
import { quiesce } from "./quiesce.ts";
import {
  kindsOf,
  leavesNothingBehind,
  memberSpecs,
  type FromEngine,
  type ThreadOutcome,
  type ToEngine,
} from "./round-spec.ts";

/** Between `go` and the moment it names: time for every thread to wake up. */
const START_DELAY_NS = 5e6;

/** Where the threads of a round wait for each other, and for its leader. */
interface Meetings {
  readonly ready: Latch;
  readonly primed: Latch;
}

/**
 * Says `go` when `prepared` is done and every thread has come so far, and once more when the window is to open together.
 * A thread that fails or is stopped before has the others stop, too: then `ended` is what comes.
 */
async function lead(
  platform: Platform,
  opensTogether: boolean,
  memory: ControlMemory,
  meetings: Meetings,
  prepared: Promise<unknown>,
  ended: Promise<unknown>,
): Promise<void> {
  const come = async (meeting: Latch): Promise<boolean> => {
    await Promise.race([Promise.all([meeting.isOpen, prepared]), ended]);
    return Atomics.load(memory.control, CONTROL.stop) === STOP.none;
  };
  const soonNs = (): number => platform.clock.now() + START_DELAY_NS;
  if (!(await come(meetings.ready))) return;
  memory.times[CONTROL_TIME.startNs] = soonNs();
  Atomics.store(memory.control, CONTROL.go, 1);
  if (!opensTogether) return;
  if (!(await come(meetings.primed))) return;
  memory.times[CONTROL_TIME.windowOpenNs] = soonNs();
  Atomics.store(memory.control, CONTROL.go, 2);
}

/** What earlier rounds may have left in this thread's young generation of 16 MiB. */
const LEFT_BYTES = 4 * 2 ** 20;
/** Opens when the supervisor is prepared for the round that it has asked for. */
let supervisorPrepared = latchOf(1);

async function runRound(
  platform: Platform,
  { round, shared, workers }: Extract<ToEngine, { kind: "round" }>,
): Promise<FromEngine> {
  const mapped = platform.openSharedMemory(shared.path, shared.sizeBytes);
  try {
    const kinds = kindsOf(round.members);
    const memory = viewLeaderMemory(mapped, memoryLayout(kinds));
    const failures: Failure[] = [];
    const members = memberSpecs(round);
    const [{ roundThreads, opensTogether }] = members;
    const meetings: Meetings = { ready: latchOf(roundThreads), primed: latchOf(roundThreads) };
    const assigned = await workerPool.assign(members);
    const running = assigned.map(async ({ worker, spec, thread, jitWarmup }, place) => {
      const answer = await worker.run({ spec, thread, shared, kinds, place, jitWarmup }, (phase) => {
        if (phase === PHASE.ready) meetings.ready.arrive();
        if (phase === PHASE.primed) meetings.primed.arrive();
      });
      if (workers === "new") await worker.end();
      else if (leavesNothingBehind(answer)) workerPool.keep(worker, spec);
      Atomics.add(memory.control, CONTROL.ended, 1);
      if (answer.kind === "done") return answer.outcome;
      failures.push(...answer.failures);
      Atomics.store(memory.control, CONTROL.stop, STOP.error);
      return null;
    });
    collectGarbageBeyond(LEFT_BYTES);
    const ended = Promise.all(running);
    const leading = lead(platform, opensTogether, memory, meetings, supervisorPrepared.isOpen, ended);
    const { outcome, absences } = await watchAbsences(platform.clock, schedulingDelay, Promise.all([ended, leading]));
    // Threads of one round fail alike: say it once.
    const distinct = withoutRepeats(failures);
    return distinct.length > 0
      ? { kind: "failed", failures: distinct }
      : { kind: "finished", threads: threadsOf(outcome[0]), absences };
  } finally {
    mapped.close();
  }
}

/** None is missing where none failed. */
const threadsOf = (outcomes: readonly (ThreadOutcome | null)[]): readonly ThreadOutcome[] =>
  outcomes.filter((outcome) => outcome !== null);

function say(message: FromEngine): void {
  // A supervisor that has let go of it meanwhile needs no word.
  process.send?.(message, undefined, undefined, () => undefined);
}

let isRunning = false;
// Without a supervisor nobody wants the result. Between rounds the channel is all that keeps this process, which ends with
// it; in the middle of a round an orderly end would first wait for workers to come back from their system calls.
process.on("disconnect", () => {
  if (isRunning) process.kill(process.pid, "SIGKILL");
});

const platform = await loadPlatform();
/** Of this thread, which the workers leave nothing to do. */
const schedulingDelay = platform.evidence?.schedulingDelay() ?? null;
process.on("message", (message: ToEngine) => {
  if (message.kind === "prepared") {
    supervisorPrepared.arrive();
    return;
  }
  supervisorPrepared = latchOf(1);
  isRunning = true;
  const work = message.kind === "quiesce" ? quiesce(platform, message.request) : runRound(platform, message);
  const answer = work.catch((error: unknown): FromEngine => ({ kind: "failed", failures: failuresOf(error) }));
  void answer.then((outcome) => {
    isRunning = false;
    say(outcome);
  });
});
warmUpParameterChecks();
workerPool.limit(mostKeptWorkers(platform.headroom()));
say({ kind: "ready" });
