// A result -> records of its figures: one per case and finished round, under long names with units.

import { JOB_FIELD_LIST } from "../job/fields.ts";
import type { CaseResult, Result, Round, Transfers } from "../result/result.ts";
import { stoppedSeconds } from "../result/sound-rounds.ts";
import { PERCENTILES } from "../shared/metrics.ts";
import type { Records, Value } from "./page.ts";

type ValueOf = (each: CaseResult, round: Round) => Value;
type NamedValue = readonly [header: string, value: ValueOf];

/** `blockSizeBytes` -> `block_size_bytes`. */
const columnName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Limits of a round, whose names would be taken for what it counted. */
const LIMIT_COLUMNS: Readonly<Record<string, string>> = { ios: "limit_ios", bytes: "limit_bytes" };

/** The settings of a case beside the fields of its job. */
const CASE_SETTINGS = ["nativeCall", "backend", "target", "preallocate", "fill"] as const;

type TransferValue = readonly [header: string, value: (transfers: Transfers) => number | null];

const TRANSFERS: readonly TransferValue[] = [
  ["ios", ({ ios }) => ios],
  ["bytes", ({ bytes }) => bytes],
  ["ios_per_second", ({ iops }) => iops],
  ["bytes_per_second", ({ bytesPerSecond }) => bytesPerSecond],
  ...(["min", "mean", "stddev", ...PERCENTILES, "max"] as const).map((name): TransferValue => [
    `latency_${name}_ns`,
    ({ latencyNs }) => latencyNs[name],
  ]),
];

function transferColumns(direction: "total" | "read" | "write"): readonly NamedValue[] {
  return TRANSFERS.map(([name, value]) => [
    `${direction}_${name}`,
    (_, round) => round[direction] && value(round[direction]),
  ]);
}

const COLUMNS: readonly NamedValue[] = [
  ["case", ({ id }) => id],
  ["job", ({ job }) => job],
  ...[...JOB_FIELD_LIST.map(({ name }) => name), ...CASE_SETTINGS].map((name): NamedValue => [
    LIMIT_COLUMNS[name] ?? columnName(name),
    ({ settings }) => settings[name],
  ]),
  ["case_state", ({ state }) => state],
  ["round", (_, { index }) => index],
  ["started_at", (_, { startedAt }) => startedAt],
  ["measured_seconds", (_, { measuredSeconds }) => measuredSeconds],
  ...transferColumns("total"),
  ...transferColumns("read"),
  ...transferColumns("write"),
  ["bytes_per_second_before_flush", (_, { bytesPerSecondBeforeFlush }) => bytesPerSecondBeforeFlush],
  ["flush_count", (_, { flush }) => flush && flush.count],
  ["flush_seconds", (_, { flush }) => flush && flush.seconds],
  ["failed_ios", (_, { errors }) => errors.failed],
  ["short_ios", (_, { errors }) => errors.short],
  ["outside_window_ios", (_, { outsideWindow }) => outsideWindow.ios],
  ["outside_window_bytes", (_, { outsideWindow }) => outsideWindow.bytes],
  ["completed_synchronously_ios", (_, { completedSynchronously }) => completedSynchronously],
  ["effective_queue_depth", (_, { effectiveQueueDepth }) => effectiveQueueDepth],
  ["cpu_user_seconds", (_, { cpu }) => cpu.userSeconds],
  ["cpu_system_seconds", (_, { cpu }) => cpu.systemSeconds],
  ["cpu_machine_seconds", (_, { cpu }) => cpu.machineSeconds],
  ["stopped_seconds", (_, round) => (round.stopped === null ? null : stoppedSeconds(round))],
];

export function resultRecords({ cases, targets }: Result): Records {
  const memoryBases = new Map(targets.map(({ resolvedPath, memoryBasis }) => [resolvedPath, memoryBasis]));
  const columns: readonly NamedValue[] = [
    ...COLUMNS,
    ["target_in_memory", ({ settings }) => memoryBases.get(settings.target) ?? null],
  ];
  return {
    columns: columns.map(([name]) => name),
    rows: cases.flatMap((each) => each.rounds.map((round) => columns.map(([, value]) => value(each, round)))),
  };
}
