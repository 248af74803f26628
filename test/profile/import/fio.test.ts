// fio job files -> profiles that do the same, and a note for everything that they cannot say.

import { describe, expect, it } from "vitest";
import { failuresThrownBy } from "../thrown.ts";
import { imported, job } from "./imported.ts";

const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

describe("a fio job file", () => {
  it("becomes a profile that asks for the same", () => {
    const { profile, notes } = imported(`
; a database's log beside its pages
[global]
ioengine=io_uring
direct=1
filename=/srv/pages.dat
size=2g
time_based
runtime=5m
ramp_time=1500ms

[pages]
rw=randrw
rwmixread=70
bs=8k
iodepth=16
numjobs=2

[scan]
stonewall
rw=read
bs=1m
iodepth=4
`);
    expect(notes).toEqual([]);
    expect(profile.targets).toEqual([
      { path: "/srv/pages.dat", sizeBytes: 2 * GIB, fill: "random", preallocate: "fill" },
    ]);
    expect(profile.rounds).toBe(1);
    expect(profile.jobs).toMatchObject([
      {
        name: "pages",
        method: ["io_uring"],
        operation: ["mixed"],
        readPercent: [70],
        pattern: ["random"],
        blockSizeBytes: [8 * KIB],
        queueDepth: [16],
        threads: [2],
        caching: ["unbuffered"],
        durationSeconds: 300,
        warmupSeconds: 1.5,
        bytes: null,
      },
      { name: "scan", operation: ["read"], pattern: ["sequential"], blockSizeBytes: [1024 * KIB], queueDepth: [4] },
    ]);
  });

  it.each<[string, object]>([
    ["rw=randwrite", { operation: ["write"], pattern: ["random"] }],
    ["readwrite=randrw", { operation: ["mixed"], pattern: ["random"], readPercent: [50] }],
    ["rw=randrw\nrwmixwrite=30", { readPercent: [70] }],
    ["rw=randrw\nrwmixread=80\nrwmixwrite=60", { readPercent: [40] }],
    ["rw=randrw\nrwmixwrite=60\nrwmixread=80", { readPercent: [80] }],
    ["rw=randrw\nrwmixread=80\nrwmixwrite=60\nrwmixread=30", { readPercent: [30] }],
    ["direct=1\nbuffered=1", { caching: ["buffered"] }],
    ["buffered=1\ndirect=1", { caching: ["unbuffered"] }],
    ["direct=0\nbuffered=0", { caching: ["unbuffered"] }],
    ["direct=1\nbuffered=1\ndirect=1", { caching: ["unbuffered"] }],
    ["rw=randread\npercentage_random=0", { pattern: ["sequential"] }],
    ["rw=randread\npercentage_random=100,0", { pattern: ["random"] }],
    ["bs=8k\nbsrange=4k-4k", { blockSizeBytes: [4 * KIB] }],
    ["bsrange=4k-4k\nbs=8k", { blockSizeBytes: [4 * KIB] }],
    ["bssplit=16k/50:8k/50\nbsrange=4k-4k", { blockSizeBytes: [4 * KIB] }],
    ["bsrange=4k-8k\nbssplit=16k/100", { blockSizeBytes: [16 * KIB] }],
    ["bssplit=64k/0:4k/100", { blockSizeBytes: [4 * KIB] }],
    ["rw=randrw\nbs=4k,4k", { blockSizeBytes: [4 * KIB] }],
    ["ioengine=libaio\niodepth=4\niodepth_batch=64", { batch: 4 }],
    ["bs=16ki", { blockSizeBytes: [16 * KIB] }],
    ["bs=0x2000", { blockSizeBytes: [8 * KIB] }],
    ["kb_base=1000\nbs=4kib", { blockSizeBytes: [4 * KIB] }],
    ["rw=write\nbs=4k,64k", { blockSizeBytes: [64 * KIB] }],
    ["rw=read\nbs=,64k", { blockSizeBytes: [4 * KIB] }],
    ["rw=write\nbs=64k,", { blockSizeBytes: [4 * KIB] }],
    ["ioengine=libaio\niodepth=1k", { method: ["libaio"], queueDepth: [1024] }],
    ["ioengine=psync", { method: ["pwrite"], caching: ["buffered"] }],
    ["ioengine=windowsaio", { method: ["WriteFile"], completion: ["port"] }],
    ["ioengine=mmap\nrw=write", { method: ["mmap"], caching: [null], flush: ["never"] }],
    ["buffered=0", { caching: ["unbuffered"] }],
    ["rw=write", { flush: ["never"], caching: ["buffered"] }],
    ["rw=write\ndirect=1", { flush: [null] }],
    ["rw=write\nfdatasync=1", { flush: ["each"] }],
    ["rw=write\ndirect=1\nfdatasync=32", { flush: ["every 32"] }],
    ["rw=write\nend_fsync=1", { flush: ["end"] }],
    ["rw=read\nfdatasync=1", { flush: [null] }],
    ["rw=write\nsync=dsync", { writeThrough: true }],
    ["time_based=1\nruntime=1:30", { durationSeconds: 90 }],
    ["timeout=2h", { durationSeconds: 7200 }],
    ["continue_on_error=io", { onError: "continue" }],
    ["ioengine=io_uring\niodepth=32\niodepth_batch_submit=8\ndirect=1\nhipri", { batch: 8, polling: true }],
    ["ioengine=io_uring\niodepth=32\niodepth_batch=0\nsqthread_poll=1", { batch: 32, submitThread: true }],
    ["rw=randread\nnumber_ios=100\nnumjobs=3", { ios: 300 }],
    ["rw=randread\nio_size=2m\nnumjobs=3", { bytes: 6 * 1024 * KIB }],
    ["name=own name", { name: "own name" }],
  ])("translates %j without a loss", (lines, expected) => {
    const { first, losses } = imported(job("size=1g", "runtime=10", "filename=a.dat", ...lines.split("\n")));
    expect(first).toMatchObject(expected);
    expect(losses).toEqual([]);
  });

  it.each<[string, string, object]>([
    ["bssplit=4k/60:64k/40", "block-mix", { blockSizeBytes: [4 * KIB] }],
    ["bssplit=512/10:8k/:16k/", "block-mix", { blockSizeBytes: [16 * KIB] }],
    ["rw=randrw\nbs=4k,64k", "block-mix", { blockSizeBytes: [4 * KIB] }],
    ["bsrange=4k-32k", "block-range", { blockSizeBytes: [32 * KIB] }],
    ["bs=2300", "block-unit", { blockSizeBytes: [2560] }],
    ["rw=randread\nbs=8k\nblockalign=4k", "block-align", {}],
    ["rw=randread\nrandom_distribution=zipf:1.2", "distribution", {}],
    ["rw=randread:8", "runs", { pattern: ["random"] }],
    ["rate_iops=50", "rate", {}],
    ["thinktime=10ms", "think-time", {}],
    ["verify=crc32c", "verify", {}],
    ["offset=1g", "offset", {}],
    ["rw=rw", "two-offsets", { operation: ["mixed"], pattern: ["sequential"], readPercent: [50] }],
    ["rw=randrw\npercentage_random=100,0", "partly-random", { pattern: ["random"] }],
    ["rw=write\nfsync=4\nfdatasync=6", "two-flushes", { flush: ["every 4"] }],
    ["rw=write\nfdatasync=4\nend_fsync=1", "two-flushes", { flush: ["every 4"] }],
    ["fadvise_hint=0", "hint", {}],
    ["bsrange=4k-8k\nbssplit=4k/50:8k/50", "block-mix", { blockSizeBytes: [8 * KIB] }],
    ["ioengine=libaio\niodepth=8\niodepth_low=4", "batching", {}],
    ["rw=randread\nnumjobs=2\noffset_increment=1g", "offset", {}],
    ["zonemode=zbd", "zones", {}],
    ["startdelay=10", "start", {}],
    ["zero_buffers", "content", {}],
    ["ioengine=rbd", "engine", { method: ["writefile"] }],
    ["iodepth=1m\nioengine=libaio", "limit", { queueDepth: [4096] }],
    ["rw=randread\nnumjobs=5000", "limit", { threads: [256] }],
    ["bs=many", "unreadable", { blockSizeBytes: [4 * KIB] }],
    ["bs=${BLOCK}", "variable-value", { blockSizeBytes: [4 * KIB] }],
    ["rw=sideways", "unreadable", { operation: ["read"] }],
    ["rw=trimwrite", "trim", { operation: ["write"] }],
    ["ioengine=mmap\ndirect=1", "mapped-caching", { caching: [null] }],
    ["exec_prerun=rm -rf /", "program", {}],
    ["read_iolog=trace.log", "trace", {}],
    ["cpus_allowed=0-3", "placement", {}],
    ["hipri=1\nioengine=libaio", "engine-option", { polling: false }],
    ["rw=write\nnumjobs=4", "same-offset", {}],
  ])("names what %j loses, and what is done instead", (lines, code, expected) => {
    const { first, losses, texts } = imported(job("size=1g", "runtime=10", "filename=a.dat", ...lines.split("\n")));
    expect(losses).toEqual([code]);
    expect(texts[0]).toMatch(/^job: .+: .+; .+/);
    expect(first).toMatchObject(expected);
  });

  it.each([
    "verify=0",
    "rate=0",
    "rate=0,0",
    "loops=1",
    "offset=0",
    "offset=0%",
    "startdelay=0s",
    "zonemode=none",
    "random_distribution=random",
    "thinktime=0",
    "bsrange=4k-4k",
    "bssplit=4k",
    "bssplit=4k/100",
    "bs=4k,4k",
    "ba=4k",
    "fadvise_hint=1",
    "fadvise_hint=sequential",
    "direct=1\nfadvise_hint=0",
    "invalidate",
    "ioengine=libaio\niodepth=8\niodepth_low=8",
    "ioengine=libaio\niodepth=8\niodepth_low=0",
    "ioengine=libaio\niodepth=8\niodepth_batch=1\niodepth_batch_complete_min=1\niodepth_batch_complete_max=1",
    "iodepth_low=4\niodepth_batch_complete=4\nserialize_overlap=1",
    "io_submit_mode=inline",
    "offset_increment=1g",
    "filename=a.dat\nnrfiles=4\nfilename_format=f.$jobnum.$filenum",
    "nrfiles=1\nfile_service_type=random",
    "rw=read\nrandom_distribution=zipf:1.2\npercentage_random=50\nba=8k\nbs_unaligned",
    "rw_sequencer=identical",
    "rate_process=poisson\nrate_ignore_thinktime=1\nrate_cycle=500",
    "thinktime_spin=5",
    "latency_window=5s\nlatency_percentile=99",
    "num_range=4",
    "zoneskip=1m",
    "numa_mem_policy=default",
    "hugepage-size=2m",
    "lockfile=exclusive",
  ])("has no loss for %j, which asks for what happens anyway", (lines) => {
    expect(imported(job("size=1g", "runtime=10", ...lines.split("\n"))).losses).toEqual([]);
  });

  it("notes that the flushes of a mixed job follow its writes only", () => {
    const { first, losses, texts } = imported(job("size=1g", "filename=a.dat", "rw=randrw", "fdatasync=1"));
    expect(first).toMatchObject({ flush: ["each"] });
    expect(losses).toEqual([]);
    expect(texts).toContainEqual(expect.stringContaining("a flush follows writes only"));
  });

  it("takes filesize for the file and size for what is done with it", () => {
    const { profile, first, losses } = imported(job("rw=randread", "filename=a.dat", "size=1m", "filesize=16m"));
    expect(profile.targets[0].sizeBytes).toBe(16 * MIB);
    expect(first.bytes).toBe(MIB);
    expect(losses).toEqual([]);
    const small = imported(job("filename=a.dat", "size=64m", "filesize=16m"));
    expect(small.profile.targets[0].sizeBytes).toBe(16 * MIB);
    expect(small.first.bytes).toBe(16 * MIB);
    expect(imported(job("filesize=16m", "nrfiles=4")).profile.targets[0].sizeBytes).toBe(64 * MIB);
  });

  // Counted in what fio 3.33 prints with --debug=io.
  it.each([
    ["size=100k\nbs=16k", 6 * 16 * KIB],
    ["size=200k\nio_size=100k\nbs=16k", 7 * 16 * KIB],
    ["size=64k\nio_size=200k\nbs=16k", 12 * 16 * KIB],
    ["size=60k\nio_size=200k\nbs=16k", 12 * 16 * KIB],
    ["size=64k\nio_size=150k\nbs=16k", 10 * 16 * KIB],
    ["size=100k\nfilesize=1m\nbs=16k", 7 * 16 * KIB],
    ["size=1m\nfilesize=100k\nbs=16k", 6 * 16 * KIB],
    ["rw=rw\nsize=100k\nbs=16k", 7 * 16 * KIB],
    ["rw=rw\nrwmixread=100\nsize=100k\nbs=16k", 6 * 16 * KIB],
    ["rw=randread\nsize=100k\nbs=16k", 6 * 16 * KIB],
    ["rw=randread\nnorandommap\nsize=100k\nbs=16k", 7 * 16 * KIB],
    ["rw=randread\nrandom_distribution=zipf:1.2\nsize=100k\nbs=16k", 7 * 16 * KIB],
    ["rw=randread\nba=4k\nsize=100k\nbs=16k", 7 * 16 * KIB],
    ["size=50%\nfilesize=200k\nbs=16k", 6 * 16 * KIB],
    ["rw=randread\nnorandommap\nsize=50%\nfilesize=400k\nbs=64k", 3 * 64 * KIB],
    ["rw=write\nsize=50%\nfilesize=400k\nbs=64k,16k", 12 * 16 * KIB],
    ["rw=randread\nnorandommap\nsize=200k\nbs=64k", 4 * 64 * KIB],
    ["size=64k\nio_size=2k", 4 * KIB],
    ["size=64k\nio_size=50%", 32 * KIB],
    ["size=64k\nio_size=0", 64 * KIB],
    ["size=64k\nio_size=6k\nnumjobs=2\nrw=randread", 16 * KIB],
  ])("does as many whole blocks of %j as fio", (lines, bytes) => {
    expect(imported(job("filename=a.dat", ...lines.split("\n"))).first.bytes).toBe(bytes);
  });

  it.each([
    ["write", 256, 49],
    ["write", 196, 49],
    ["write", 100, 48],
    ["randwrite", 256, 48],
  ])(
    "does a last block beyond a job's size in order where the file has room: %s after %d KiB",
    (rw, before, blocks) => {
      const first = `[a]\nsize=${before}k`;
      const { profile } = imported(`[global]\nfilename=a.dat\nbs=4k\nrw=${rw}\n${first}\n[b]\nstonewall\nsize=200000`);
      expect(profile.jobs[1]?.bytes).toBe(blocks * 4 * KIB);
      const apart = imported(`[global]\nbs=4k\nrw=${rw}\n${first}\n[b]\nstonewall\nsize=200000`);
      expect(apart.profile.jobs[1]?.bytes).toBe(48 * 4 * KIB);
    },
  );

  it("gives clones with files of their own one file as large as these together, and says so", () => {
    const { profile, texts } = imported(job("directory=.", "numjobs=4", "size=2m", "runtime=10"));
    expect(profile.targets[0].sizeBytes).toBe(8 * MIB);
    expect(texts).toEqual([
      "job: numjobs=4: threads share one file; all threads use one file of 8MiB, as large as the 4 of the original together",
    ]);
    const tight = imported(job("numjobs=4", "size=1m", "bs=1m", "rw=write"));
    expect(tight.first).toMatchObject({ threads: [4], bytes: 4 * MIB });
    expect(tight.profile.targets[0].sizeBytes).toBe(4 * MIB);
  });

  it("leaves out threads that would have no block of a shared file, and keeps the amount", () => {
    const { first, losses } = imported(job("filename=a.dat", "numjobs=4", "size=2m", "bs=1m", "rw=write"));
    expect(first).toMatchObject({ threads: [2], bytes: 8 * MIB });
    expect(losses).toEqual(["same-offset", "limit"]);
  });

  it("reads a k by the kb_base of the section that says it", () => {
    const inherited = imported("[global]\nbs=4k\nfilename=a.dat\nsize=1m\n[a]\nkb_base=1000\nruntime=1");
    expect(inherited.losses).toEqual([]);
  });

  it.each([
    ["[a]\nexitall\n[b]", ["exit-all"]],
    ["[a]\nexitall\nnumjobs=2\nfilename=a.dat\nrw=randread\nsize=1m", ["exit-all"]],
    ["[a]\nexitall\nsize=1m", []],
    ["[a]\nioengine=vsync\niodepth=8\nsize=1m", ["joined"]],
    ["[a]\nioengine=vsync\nsize=1m", []],
    ["[a]\nrw=write\nioengine=io_uring\niodepth=2\nfdatasync=4\nsize=1m", ["queued-flush"]],
    ["[a]\nrw=write\nioengine=io_uring\nfdatasync=4\nsize=1m", []],
    ["[a]\nrw=write\nioengine=libaio\niodepth=8\nfsync=4\nsize=1m", []],
    ["[a]\nrw=randwrite\nbs=4k,8k\nsize=1m", ["coarse-map"]],
    ["[a]\nrw=randwrite\nbs=8k,4k\nsize=1m", []],
    ["[a]\nrw=randwrite\nbs=4k,8k\nsize=1m\nnorandommap", []],
    ["[a]\nrw=rw\nsize=100k\nbs=16k\nloops=2\nfilename=a.dat", ["whole-rounds"]],
    ["[a]\nrw=rw\nsize=96k\nbs=16k\nloops=2\nfilename=a.dat", []],
    ["[a]\nsize=64k\nio_size=128k\nloops=2", ["counted-passes"]],
    ["[a]\nsize=64k\nio_size=128k", []],
    ["[a]\nrw=randread\nsize=64k\nio_size=128k\nloops=2", ["counted-passes"]],
    ["[a]\nrw=randread\nnorandommap\nsize=64k\nio_size=128k\nloops=2", []],
    ["[a]\nrw=rw\nsize=64k\nio_size=128k\nloops=2", []],
    ["[a]\nrw=rw\nsize=64k\nio_size=192k\nloops=2", ["counted-passes"]],
    ["[a]\nsize=64k\nio_size=128k\nloops=2\ntime_based\nruntime=1", []],
    ["[a]\nrw=write\nsize=64k\nio_size=128k\nend_fsync=1", ["pass-flush"]],
    ["[a]\nrw=write\nsize=64k\nio_size=64k\nend_fsync=1", []],
    ["[a]\nsize=64k\nio_size=128k\nend_fsync=1", []],
    ["[a]\nrw=rw\nrwmixread=100\nsize=64k\nend_fsync=1", ["mixed-flush"]],
    ["[a]\nrw=rw\nrwmixread=90\nsize=64k\nend_fsync=1", []],
    ["[a]\nrw=randread\nsize=64k\nrandom_distribution=zipf:1.2", []],
    ["[a]\nrw=randread\nsize=64k\nrandom_distribution=zipf:1.2\nbs=8k,4k", ["beyond-end"]],
    ["[a]\nrw=randread\nsize=64k\nrandom_distribution=zipf:1.2\nbs=4k,8k", []],
    ["[a]\nrw=randrw\nsize=512k\nrandom_distribution=pareto:0.2\nbs=8k\nba=16k", ["beyond-end"]],
    ["[a]\nrw=randrw\nsize=512k\nrandom_distribution=pareto:0.2\nbs=8k\nba=4k", []],
    ["[a]\nrw=randwrite\nsize=200000\nrandom_distribution=normal:30\nbs=64k", ["beyond-end"]],
    ["[a]\nrw=write\nsize=200000\nrandom_distribution=normal:30\nbs=64k", []],
    ["[a]\nrw=randwrite\nsize=200000\nrandom_distribution=zoned:50/10:50/90\nbs=64k", []],
  ])("says of %j what no profile has", (text, codes) => {
    const told = new Set(
      "exit-all joined coarse-map whole-rounds queued-flush counted-passes pass-flush mixed-flush beyond-end".split(
        " ",
      ),
    );
    expect(imported(text).codes.filter((code) => told.has(code))).toEqual(codes);
  });

  it.each([
    ["fio --name=a --bs=8k --kb_base=1000 --size=1000k", 8192, 1_000_000],
    ["fio --name=a --kb_base=1000 --bs=8kib --size=1000ki", 8192, 1_000_000],
  ])("reads a k of %j by the kb_base before it", (text, blockSizeBytes, sizeBytes) => {
    const { first, profile } = imported(text);
    expect([first.blockSizeBytes, profile.targets[0].sizeBytes]).toEqual([[blockSizeBytes], sizeBytes]);
  });

  it("leaves out a job that only makes files", () => {
    const { profile, losses, codes } = imported("[make]\ncreate_only=1\nsize=1m\n[a]\nstonewall\nsize=1m\nruntime=1");
    expect(profile.jobs.map(({ name }) => name)).toEqual(["a"]);
    expect(losses).toEqual([]);
    expect(codes).toEqual(["create-only"]);
  });

  it("counts what has no influence in one note", () => {
    const { notes, losses } = imported(job("size=1g", "runtime=10", "group_reporting", "gtod_reduce=1", "thread"));
    expect(losses).toEqual([]);
    expect(notes).toEqual([{ code: "idle", found: "group_reporting, gtod_reduce, thread", jobs: [], instead: null }]);
  });

  it("names an unknown option and the known one that was probably meant", () => {
    const { texts } = imported(job("size=1g", "runtime=10", "ioengin=libaio", "frobnicate=1"));
    expect(texts).toEqual([
      "ioengin=libaio: the option is not known; it is left out (did you mean ioengine?)",
      "frobnicate=1: the option is not known; it is left out",
    ]);
  });

  it("keeps variables as they stand and never looks them up", () => {
    process.env["DISKBENCH_TEST_PLACE"] = "/secret";
    const { profile, texts } = imported(job("size=1g", "runtime=10", "directory=${DISKBENCH_TEST_PLACE}/x"));
    expect(profile.targets[0].path).toBe("${DISKBENCH_TEST_PLACE}/x/");
    expect(texts[0]).toContain("never looked up");
  });

  it("ends a round by amount where no time is stated, and says so", () => {
    const { first, codes } = imported(job("size=1g", "numjobs=2", "filename=a.dat", "rw=randread"));
    expect(first).toMatchObject({ bytes: 2 * GIB, durationSeconds: 3600 });
    expect(codes).toEqual(["endless"]);
    const { losses } = imported(job("filename=/dev/example", "rw=randread"));
    expect(losses).toEqual(["whole-target"]);
  });

  it.each([
    ["filename=/srv/a:/srv/b", "/srv/a", ["files"]],
    ["filename=C\\:\\data\\a.dat", "C:\\data\\a.dat", []],
    ["directory=/srv/\nfilename=a.dat", "/srv/a.dat", []],
    ["directory=/srv", "/srv/", []],
    ["rw=randread", "diskbench.dat", []],
    ["directory=/srv\nnumjobs=4", "/srv/", ["own-files"]],
  ])("finds the target of %j", (lines, path, codes) => {
    const { profile, losses } = imported(job("size=1g", "runtime=10", ...lines.split("\n")));
    expect(profile.targets[0].path).toBe(path);
    expect(losses).toEqual(codes);
  });

  it("gives all jobs one target and names the others, and says that jobs take turns", () => {
    const { profile, losses, texts } = imported(
      "[a]\nfilename=a.dat\nsize=1g\nruntime=1\n[b]\nfilename=b.dat\nsize=2g\nruntime=1",
    );
    expect(profile.targets).toMatchObject([{ path: "a.dat", sizeBytes: 2 * GIB }]);
    expect(losses).toEqual(["at-once", "other-target", "other-target"]);
    expect(texts).toContain("b: b.dat: all jobs of a profile use the same target; a.dat is used");
  });

  it("applies each global section to the jobs behind it only", () => {
    const { profile } = imported(
      "[global]\nsize=1g\nruntime=1\nbs=4k\n[a]\n[global]\nbs=8k\nstonewall\n[b]\n[c]\nbs=16k",
    );
    expect(profile.jobs.map((each) => each.blockSizeBytes)).toEqual([[4 * KIB], [8 * KIB], [16 * KIB]]);
  });

  it("takes loops as rounds, and names that stand twice apart", () => {
    const { profile } = imported(
      "[x]\nsize=1g\nruntime=1\nloops=5\nstonewall\n[x]\nsize=1g\nruntime=1\nloops=5\nstonewall",
    );
    expect(profile.rounds).toBe(5);
    expect(profile.jobs.map(({ name }) => name)).toEqual(["x", "x (2)"]);
  });

  it("cuts comments where fio does", () => {
    const { first } = imported("# head\n; head\n[job] ; a job\nbs=8k ; eight\nsize=1g # one\nruntime=10\n");
    expect(first).toMatchObject({ name: "job", blockSizeBytes: [8 * KIB] });
  });

  it("leaves out a job that only trims", () => {
    const { profile, losses } = imported("[a]\nrw=trim\n[b]\nrw=read\nsize=1g\nruntime=1\nstonewall");
    expect(profile.jobs.map(({ name }) => name)).toEqual(["b"]);
    expect(losses).toEqual(["trim-job"]);
    expect(failuresThrownBy(() => imported("[a]\nrw=trim"))[0]?.what).toContain("only trims or makes files");
  });

  it.each([
    ["an include", "[a]\ninclude other.fio", "line 2", "no other file is opened"],
    ["a section without a name", "[]\nrw=read", "line 1", "a section without a name"],
    ["nothing but globals", "[global]\nrw=read", "job.fio", "there is no job"],
    ["an option before any section", "rw=read\n[a]", "job.fio", "stand before any [section]: rw comes first"],
    ["nothing", "# nothing", "job.fio", "neither a fio job file nor a command line"],
    ["a block that does not fit", "[a]\nsize=1m\nbs=2m\ntime_based\nruntime=1", "jobs[0].blockSize", "does not fit"],
    ["bytes", "[a]\u0000", "job.fio", "no text"],
    ["too many options", `[a]\n${"rw=read\n".repeat(5001)}`, "job.fio", "5001 options are too many"],
    ["too many jobs", "[a]\n".repeat(501), "job.fio", "501 jobs are too many"],
    ["too much", " ".repeat(1024 * 1024 + 1), "job.fio", "characters are too many"],
  ])("refuses %s", (_, text, place, what) => {
    const [failure] = failuresThrownBy(() => imported(text));
    expect(failure?.code).toBe("PROFILE_INVALID");
    expect(failure?.where).toContain(place);
    expect(failure?.what).toContain(what);
  });
});
