// What an I/O can do -> one table, from which codes, counters, samples, words and traits of all operations derive.

interface Transfer {
  /** Several of them. */
  readonly plural: string;
  /** What was done to bytes. */
  readonly done: string;
  /** It changes what the target holds: needs write access, wears flash, is flushed. */
  readonly writes: boolean;
  /** It takes what the target holds: it wants it written before, and out of the cache. */
  readonly reads: boolean;
  /** What it does with its slot's buffer: `content` for it is made there before, or it is `filled` with the target's. */
  readonly buffer: "content" | "filled" | "left alone";
}

const transfer = <Row extends Transfer>(row: Row): Row => row;

/**
 * What a case can consist of. Each has its place in the table as its code, a counter of I/Os and of bytes in each thread,
 * and samples of its own in rounds, intervals and summaries. A back end says in `methods.ts` which it carries out.
 */
const TABLE = {
  read: transfer({ plural: "reads", done: "read", writes: false, reads: true, buffer: "filled" }),
  write: transfer({ plural: "writes", done: "written", writes: true, reads: false, buffer: "content" }),
} as const;
export type TransferName = keyof typeof TABLE;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant are no others
export const TRANSFERS = Object.keys(TABLE) as [TransferName, ...TransferName[]];
export const TRANSFER_COUNT = TRANSFERS.length;
/** Names in words, by the operation. */
export const transferWords = (name: TransferName): Pick<Transfer, "plural" | "done"> => TABLE[name];

/** What a back end can be asked to carry out as one I/O: behind the transfers what no case consists of yet. */
export type IoOperation = TransferName | "trim" | "flush" | "open" | "close";
export const IO_OPERATIONS: readonly IoOperation[] = [...TRANSFERS, "trim", "flush", "open", "close"];

/** Inside the measured loop an operation is a number: its place in the list. Those of transfers are also indexes of counters. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a record made in a loop has no type of its own
export const OPERATION = Object.fromEntries(IO_OPERATIONS.map((name, code) => [name, code])) as Readonly<
  Record<IoOperation, number>
>;

/** What a job can ask for. `mixed`: reads and writes. */
export const OPERATIONS = [...TRANSFERS, "mixed"] as const;
export type Operation = TransferName | "mixed";

type Transfers = readonly [TransferName, ...TransferName[]];

/** Of what the I/Os of a case are. */
export function ioOperationsOf(operation: Operation): Transfers {
  return operation === "mixed" ? ["read", "write"] : [operation];
}
/** The same where a share is said: of nothing, or of all, no mix is left. */
export function transfersOf(job: { readonly operation: Operation; readonly readPercent: number | null }): Transfers {
  if (job.operation === "mixed" && job.readPercent === 0) return ["write"];
  if (job.operation === "mixed" && job.readPercent === 100) return ["read"];
  return ioOperationsOf(job.operation);
}
export const reads = (operation: Operation): boolean => ioOperationsOf(operation).some((name) => TABLE[name].reads);
export const writes = (operation: Operation): boolean => ioOperationsOf(operation).some((name) => TABLE[name].writes);

/** A value for each transfer, by its name. */
export function byTransfer<Value>(of: (name: TransferName, code: number) => Value): Record<TransferName, Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a record made in a loop has no type of its own
  return Object.fromEntries(TRANSFERS.map((name, code) => [name, of(name, code)])) as Record<TransferName, Value>;
}

/** Bits by code, for the measured loop, which asks them with a shift. */
const bitsOf = (is: (row: Transfer) => boolean): number =>
  TRANSFERS.reduce((bits, name, code) => bits | (is(TABLE[name]) ? 1 << code : 0), 0);
export const TRANSFER_BITS = {
  writes: bitsOf((row) => row.writes),
  content: bitsOf((row) => row.buffer === "content"),
  filled: bitsOf((row) => row.buffer === "filled"),
} as const;
