// Whether the loop is warmed up -> the flags of V8 under which all of the loop is compiled, and nothing is compiled or collected in a window.

import { setFlagsFromString } from "node:v8";

/**
 * Each of these would collect garbage in the middle of a window: V8's memory reducer and its task for a young generation
 * that is nearly full, for want of anything better to do; marking in small steps, which begins when a file is mapped,
 * because V8 takes the views for memory of its own. A young generation of 16 MiB, in place of one that begins with 1,
 * holds what starting up and leading a round leave in the main thread. It is collected before a later round.
 */
const COLLECT_ON_DEMAND = [
  "--no-memory-reducer",
  "--no-minor-gc-task",
  "--no-incremental-marking",
  "--min-semi-space-size=16",
];
/** V8's middle compiler: what it makes is replaced once more, in the window. Without a warm-up it is all there is at first. */
const NO_MIDDLE_COMPILER = ["--no-maglev"];

/** What the engine process is started with. */
export const engineProcessFlags = (warmsUp: boolean): readonly string[] => [
  ...COLLECT_ON_DEMAND,
  ...(warmsUp ? NO_MIDDLE_COMPILER : []),
];

/** A worker's semi-space in MiB: what the loop may allocate without a collection. */
const SEMI_SPACE_MIB = 64;

/** V8 counts three semi-spaces to a young generation. */
export const WORKER_LIMITS = { maxYoungGenerationSizeMb: 3 * SEMI_SPACE_MIB } as const;

/**
 * For the command while a window is open: what it has compiled stays, and nothing is compiled anew, so that no compiler
 * takes a CPU from the engine. V8 asks for this flag whenever something has become hot.
 */
export function allowCompiling(isAllowed: boolean): void {
  // Whether there is a middle compiler by default depends on the version: once off, it stays off.
  setFlagsFromString("--no-maglev");
  setFlagsFromString(isAllowed ? "--turbofan" : "--no-turbofan");
}

/** Call it in the engine process, before the first worker compiles anything. */
export function setLoopFlags(): void {
  // Workers collect their garbage between rounds, and V8 forgets at a collection what was not interpreted for a while.
  setFlagsFromString("--no-flush-bytecode");
  // Workers that are started from now on can ask for it.
  setFlagsFromString("--expose-gc");
  // The measured loop is one function with everything it calls inlined. V8's default budget stops half-way, and what is
  // not inlined boxes the numbers that it hands over.
  setFlagsFromString("--max-inlined-bytecode-size=2000");
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=8000");
  // A call through koffi still allocates 16 bytes for each offset or address beyond 2 GiB: 64 MiB take four million of
  // them without a collection, and memory that is never allocated never becomes resident.
  setFlagsFromString(`--min-semi-space-size=${SEMI_SPACE_MIB}`);
}
