// The options of fio -> what becomes of each: a field of the profile, nothing that matters, or a loss with its note.

import {
  alone,
  either,
  fittingHint,
  keepsFull,
  namedFile,
  type Neutral,
  nothing,
  oneAtATime,
  oneBlockSize,
  oneFile,
  sequential,
  unbuffered,
  valued,
  without,
  withoutClones,
  withoutRuns,
  withoutTrims,
} from "./fio-neutral.ts";
import type { NoteCode } from "./import-notes.ts";

export type FioOption =
  /** Carried over by the translator of jobs. */
  | { readonly kind: "field"; readonly field: string }
  /** Without influence on what is measured. */
  | { readonly kind: "idle" }
  /** Lost, unless it asks for nothing: by its value, or beside the job's other options. */
  | { readonly kind: "lost"; readonly note: NoteCode; readonly neutral: Neutral };

const field = (name: string): FioOption => ({ kind: "field", field: name });
const idle: FioOption = { kind: "idle" };
const lost = (note: NoteCode, ...others: readonly Neutral[]): FioOption => ({
  kind: "lost",
  note,
  neutral: either(nothing, ...others),
});

/** Names that mean the same, by the name that fio itself lists. */
const GROUPS: readonly (readonly [names: string, option: FioOption])[] = [
  ["rw", field("operation, pattern")],
  ["percentage_random", field("pattern")],
  ["bs bssplit bsrange", field("blockSize")],
  ["bs_unaligned", lost("block-align", oneBlockSize, sequential)],
  ["ba", field("blockSize")],
  ["iodepth", field("queueDepth")],
  ["numjobs", field("threads")],
  ["ioengine", field("method")],
  ["direct buffered", field("caching")],
  ["sync", field("writeThrough")],
  ["fsync fdatasync end_fsync fsync_on_close", field("flush")],
  ["rwmixread rwmixwrite", field("readPercent")],
  ["runtime time_based", field("duration")],
  ["ramp_time", field("warmup")],
  ["size filesize", field("target.size, bytes")],
  ["io_size", field("bytes")],
  ["number_ios", field("ios")],
  ["filename directory", field("target.path")],
  ["loops", field("rounds")],
  ["randseed", field("seed")],
  ["name", field("name")],
  ["description", field("description")],
  ["continue_on_error", field("onError")],
  ["iodepth_batch", field("batch")],
  ["hipri", field("polling")],
  ["sqthread_poll", field("submitThread")],
  ["stonewall wait_for", field("order of jobs")],
  ["kb_base", field("all sizes")],
  [
    "norandommap randrepeat allrandrepeat random_generator thread group_reporting new_group gtod_reduce gtod_cpu clocksource",
    idle,
  ],
  [
    "disable_lat disable_clat disable_slat disable_bw_measurement clat_percentiles lat_percentiles slat_percentiles percentile_list significant_figures disk_util unified_rw_reporting per_job_logs stats unit_base block_error_percentiles error_dump",
    idle,
  ],
  [
    "write_bw_log write_lat_log write_iops_log write_hist_log bwavgtime iopsavgtime log_entries log_avg_msec log_hist_msec log_hist_coarseness log_max_value log_offset log_prio log_compression log_compression_cpus log_store_compressed log_unix_epoch log_alternate_epoch log_alternate_epoch_clock_id log_window_value log_issue_time",
    idle,
  ],
  [
    "refill_buffers scramble_buffers mem overwrite fallocate create_serialize create_fsync create_on_open allow_file_create unlink unlink_each_loop unique_filename exit_what exitall_on_error",
    idle,
  ],
  ["fixedbufs registerfiles iodepth_batch_complete_max sqthread_poll_cpu openfiles nonvectored userspace_reap", idle],
  ["invalidate", { kind: "lost", note: "cache", neutral: either(valued(/^1?$/), unbuffered) }],
  ["exitall", lost("exit-all", alone)],
  ["pre_read", lost("cache")],
  ["fadvise_hint", { kind: "lost", note: "hint", neutral: either(fittingHint, unbuffered) }],
  ["random_distribution", lost("distribution", valued(/^random$/), sequential)],
  ["rw_sequencer", lost("runs", valued(/^sequential$/), withoutRuns)],
  ["iodepth_batch_complete_min", lost("batching", valued(/^1$/), oneAtATime)],
  ["iodepth_low", lost("batching", oneAtATime, keepsFull)],
  ["serialize_overlap", lost("batching", oneAtATime)],
  ["io_submit_mode", lost("batching", valued(/^inline$/))],
  ["offset fill_device file_append", lost("offset")],
  ["offset_increment", lost("offset", withoutClones)],
  ["offset_align", lost("offset", without("offset"))],
  ["nrfiles", lost("files", valued(/^1$/), namedFile)],
  ["file_service_type", lost("files", valued(/^roundrobin(?::.*)?$/), oneFile)],
  ["opendir", lost("files")],
  ["filename_format", lost("files", valued(/^\$jobname\.\$jobnum\.\$filenum$/), namedFile)],
  ["lockfile", lost("files", withoutClones)],
  ["startdelay", lost("start")],
  ["rate rate_min rate_iops rate_iops_min", lost("rate")],
  ["rate_cycle", lost("rate", without("rate_min", "rate_iops_min"))],
  ["rate_ignore_thinktime", lost("rate", without("rate", "rate_iops"))],
  ["rate_process", lost("rate", valued(/^linear$/), without("rate", "rate_iops"))],
  ["thinktime", lost("think-time")],
  ["thinktime_spin thinktime_iotime", lost("think-time", without("thinktime"))],
  ["thinktime_blocks thinktime_blocks_type", idle],
  ["max_latency latency_target", lost("latency-target")],
  ["latency_window latency_percentile latency_run", lost("latency-target", without("latency_target"))],
  ["verify verify_only", lost("verify")],
  [
    "do_verify verify_interval verify_offset verify_pattern verify_fatal verify_dump verify_async verify_async_cpus verify_backlog verify_backlog_batch experimental_verify verify_state_load verify_state_save verify_write_sequence verify_header_seed",
    idle,
  ],
  ["trim_percentage trim_verify_zero trim_backlog", lost("trim")],
  ["trim_backlog_batch", lost("trim", without("trim_backlog"))],
  ["num_range", lost("trim", withoutTrims)],
  ["read_iolog read_iolog_chunked merge_blktrace_file merge_blktrace_scalars merge_blktrace_iters", lost("trace")],
  ["write_iolog", idle],
  ["replay_no_stall replay_redirect replay_scale replay_align replay_time_scale replay_skip", idle],
  ["exec_prerun exec_postrun ioscheduler profile", lost("program")],
  ["create_only", lost("create-only")],
  ["zonemode zonesize", lost("zones")],
  [
    "zonecapacity zonerange zoneskip read_beyond_wp max_open_zones job_max_open_zones ignore_zone_limits zone_reset_threshold zone_reset_frequency",
    lost("zones", without("zonemode", "zonesize")),
  ],
  ["lockmem", lost("memory")],
  ["hugepage-size", lost("memory", without("mem"))],
  ["nice prio prioclass cpumask cpus_allowed numa_cpu_nodes cgroup uid gid", lost("placement")],
  ["numa_mem_policy", lost("placement", valued(/^default$/))],
  ["cgroup_weight", lost("placement", without("cgroup"))],
  ["cpus_allowed_policy cgroup_nodelete", idle],
  ["ignore_error", lost("errors")],
  ["write_barrier sync_file_range", lost("sync-range")],
  ["write_hint", lost("hint")],
  ["atomic", lost("engine-option")],
  [
    "cmdprio_percentage cmdprio_class cmdprio cmdprio_bssplit uncached nowait force_async hipri_percentage cmd_type readfua writefua sg_write_mode stream_id thp defer_taskrun",
    lost("engine-option"),
  ],
  ["allow_mounted_write", idle],
  ["zero_buffers buffer_pattern dedupe_percentage", lost("content")],
  ["buffer_compress_percentage", lost("content")],
  ["buffer_compress_chunk dedupe_mode dedupe_working_set_percentage dedupe_global", idle],
  ["flow flow_id flow_sleep", lost("rate")],
  ["steadystate", lost("steady")],
  ["steadystate_duration steadystate_ramp_time steadystate_check_interval", idle],
];

const OTHER_NAMES: Readonly<Record<string, string>> = {
  readwrite: "rw",
  blocksize: "bs",
  blockalign: "ba",
  blocksize_unaligned: "bs_unaligned",
  blocksize_range: "bsrange",
  bs_split: "bssplit",
  disable_bw: "disable_bw_measurement",
  fill_fs: "fill_device",
  io_limit: "io_size",
  iodepth_batch_submit: "iodepth_batch",
  iodepth_batch_complete: "iodepth_batch_complete_min",
  iomem: "mem",
  nr_files: "nrfiles",
  fileoffset: "offset",
  ratecycle: "rate_cycle",
  ratemin: "rate_min",
  timeout: "runtime",
  ss: "steadystate",
  ss_dur: "steadystate_duration",
  ss_ramp: "steadystate_ramp_time",
  wait_for_previous: "stonewall",
};

/** Every option of a job that is known, by the one of its names that the translator uses. */
export const FIO_OPTIONS: ReadonlyMap<string, FioOption> = new Map(
  GROUPS.flatMap(([names, option]) => names.split(" ").map((name) => [name, option] as const)),
);

const ALIASES: ReadonlyMap<string, string> = new Map(Object.entries(OTHER_NAMES));

/** The name under which `FIO_OPTIONS` has it; null: fio has no such option. */
export function fioOptionName(written: string): string | null {
  const name = ALIASES.get(written) ?? written;
  return FIO_OPTIONS.has(name) ? name : null;
}

/** All names that a job may use, for the nearest to a misspelt one. */
export const FIO_NAMES: readonly string[] = [...FIO_OPTIONS.keys(), ...ALIASES.keys()];

/** Options that stand alone; a value comes behind an equals sign only (getopt_long(3), optional_argument). */
export const FIO_FLAGS: ReadonlySet<string> = new Set(
  "bs_unaligned exitall exitall_on_error group_reporting new_group norandommap refill_buffers stonewall thread time_based verify_only zero_buffers".split(
    " ",
  ),
);

interface FioCommandOption {
  /** Whether the word behind it belongs to it. */
  readonly takesValue: boolean;
  /** What is lost without it. */
  readonly note: NoteCode;
}

const COMMAND_GROUPS: readonly (readonly [names: string, takesValue: boolean, note: NoteCode])[] = [
  ["debug output output-format terse-version eta eta-newline status-interval", true, "idle"],
  ["alloc-size max-jobs idle-prof inflate-log aux-path", true, "idle"],
  [
    "parse-only merge-blktrace-only bandwidth-log latency-log minimal append-terse showcmd warnings-fatal",
    false,
    "idle",
  ],
  ["trigger-file trigger-timeout trigger trigger-remote", true, "program"],
  ["client remote-config daemonize", true, "remote"],
  ["server", false, "remote"],
  ["readonly", false, "refused"],
  ["section", true, "idle"],
];

export const FIO_COMMAND_OPTIONS: ReadonlyMap<string, FioCommandOption> = new Map(
  COMMAND_GROUPS.flatMap(([names, takesValue, note]) =>
    names.split(" ").map((name): readonly [string, FioCommandOption] => [name, { takesValue, note }]),
  ),
);
