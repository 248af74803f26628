// The closed sets of words that profiles, plans and results are written in, each with the type made from it.

/** What can be asked of one I/O in addition. `dsync`: it is complete once it is durable (RWF_DSYNC). */
export const IO_FLAGS = ["dsync"] as const;
export type IoFlag = (typeof IO_FLAGS)[number];

export const PATTERNS = ["sequential", "random"] as const;
export type Pattern = (typeof PATTERNS)[number];

/** How I/Os move through a file. Advice to the system, open flags and the division between threads go by this. */
export type AccessOrder = "sequential" | "random" | "mixed";

export const ORDER_OF: Readonly<Record<Pattern, AccessOrder>> = { sequential: "sequential", random: "random" };

export const CACHINGS = ["unbuffered", "buffered"] as const;
export type Caching = (typeof CACHINGS)[number];

export const COMPLETIONS = ["port", "event", "poll"] as const;
export type Completion = (typeof COMPLETIONS)[number];

export const FILLS = ["random", "zero", "none"] as const;
export type Fill = (typeof FILLS)[number];

export const PREALLOCATES = ["fill", "extend", "valid-data", "none"] as const;
export type Preallocate = (typeof PREALLOCATES)[number];

export const CONTENTS = ["fresh"] as const;
export type Content = (typeof CONTENTS)[number];

export const ON_ERRORS = ["stop", "continue"] as const;

/** `every N` flushes after each N writes, counted per thread. */
export type Flush = "never" | "end" | "each" | `every ${number}`;

export const SYSTEMS = ["linux", "windows"] as const;
export type System = (typeof SYSTEMS)[number];
