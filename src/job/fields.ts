// What a job can say -> one table of its fields, from which documents, plans, ids, results, tables and flags derive.

import { METHODS } from "../shared/methods.ts";
import { formatSize } from "../shared/units.ts";
import { OPERATIONS } from "../shared/operations.ts";
import { CACHINGS, COMPLETIONS, CONTENTS, ON_ERRORS, PATTERNS } from "../shared/vocabulary.ts";
import { type Kind, type ValueOf, writeValue } from "./kinds.ts";
import { LIMITS } from "./limits.ts";

/** Jobs in which a field means something. */
type Applicability = "every job" | "mixed" | "writes" | "onError continue";

/** How a value is told where cases are told apart. Null stands for itself and is not told. */
interface Telling<Told> {
  /** An empty text says nothing. */
  text(value: Told): string;
  /** Belongs to the text before it, without anything in between: `mixed` and `70`. */
  readonly joined?: true;
  /** Told even where it goes without saying: in each id, in a label that has nothing else to say. */
  readonly always?: true;
  /** What goes without saying beside the default. */
  readonly usual?: Told;
}

export interface Field<
  K extends Kind = Kind,
  Default = ValueOf<K> | null,
  Sweeps = boolean,
  Applies = Applicability,
  Needs = "queue" | "ring" | null,
  Unsaid = { readonly text: string; readonly decided: boolean },
> {
  readonly kind: K;
  /** Whether a job may have a list of values, each of which makes cases of its own. */
  readonly sweeps: Sweeps;
  /** Null: a profile need not say anything, and `unsaid` tells what happens then. */
  readonly default: Default;
  readonly unsaid: Default extends null ? Unsaid : null;
  /** Where it means something; elsewhere a job cannot have it. */
  readonly appliesTo: Applies;
  /** What only some back ends have: I/Os that wait side by side, or an io_uring. */
  readonly needs: Needs;
  /** For people, without the default. Ends with a full stop. */
  readonly description: string;
  /** In the ids of cases, behind the job's name. Null: it is no part of them. */
  readonly inId: Telling<ValueOf<K>> | null;
  /** In tables. Null: it is not told there. */
  readonly inLabel: Telling<ValueOf<K>> | null;
  /** What the flag of the command line does that replaces it in all jobs. Null: there is none. */
  readonly flag: Sweeps extends true ? null : string | null;
}

const field = <
  const K extends Kind,
  const Default extends ValueOf<K> | null,
  const Sweeps extends boolean,
  const Applies extends Applicability,
  const Needs extends Field["needs"],
  const Unsaid extends { readonly text: string; readonly decided: boolean },
>(
  entry: Field<K, Default, Sweeps, Applies, Needs, Unsaid>,
) => entry;

/** Of use in every job and with every back end, with a default, and without a flag of its own. */
const PLAIN = { unsaid: null, appliesTo: "every job", needs: null, flag: null } as const;
/** The same for all cases of a job, so that it tells none of them apart. */
const UNTOLD = { inId: null, inLabel: null } as const;

/**
 * In the order of ids, tables and columns. A name carries its value's unit; in documents, where values carry it, the
 * name is without (`documentName`).
 */
export const JOB_FIELDS = {
  method: field({
    ...PLAIN,
    kind: { type: "word", words: METHODS },
    sweeps: true,
    default: "writefile",
    description:
      "How I/O is issued. writefile, writefileex, gather and mapped exist on every system; the other names are calls of one system.",
    inId: { text: (method) => method, always: true },
    inLabel: { text: (method) => method },
  }),
  operation: field({
    ...PLAIN,
    kind: { type: "word", words: OPERATIONS },
    sweeps: true,
    default: "read",
    description: "read, which harms nothing; write; or mixed with readPercent.",
    inId: { text: (operation) => operation, always: true },
    inLabel: { text: (operation) => operation },
  }),
  readPercent: field({
    ...PLAIN,
    kind: { type: "count", limits: LIMITS.readPercent },
    sweeps: true,
    default: 50,
    appliesTo: "mixed",
    description: "Share of reads where the operation is mixed.",
    inId: { text: String, joined: true, always: true },
    inLabel: { text: String, joined: true },
  }),
  pattern: field({
    ...PLAIN,
    kind: { type: "word", words: PATTERNS },
    sweeps: true,
    default: "random",
    description:
      "Which blocks are visited: sequential, in order, the threads dividing the target between them; or random, drawn evenly from all of it.",
    inId: { text: (pattern) => pattern, always: true },
    inLabel: { text: (pattern) => pattern },
  }),
  blockSizeBytes: field({
    ...PLAIN,
    kind: { type: "bytes", limits: LIMITS.blockSizeBytes },
    sweeps: true,
    default: 64 * 1024,
    description: "Bytes per I/O, such as 4KiB.",
    inId: { text: formatSize, always: true },
    inLabel: { text: formatSize, always: true },
  }),
  queueDepth: field({
    ...PLAIN,
    kind: { type: "count", limits: LIMITS.queueDepth },
    sweeps: true,
    default: 1,
    description: "I/Os that each thread keeps outstanding.",
    inId: { text: (depth) => `q${depth}`, always: true },
    inLabel: { text: (depth) => `Q${depth}`, always: true },
  }),
  threads: field({
    ...PLAIN,
    kind: { type: "count", limits: LIMITS.threads },
    sweeps: true,
    default: 1,
    description: "Threads that issue I/O.",
    inId: { text: (threads) => `t${threads}`, always: true },
    inLabel: { text: (threads) => `T${threads}`, joined: true, always: true },
  }),
  caching: field({
    ...PLAIN,
    kind: { type: "word", words: CACHINGS },
    sweeps: true,
    default: null,
    unsaid: { text: "unbuffered; mapped methods are buffered by nature", decided: true },
    description: "Whether I/O goes through the system's page cache: unbuffered or buffered.",
    inId: { text: (caching) => caching },
    inLabel: { text: (caching) => caching, usual: "unbuffered" },
  }),
  writeThrough: field({
    ...PLAIN,
    kind: { type: "flag" },
    sweeps: false,
    default: false,
    description: "Whether each write returns only when it is durable; independent of caching.",
    inId: { text: () => "write-through" },
    inLabel: { text: (is) => (is ? "write-through" : "") },
  }),
  flush: field({
    ...PLAIN,
    kind: { type: "flush" },
    sweeps: true,
    default: null,
    unsaid: { text: "end for buffered and mapped writes, never for others", decided: true },
    appliesTo: "writes",
    description:
      "When written data is made durable: never, at the end of a round (its time counts), after each write, or after every N writes of a thread.",
    inId: { text: (flush) => `flush-${flush.replace(" ", "-")}` },
    inLabel: { text: (flush) => `flush ${flush}`, usual: "never" },
  }),
  completion: field({
    ...PLAIN,
    kind: { type: "word", words: COMPLETIONS },
    sweeps: true,
    default: null,
    unsaid: { text: "port where I/O is queued", decided: false },
    description:
      "How writefile learns on Windows that a queued I/O is done: port, event or poll. Given at queue depth 1, it makes that queued as well, on every system.",
    inId: { text: (completion) => `completion-${completion}`, usual: "port" },
    inLabel: { text: (completion) => completion, usual: "port" },
  }),
  batch: field({
    ...PLAIN,
    kind: { type: "count", limits: LIMITS.queueDepth },
    sweeps: false,
    default: null,
    unsaid: {
      text: "what measured best for the method: 8; with io_uring 2 to a device that idles, then as many as are in flight, up to 8",
      decided: false,
    },
    needs: "queue",
    description: "The most I/Os that one call hands to the system; a free slot never waits for others.",
    inId: { text: (batch) => `batch-${batch}` },
    inLabel: { text: (batch) => `batches of ${batch}` },
  }),
  polling: field({
    ...PLAIN,
    kind: { type: "flag" },
    sweeps: false,
    default: false,
    needs: "ring",
    description:
      "io_uring asks the device for completions instead of waiting for its interrupt (IOPOLL), on devices that have queues for it.",
    inId: { text: () => "polling" },
    inLabel: { text: (is) => (is ? "polling" : "") },
  }),
  submitThread: field({
    ...PLAIN,
    kind: { type: "flag" },
    sweeps: false,
    default: false,
    needs: "ring",
    description:
      "A thread of the kernel watches io_uring for I/Os, so that handing one over takes no call (SQPOLL); it keeps a CPU busy.",
    inId: { text: () => "submit-thread" },
    inLabel: { text: (is) => (is ? "submit thread" : "") },
  }),
  durationSeconds: field({
    ...PLAIN,
    ...UNTOLD,
    kind: { type: "seconds", limits: LIMITS.durationSeconds },
    sweeps: false,
    default: 10,
    description: "Length of a measured round, such as 10s or 500ms.",
    flag: "length of every round's window",
  }),
  warmupSeconds: field({
    ...PLAIN,
    ...UNTOLD,
    kind: { type: "seconds", limits: LIMITS.warmupSeconds },
    sweeps: false,
    default: 2,
    description: "Time of the same load before the measured window opens; may be 0.",
    flag: "untimed start of every round",
  }),
  ios: field({
    ...PLAIN,
    ...UNTOLD,
    kind: { type: "count", limits: LIMITS.ios },
    sweeps: false,
    default: null,
    unsaid: { text: "no limit", decided: false },
    description: "Ends a round after so many I/Os, summed over threads, if its duration has not ended it before.",
  }),
  bytes: field({
    ...PLAIN,
    ...UNTOLD,
    kind: { type: "bytes", limits: LIMITS.bytes },
    sweeps: false,
    default: null,
    unsaid: { text: "no limit", decided: false },
    description: "Ends a round after so many bytes, summed over threads, if its duration has not ended it before.",
  }),
  content: field({
    ...PLAIN,
    ...UNTOLD,
    kind: { type: "word", words: CONTENTS },
    sweeps: false,
    default: "fresh",
    description: "What timed writes carry. fresh: random bytes, stamped anew before every write.",
  }),
  onError: field({
    ...PLAIN,
    ...UNTOLD,
    kind: { type: "word", words: ON_ERRORS },
    sweeps: false,
    default: "stop",
    description: "What a failed I/O does: stop the run, or be counted and left behind up to maxErrors (continue).",
  }),
  maxErrors: field({
    ...PLAIN,
    ...UNTOLD,
    kind: { type: "count", limits: LIMITS.maxErrors },
    sweeps: false,
    default: 1_000_000,
    appliesTo: "onError continue",
    description:
      "With onError continue: how many I/Os of a round may fail, summed over threads, before the run stops after all. 10,000 failures in a row stop it too.",
  }),
} as const;

export type JobField = keyof typeof JOB_FIELDS;

export interface NamedField extends Field {
  readonly name: JobField;
  /** What documents call it: their values carry the unit, so that the name need not. */
  readonly documentName: string;
}

const UNIT_ENDINGS: Readonly<Partial<Record<Kind["type"], RegExp>>> = { bytes: /Bytes$/, seconds: /Seconds$/ };

const withoutUnit = (name: string, { type }: Kind): string => name.replace(UNIT_ENDINGS[type] ?? /$/, "");

/** `madeUp` -> `--made-up`. */
export const flagName = (documentName: string): string =>
  `--${documentName.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const isField = (name: string): name is JobField => Object.hasOwn(JOB_FIELDS, name);

/** The table as a list, in its order. */
export const JOB_FIELD_LIST: readonly NamedField[] = Object.keys(JOB_FIELDS)
  .filter(isField)
  .map((name) => ({ ...JOB_FIELDS[name], name, documentName: withoutUnit(name, JOB_FIELDS[name].kind) }));

/** "64KiB", or what happens where a profile says nothing. */
export function defaultText({ kind, default: value, unsaid }: Field): string {
  return value === null ? (unsaid?.text ?? "") : String(writeValue(kind, value));
}
