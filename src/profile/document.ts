// The profile document as a person writes it -> its zod schema, the one source of checks, types and profiles/schema.json.

import { z } from "zod";
import { METHODS } from "../shared/methods.ts";
import {
  CACHINGS,
  COMPLETIONS,
  CONTENTS,
  FILLS,
  ON_ERRORS,
  OPERATIONS,
  PATTERNS,
  PREALLOCATES,
} from "../shared/vocabulary.ts";
import { duration, flag, flush, name, oneOrMore, path, plainText, size, wholeNumber, word } from "./fields.ts";
import { gateFields, gatesDocument, toleranceFields, tolerancesDocument } from "./gates.ts";
import { LIMITS } from "./limits.ts";

/** What a job says about itself and what `defaults` may say for all jobs. */
const jobFields = {
  method: oneOrMore(word(METHODS))
    .describe(
      "How I/O is issued. writefile, writefileex, gather and mapped exist on every system; the other names are calls of one system. Default: writefile. A list sweeps.",
    )
    .exactOptional(),
  operation: oneOrMore(word(OPERATIONS))
    .describe("read, write, or mixed with readPercent. Default: read, which harms nothing. A list sweeps.")
    .exactOptional(),
  readPercent: oneOrMore(wholeNumber(LIMITS.readPercent))
    .describe("Share of reads where the operation is mixed. Default: 50. A list sweeps.")
    .exactOptional(),
  pattern: oneOrMore(word(PATTERNS))
    .describe(
      "Which blocks are visited: in order, the threads dividing the target between them, or drawn evenly from all of it. Default: random. A list sweeps.",
    )
    .exactOptional(),
  blockSize: oneOrMore(size(LIMITS.blockSizeBytes))
    .describe("Bytes per I/O, such as 4KiB. Default: 64KiB. A list sweeps.")
    .exactOptional(),
  queueDepth: oneOrMore(wholeNumber(LIMITS.queueDepth))
    .describe("I/Os that each thread keeps outstanding. Default: 1. A list sweeps.")
    .exactOptional(),
  threads: oneOrMore(wholeNumber(LIMITS.threads))
    .describe("Threads that issue I/O. Default: 1. A list sweeps.")
    .exactOptional(),
  caching: oneOrMore(word(CACHINGS))
    .describe(
      "Whether I/O goes through the system's page cache. Default: unbuffered; mapped methods are buffered by nature. A list sweeps.",
    )
    .exactOptional(),
  writeThrough: flag()
    .describe("Whether each write returns only when it is durable; independent of caching. Default: false.")
    .exactOptional(),
  flush: oneOrMore(flush())
    .describe(
      "When written data is made durable: never, at the end of a round (its time counts), after each write, or after every N writes of a thread. Default: end for buffered and mapped writes, never for others. A list sweeps.",
    )
    .exactOptional(),
  completion: oneOrMore(word(COMPLETIONS))
    .describe(
      "How writefile learns on Windows that a queued I/O is done. Given at queue depth 1, it makes that queued as well, on every system. Default: port where I/O is queued. A list sweeps.",
    )
    .exactOptional(),
  batch: wholeNumber(LIMITS.queueDepth)
    .describe(
      "The most I/Os that one call hands to the system; a free slot never waits for others. Default: what measured best for the method, 8, with io_uring 2 to a device that idles and then as many as are in flight, up to 8.",
    )
    .exactOptional(),
  polling: flag()
    .describe(
      "io_uring asks the device for completions instead of waiting for its interrupt (IOPOLL), on devices that have queues for it. Default: false.",
    )
    .exactOptional(),
  submitThread: flag()
    .describe(
      "A thread of the kernel watches io_uring for I/Os, so that handing one over takes no call (SQPOLL); it keeps a CPU busy. Default: false.",
    )
    .exactOptional(),
  duration: duration(LIMITS.durationSeconds)
    .describe("Length of a measured round, such as 10s or 500ms. Default: 10s.")
    .exactOptional(),
  warmup: duration(LIMITS.warmupSeconds)
    .describe("Time of the same load before the measured window opens; may be 0. Default: 2s.")
    .exactOptional(),
  ios: wholeNumber(LIMITS.ios)
    .describe("Ends a round after so many I/Os, summed over threads, if its duration has not ended it before.")
    .exactOptional(),
  bytes: size(LIMITS.bytes)
    .describe("Ends a round after so many bytes, summed over threads, if its duration has not ended it before.")
    .exactOptional(),
  content: word(CONTENTS)
    .describe("What timed writes carry. fresh: random bytes, stamped anew before every write. Default: fresh.")
    .exactOptional(),
  onError: word(ON_ERRORS)
    .describe("What a failed I/O does: stop the run, or be counted and left behind up to maxErrors. Default: stop.")
    .exactOptional(),
  maxErrors: wholeNumber(LIMITS.maxErrors)
    .describe(
      "With onError continue: how many I/Os of a round may fail, summed over threads, before the run stops after all. Default: 1000000.",
    )
    .exactOptional(),
};

const targetFields = {
  path: path().describe(
    "File, directory in which a file is made, or block device. Relative paths are relative to the current directory.",
  ),
  size: size(LIMITS.targetSizeBytes)
    .describe("How much of it is used. Default: all of what is there, 1GiB for a file that diskbench makes.")
    .exactOptional(),
  fill: word(FILLS)
    .describe("What the file is filled with before anything is measured. Default: random.")
    .exactOptional(),
  preallocate: word(PREALLOCATES)
    .describe(
      "How the file gets its space: fill writes it completely; extend only sets its size; valid-data (Windows) declares it written; none takes it as it is. Default: fill.",
    )
    .exactOptional(),
};

const targetError = "a path, or an object with path, size, fill, preallocate";
const targetDocument = z.strictObject(targetFields, { error: targetError });
const target = z.union([path(), targetDocument], { error: targetError });

const defaultsDocument = z.strictObject(jobFields, { error: "an object with fields of a job" });
const jobDocument = z.strictObject(
  {
    name: name().describe("Begins the ids of the job's cases. Default: job1, job2, ... by position.").exactOptional(),
    ...jobFields,
  },
  { error: "a job: an object in braces" },
);

const targetsError = "a list of at least one target";
const jobsError = "a list of at least one job";

export const profileDocument = z.strictObject(
  {
    $schema: plainText().describe("Where an editor finds the schema of this document.").exactOptional(),
    name: name()
      .describe("Name of the profile, part of the result's file name. Default: the file's name.")
      .exactOptional(),
    description: plainText().describe("What the profile is for.").exactOptional(),
    seed: wholeNumber(LIMITS.seed)
      .describe("What offsets, contents and the order of cases grow from: the same seed gives the same. Default: 1.")
      .exactOptional(),
    rounds: wholeNumber(LIMITS.rounds).describe("Timed runs of each case. Default: 3.").exactOptional(),
    target: target
      .describe("The file, directory or device that is exercised; excludes targets. Default: diskbench.dat.")
      .exactOptional(),
    targets: z
      .array(target, { error: targetsError })
      .min(1, { error: targetsError })
      .describe("Several targets; every job runs on each of them. Excludes target.")
      .exactOptional(),
    defaults: defaultsDocument.describe("What holds for every job that does not say otherwise.").exactOptional(),
    jobs: z
      .array(jobDocument, { error: jobsError })
      .min(1, { error: jobsError })
      .describe("What is measured. The lists within a job multiply into cases."),
    gates: gatesDocument
      .describe("Limits on figures of the summary; a run that breaks one ends with exit code 1.")
      .exactOptional(),
    tolerances: tolerancesDocument
      .describe("How much worse than this run a later one may be for compare, by metric and case. Default: 5%.")
      .exactOptional(),
  },
  { error: "a profile: an object in braces with at least jobs" },
);

export type ProfileDocument = z.output<typeof profileDocument>;
export type JobDocument = z.output<typeof jobDocument>;
export type TargetDocument = z.output<typeof targetDocument>;

const keysOf = (schema: z.ZodObject): readonly string[] => Object.keys(schema.shape);

/** The keys that an object may have, by the key in the profile below which it stands; "" is the profile itself. */
export const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  "": keysOf(profileDocument),
  target: keysOf(targetDocument),
  targets: keysOf(targetDocument),
  defaults: keysOf(defaultsDocument),
  jobs: keysOf(jobDocument),
  gates: keysOf(gateFields),
  tolerances: keysOf(toleranceFields),
};
