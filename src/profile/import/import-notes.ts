// What an importer could not carry over -> notes: a code each, with the words for it in one table.

interface Words {
  /** True: the profile asks for something else than the original did. */
  readonly isLoss: boolean;
  readonly why: string;
  /** What the profile does instead, unless the note itself says it. */
  readonly instead: string;
}

const loss = (why: string, instead: string): Words => ({ isLoss: true, why, instead });
const remark = (why: string, instead: string): Words => ({ isLoss: false, why, instead });

export const NOTE_WORDS = {
  unknown: loss("the option is not known", "it is left out"),
  unreadable: loss("the value cannot be read", "it is left out"),
  variable: loss(
    "a variable, which is never looked up in the environment",
    "it stands in the profile as it is: replace it there, or use --target",
  ),
  "variable-value": loss("a variable, which is never looked up in the environment", "it is left out"),
  limit: loss("the value is beyond what a profile allows", "the nearest allowed value is used"),
  "block-mix": loss("a case has one block size", "the most frequent size is used"),
  "coarse-map": loss(
    "the original marks visited blocks in the smaller size of the other direction, and ends before all are visited",
    "the whole amount is done",
  ),
  "block-range": loss("a case has one block size", "the largest size of the range is used"),
  "block-unit": loss("a block is a multiple of 512 bytes", "the block is rounded up"),
  "block-align": loss("random offsets are multiples of the block size", "blocks are aligned to themselves"),
  distribution: loss("random offsets are drawn evenly", "every block is equally likely"),
  "beyond-end": loss(
    "the original also draws blocks beyond the end of the file, and a thread ends at the first of them",
    "the whole amount is done",
  ),
  "partly-random": loss("a pattern is sequential or random, not both", "the pattern is random throughout"),
  runs: loss("there are no runs or strides within a pattern", "the pattern is plain"),
  stride: loss("sequential blocks follow each other without gaps", "the pattern is plain"),
  "shared-offset": loss("threads do not share a sequential offset", "the threads divide the target between them"),
  "same-offset": loss(
    "sequential threads do not begin at the same offset",
    "the threads divide the target between them",
  ),
  offset: loss("I/O begins at the start of the target", "the whole target is used"),
  zones: loss("there are no zones", "the whole target is used"),
  rate: loss("there are no rates", "I/O goes as fast as the queue depth allows"),
  "think-time": loss("there are no pauses between I/Os", "the next I/O follows at once"),
  "latency-target": loss("the queue depth is not adjusted while measuring", "it stays as stated"),
  batching: loss("completions are taken as they come, and free slots never wait", "the queue is kept full"),
  verify: loss("what was written is not read back", "nothing is verified"),
  content: loss("timed writes carry fresh random bytes", "the contents are incompressible"),
  trim: loss("there is no trimming", "only reads and writes are done"),
  "trim-job": loss("there is no trimming", "the job is left out"),
  files: loss("a job uses one file", "the first file is used"),
  "own-files": loss("threads share one file", "all threads use the same file"),
  "other-target": loss("all jobs of a profile use the same target", "the first job's target is used"),
  percent: loss("a size is a number of bytes", "the target's own size is used"),
  start: loss("a job begins when the one before it has ended", "there is no waiting"),
  "exit-all": loss("a job does not end because another has", "each goes on to its own end"),
  "at-once": loss("jobs do not run at the same time", "they are measured one after another"),
  endless: remark("the original ends when its amount is done, however long that takes", "a round takes at most 1h"),
  "whole-target": loss(
    "the original goes through the target once, and how large that is stands nowhere",
    "a round takes the usual 10s",
  ),
  trace: loss("I/O is not replayed from a trace", "the other options hold"),
  steady: loss("a round does not wait for a steady state", "it ends after its duration"),
  placement: loss("threads are not tied to CPUs, priorities or groups", "the system places them"),
  memory: loss("memory is not taken away from the system", "nothing is locked"),
  program: loss("no other program is run", "only the I/O is done"),
  "create-only": remark("the job only makes its files, as a run does before it measures", "the job is left out"),
  conflict: loss("the original refuses these options together", "both are read"),
  events: loss("nothing outside is signalled or waited for", "the run begins at once"),
  cache: loss("the cache is not prepared", "it is as the preparation of the target leaves it"),
  hint: loss("the cache is told the pattern, and nothing else", "it reads ahead, or not, as the pattern wants"),
  engine: loss("there is no such way of doing I/O", "method writefile is used"),
  "engine-option": loss("the method has no such option", "the method works in its usual way"),
  "near-engine": remark("there is no such way of doing I/O", "the nearest one is used"),
  "near-flush": remark("fsync is not called", "data is flushed with fdatasync, or its nearest"),
  "near-sync": remark("files are not opened with O_SYNC", "writes are durable one by one as with O_DSYNC"),
  "two-flushes": loss("written data is flushed in one rhythm", "this one is left out"),
  "mixed-flush": remark(
    "the original also flushes after a read, when nothing has been written since the last flush",
    "a flush follows writes only",
  ),
  "pass-flush": loss("the original flushes whenever it has gone through the target once", "a flush ends each round"),
  "queued-flush": loss(
    "with several I/Os outstanding the original flushes more often than it says",
    "a flush follows every so many writes",
  ),
  "two-offsets": loss(
    "reads and writes share one sequential offset",
    "they go through the target together, in the original each on its own",
  ),
  "one-at-a-time": remark("this way of doing I/O is synchronous", "the queue depth is 1, as in the original"),
  joined: loss("neighbouring blocks are not joined into one call", "each is an I/O of its own"),
  "mapped-depth": loss("a mapped file is accessed one I/O at a time", "the queue depth is 1"),
  "mapped-caching": loss("a mapped file is always cached", "the method's own caching holds"),
  "sync-range": loss("written data is flushed as a whole", "the range is not flushed"),
  errors: loss("errors are not told apart", "the run stops at the first one"),
  loops: loss("all jobs have the same number of rounds", "the largest number is used"),
  "counted-passes": loss(
    "the original goes through the target this often, and on until its amount is done",
    "each round does the whole amount",
  ),
  "whole-rounds": remark(
    "the original counts blocks over all its rounds, and one amount of them is no whole number",
    "each round has the block more",
  ),
  refused: loss("the original would not write with this option", "the job writes all the same"),
  remote: loss("nothing runs on other machines", "the profile is for this one"),
  "job-file": loss("files that a command line names are not read", "import the file itself, options after --"),
  "more-commands": loss("one command is read", "the rest is left out"),
  started: remark("this starts the program", "it is left out"),
  elsewhere: remark(
    "this starts the program in another place, whose paths may be others",
    "the profile is for this machine: give --target",
  ),
  typography: remark("this is typography, as word processors and web pages put it in", "it is read as it was typed"),
  shell: remark("this belongs to the shell", "it is left out"),
  overridden: remark("the file says otherwise and wins, as in the original", "the file's value is used"),
  seed: remark("a profile's offsets always grow from a seed", "the default seed is used"),
  "repeating-content": remark(
    "the original writes the same pattern again and again",
    "writes carry fresh random bytes, which do not compress",
  ),
  device: remark("this is a raw device", "a run that writes needs --confirm with its identity"),
  idle: remark("these do not change what is measured", "they are left out"),
} as const satisfies Record<string, Words>;

export type NoteCode = keyof typeof NOTE_WORDS;

export interface ImportNote {
  readonly code: NoteCode;
  /** What it is about, as it was written: `rate_iops=50`. */
  readonly found: string;
  /** The jobs that say so; empty: the document as a whole. */
  readonly jobs: readonly string[];
  /** What the profile does instead, where the table's words are not enough. */
  readonly instead: string | null;
}

export const isLoss = ({ code }: ImportNote): boolean => NOTE_WORDS[code].isLoss;

const LONGEST_FOUND = 200;
const MOST_JOBS = 3;

function jobsText(jobs: readonly string[]): string {
  if (jobs.length === 0) return "";
  const left = jobs.length - MOST_JOBS;
  return `${jobs.slice(0, MOST_JOBS).join(", ")}${left > 0 ? ` and ${left} more` : ""}: `;
}

/** `writer: rate=1m: there are no rates; I/O goes as fast as the queue depth allows`, without a full stop. */
export function noteText(note: ImportNote): string {
  const { why, instead } = NOTE_WORDS[note.code];
  const found = note.found.length > LONGEST_FOUND ? `${note.found.slice(0, LONGEST_FOUND)}...` : note.found;
  return `${jobsText(note.jobs)}${found}: ${why}; ${note.instead ?? instead}`;
}

/** Collects notes; the same said of several jobs becomes one. */
export class Notes {
  readonly #notes = new Map<string, { readonly note: ImportNote; readonly jobs: Set<string> }>();
  readonly #idle = new Set<string>();

  /** An option without influence; all of them become one note. */
  addIdle(name: string): void {
    this.#idle.add(name);
  }

  add(code: NoteCode, found: string, job: string | null = null, instead: string | null = null): void {
    const key = JSON.stringify([code, found, instead]);
    const entry = this.#notes.get(key) ?? { note: { code, found, jobs: [], instead }, jobs: new Set() };
    if (job !== null) entry.jobs.add(job);
    this.#notes.set(key, entry);
  }

  /** Losses first, each in the order of its first mention. */
  all(): readonly ImportNote[] {
    const notes = Array.from(this.#notes.values(), ({ note, jobs }) => ({ ...note, jobs: [...jobs] }));
    const idle: ImportNote = { code: "idle", found: [...this.#idle].join(", "), jobs: [], instead: null };
    return [
      ...notes.filter(isLoss),
      ...notes.filter((note) => !isLoss(note)),
      ...(this.#idle.size === 0 ? [] : [idle]),
    ];
  }
}
