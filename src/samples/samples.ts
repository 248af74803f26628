// What one round measured: the round of a result, with distributions in place of figures. Plain data, no statistics yet.

import type { SystemError } from "../shared/errors.ts";
import type { TransferName } from "../shared/operations.ts";
import type { Described } from "../shared/schema-parts.ts";
import type { histogramSchema, measuredRoundSchema } from "./round-schema.ts";

/** A distribution: exact count, sum, extremes; buckets for the ranks. */
export interface LatencySamples {
  readonly count: number;
  readonly sumNs: number;
  /** Sum of squares in ns^2, for the standard deviation. */
  readonly sumSquaresNs: number;
  readonly minNs: number | null;
  readonly maxNs: number | null;
  readonly buckets: Described<typeof histogramSchema>["buckets"];
}

type MeasuredRound = Described<typeof measuredRoundSchema>;

/** A distribution in place of the figures that a result has of it. */
type Sampled<Part> = Omit<NonNullable<Part>, "latencyNs"> & { readonly latency: LatencySamples };

export type TransferCounts = MeasuredRound["outsideWindow"];
export type DirectionSamples = TransferCounts & { readonly latency: LatencySamples };
export type IntervalSamples = Sampled<MeasuredRound["intervals"][number]>;
export type PauseSamples = NonNullable<MeasuredRound["pauses"]>;
export type StoppedSamples = NonNullable<MeasuredRound["stopped"]>;

export type ErrorSamples = Omit<MeasuredRound["errors"], "byCode"> & {
  readonly byCode: readonly { readonly error: SystemError; readonly count: number }[];
};

/** What is of the whole process, whoever's threads ran in it. */
type OfProcess = "stopped" | "cpu" | "aborted";

/** What a result takes over as it is. */
type Counted = Omit<
  MeasuredRound,
  | OfProcess
  | "members"
  | "bytesPerSecondBeforeFlush"
  | "total"
  | TransferName
  | "trim"
  | "errors"
  | "flush"
  | "firstTouch"
  | "intervals"
>;

/** By operation. Null: not part of the case. */
type OfTransfers = Readonly<Record<TransferName, DirectionSamples | null>>;

/** What the threads of one member did. */
export interface MemberSamples extends Counted, OfTransfers {
  readonly nativeOperations: readonly string[];
  /** Length of the window without a final flush. */
  readonly secondsBeforeFlush: number;
  readonly errors: ErrorSamples;
  readonly flush: Sampled<MeasuredRound["flush"]> | null;
  readonly firstTouch: LatencySamples | null;
  readonly intervals: readonly IntervalSamples[];
}

/** What all of them did, ... */
export interface RoundSamples extends MemberSamples, Pick<MeasuredRound, OfProcess> {
  /** ... and each member for itself, in their order. */
  readonly members: readonly [MemberSamples, ...MemberSamples[]];
}
