// What a run tells while it goes on: plain values, for progress on a terminal or whoever else wants to watch.

/** Within a round: untimed start, timed window, and the wait for what is still outstanding. */
export type RoundPhase = "warmup" | "measure" | "drain";

export type RunEvent =
  /** First of all, once. */
  | {
      readonly kind: "plan";
      readonly cases: number;
      /** All rounds of all cases. */
      readonly rounds: number;
      readonly estimatedSeconds: number;
      readonly fillBytes: number;
      /** Null: bounded by time only, so it depends on the device. */
      readonly writtenBytes: number | null;
    }
  /** While a target is filled; the last one has `bytesDone` equal to `bytesTotal`. */
  | {
      readonly kind: "target-fill";
      readonly target: string;
      readonly bytesDone: number;
      readonly bytesTotal: number;
      readonly bytesPerSecond: number;
    }
  | {
      readonly kind: "round-start";
      readonly caseId: string;
      /** 1 .. `roundCount`, over all cases, in the order in which they run. */
      readonly roundNumber: number;
      readonly roundCount: number;
      readonly warmupSeconds: number;
      readonly durationSeconds: number;
      /** Estimate for this round and all that follow. */
      readonly remainingSeconds: number;
    }
  | {
      readonly kind: "round-progress";
      readonly phase: RoundPhase;
      /** Since the phase began. */
      readonly elapsedSeconds: number;
      /** Since the round began. */
      readonly ios: number;
      readonly bytes: number;
      /** Now, not on average. */
      readonly iops: number;
      readonly bytesPerSecond: number;
      /** Of the last interval that is over; null: none is, or too few I/Os were in it. */
      readonly p99Ns: number | null;
    }
  | {
      readonly kind: "round-end";
      readonly caseId: string;
      readonly iops: number;
      readonly bytesPerSecond: number;
    }
  /** No round of this case will follow. */
  | {
      readonly kind: "case-end";
      readonly caseId: string;
      readonly state: "completed" | "failed" | "aborted";
      /** Those that are in the result. */
      readonly rounds: number;
      /** Medians over the rounds; null: none counts. */
      readonly figures: {
        readonly iops: number;
        readonly bytesPerSecond: number;
        readonly p99Ns: number | null;
      } | null;
    }
  | { readonly kind: "saved"; readonly path: string }
  /** A sentence that a person should read now. */
  | { readonly kind: "notice"; readonly text: string };
