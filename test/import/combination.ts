// A seed -> options of fio that belong together: a job file, a command line, or both.

import { mulberry32 } from "../../src/shared/random.ts";

/** What jobs may name as their directory. */
export const DIRECTORY = "sub";

export interface Combination {
  /** A job file; null: a command line says it all. */
  readonly file: string | null;
  /** Of the command line. */
  readonly words: readonly string[];
  /** Names of files that jobs state. */
  readonly fileNames: readonly string[];
  /** It ends after a time, so that nobody knows after how many I/Os. */
  readonly isTimed: boolean;
}

/** A choice among `[weight, value]`. */
type Weighted<Value> = readonly (readonly [weight: number, value: Value])[];

class Draw {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  one<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#random() * values.length)] as Value;
  }

  weighted<Value>(choices: Weighted<Value>): Value {
    let left = this.#random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    return (choices.find(([weight]) => (left -= weight) < 0) ?? choices.at(-1))?.[1] as Value;
  }

  shuffled<Value>(values: readonly Value[]): Value[] {
    const places = values.map((value) => ({ value, place: this.#random() }));
    return places.toSorted((a, b) => a.place - b.place).map(({ value }) => value);
  }
}

/** Options that speak of one thing, as lines of a section; each is drawn for all jobs, for one, or for both. */
type Topic = (draw: Draw) => readonly string[];

const line = (name: string, values: readonly (string | number)[], draw: Draw): string => `${name}=${draw.one(values)}`;

const direction: Topic = (draw) => [
  draw.weighted([
    [3, "rw=read"],
    [3, "rw=write"],
    [3, "rw=rw"],
    [1, "readwrite=readwrite"],
    [4, "rw=randread"],
    [4, "rw=randwrite"],
    [6, "rw=randrw"],
    [0.5, "rw=randread:4"],
    [0.5, "rw=write:8k"],
  ]),
];

const mix: Topic = (draw) => {
  const lines = [line("rwmixread", [0, 10, 30, 50, 75, 90, 100], draw), line("rwmixwrite", [5, 20, 40, 60, 100], draw)];
  return draw.weighted([
    [3, []],
    [3, lines.slice(0, 1)],
    [2, lines.slice(1)],
    [2, draw.shuffled(lines)],
  ]);
};

const block: Topic = (draw) =>
  draw.weighted([
    [2, []],
    [
      10,
      [
        `${draw.one(["bs", "bs", "blocksize"])}=${draw.one(["1k", "4k", "4ki", 4096, "8k", "16K", "16kb", "64k", "0x2000"])}`,
      ],
    ],
    [1, [line("bs", [512, "2300", "3k", "12k", "6000"], draw)]],
    [1, [line("bs", ["4k,8k", "8k,4k", ",16k", "8k,", "4k,4k"], draw)]],
    [1, [line("bsrange", ["4k-4k", "8k-8k", "4k-16k"], draw)]],
    [1, [line("bssplit", ["4k", "8k/100", "4k/60:16k/40", "4k/100,8k/100"], draw)]],
    [1, draw.shuffled([line("bs", ["4k", "8k"], draw), line("bsrange", ["4k-4k", "8k-8k"], draw)])],
    [1, draw.shuffled([line("bs", ["8k", "16k"], draw), line("ba", ["4k", "8k", "16k"], draw)])],
  ]);

const AMOUNTS = ["128k", "256k", "512k", "1m", 1_000_000, 200_000, "1mb", "0x40000"];

const amount: Topic = (draw) => {
  const size = line("size", AMOUNTS, draw);
  return draw.weighted([
    [10, [size]],
    [2, draw.shuffled([size, line("filesize", ["256k", "1m", "4m", 300_000], draw)])],
    [1, draw.shuffled([line("size", ["50%", "25%", "100%"], draw), line("filesize", ["1m", "400k"], draw)])],
    [1, [line("filesize", ["256k", "1m"], draw)]],
    [2, draw.shuffled([size, line("io_size", ["64k", "50%", "100k", 10_000, "1500k", "25%"], draw)])],
    [1, [size, line("io_limit", ["64k", "1m"], draw)]],
    [1, [size, line("number_ios", [1, 10, 100, 5000], draw)]],
    [0.5, [size, "kb_base=1000"]],
    [1, [size, line("offset", [0, "64k", "128k"], draw)]],
  ]);
};

const clones: Topic = (draw) =>
  draw.weighted([
    [6, []],
    [1, ["numjobs=1"]],
    [2, [line("numjobs", [2, 3], draw)]],
    [0.3, ["numjobs=2", "offset_increment=64k"]],
  ]);

const caching: Topic = (draw) => {
  const lines = [line("direct", [0, 1], draw), line("buffered", [0, 1], draw)];
  return draw.weighted([
    [2, []],
    [6, ["direct=1"]],
    [2, [draw.one(lines)]],
    [2, draw.shuffled(lines)],
  ]);
};

const engine: Topic = (draw) => {
  const name = draw.weighted([
    [2, null],
    [6, "psync"],
    [1, "sync"],
    // Not vsync: with iodepth and a mix fio 3.33 never ends.
    [1, "pvsync"],
    [1, "pvsync2"],
    [6, "libaio"],
    [3, "io_uring"],
    [1, "mmap"],
    [0.5, "posixaio"],
  ]);
  const depth = draw.weighted<string[]>([
    [3, []],
    [4, [line("iodepth", [1, 2, 4, 8, 16], draw)]],
    [1, [line("iodepth", [4, 8], draw), line(draw.one(["iodepth_batch", "iodepth_batch_submit"]), [0, 1, 2, 4], draw)]],
    [0.5, ["iodepth=8", line("iodepth_batch_complete_min", [1, 4], draw)]],
    [0.5, ["iodepth=8", line("iodepth_batch_complete_max", [1, 8], draw)]],
    [0.5, ["iodepth=8", line("iodepth_low", [4, 8], draw)]],
  ]);
  return [...(name === null ? [] : [`ioengine=${name}`]), ...depth];
};

const flush: Topic = (draw) =>
  draw.weighted([
    [8, []],
    [1, [line("fsync", [0, 1, 4, 32], draw)]],
    [1, [line("fdatasync", [0, 1, 4, 32], draw)]],
    [1, draw.shuffled([line("fsync", [0, 2, 4, 8], draw), line("fdatasync", [0, 3, 8], draw)])],
    [1, [line("end_fsync", [0, 1], draw)]],
    [0.5, ["fsync_on_close=1"]],
    [0.5, ["end_fsync=1", "fsync=16"]],
  ]);

const synchronous: Topic = (draw) =>
  draw.weighted([
    [6, []],
    [2, [line("sync", [0, 1, "none", "sync", "dsync"], draw)]],
  ]);

const order: Topic = (draw) =>
  draw.weighted([
    [4, []],
    [1, ["norandommap"]],
    [1, [line("norandommap", [0, 1], draw)]],
    [1, [line("randseed", [1, 4711], draw)]],
    // Without a seed its I/Os would be others every time.
    [1, ["randrepeat=0", line("randseed", [1, 99], draw)]],
    [1, ["random_generator=tausworthe64"]],
    [0.5, ["random_distribution=random"]],
    [0.5, [line("random_distribution", ["zipf:1.2", "pareto:0.2"], draw)]],
    [0.5, [line("percentage_random", [100, 50], draw)]],
  ]);

const length: Topic = (draw) =>
  draw.weighted([
    [10, []],
    [2, ["runtime=60"]],
    [1, ["timeout=1m"]],
    [1, ["loops=2"]],
    [0.5, ["loops=3"]],
  ]);

/** Many of these at once, as people have them. */
const HARMLESS: readonly (readonly [name: string, values: readonly (string | number)[]])[] = [
  ["refill_buffers", [""]],
  ["scramble_buffers", [0, 1]],
  ["thread", [""]],
  ["invalidate", [1]],
  ["fadvise_hint", [0, 1]],
  ["fallocate", ["none", "posix"]],
  ["overwrite", [0, 1]],
  ["unlink", [0]],
  ["nrfiles", [1]],
  ["zonemode", ["none"]],
  ["rate", [0]],
  ["startdelay", [0]],
  ["verify", [0]],
  ["thinktime", [0]],
  ["description", ["a test"]],
  ["disable_lat", [1]],
  ["gtod_reduce", [1]],
  ["clocksource", ["clock_gettime"]],
  ["mem", ["malloc"]],
  ["percentile_list", ["50:99"]],
  ["unified_rw_reporting", [0]],
  ["exitall", [""]],
  ["continue_on_error", ["none", "all"]],
  ["file_service_type", ["roundrobin"]],
  ["pre_read", [0]],
];

const others: Topic = (draw) => {
  const many = draw.weighted([
    [3, 0],
    [2, 1],
    [2, 3],
  ]);
  const harmless = draw.shuffled(HARMLESS).slice(0, many);
  const lines = harmless.map(([name, values]) => {
    const value = draw.one(values);
    return value === "" ? name : `${name}=${value}`;
  });
  const rest = draw.weighted<string[]>([
    [12, []],
    [0.5, ["zero_buffers"]],
    [0.5, ["invalidate=0"]],
    [0.5, ["thinktime=10"]],
    [0.5, ["nrfiles=2"]],
    [0.5, ["zonemode=strided", "zonesize=64k", "zoneskip=64k"]],
  ]);
  return [...lines, ...rest];
};

const NAMES = ["one", "two", "three"];
const TOPICS: readonly Topic[] = [mix, block, caching, engine, flush, synchronous, order, length, others];

interface Sections {
  readonly all: string[];
  readonly own: string[][];
}

/** Draws a topic for the jobs as a whole, for each of them, or for both. */
function place(topic: Topic, { all, own }: Sections, draw: Draw): void {
  const where = draw.weighted([
    [3, "all"],
    [3, "own"],
    [1, "both"],
  ]);
  if (where !== "own") all.push(...topic(draw));
  if (where !== "all") for (const lines of own) lines.push(...topic(draw));
}

function placeFile({ all, own }: Sections, draw: Draw): readonly string[] {
  const name = draw.weighted([
    [5, "disk.dat"],
    [4, null],
    [0.5, "one.dat:other.dat"],
  ]);
  if (name === null) return [];
  const directory = draw.chance(0.2);
  const lines = [`filename=${name}`, ...(directory ? [`directory=${DIRECTORY}`] : [])];
  if (draw.chance(0.7)) all.push(...lines);
  else for (const section of own) section.push(...lines);
  return name.split(":").map((each) => (directory ? `${DIRECTORY}/${each}` : each));
}

const word = (option: string): string => `--${option}`;

/** Of several settings of one name the last counts, so that their order matters. */
function written({ all, own }: Sections, fileNames: readonly string[], isTimed: boolean, draw: Draw): Combination {
  const form = draw.weighted([
    [6, "file"],
    [3, "words"],
    [2, "both"],
  ]);
  const sections = own.map((lines, index) => ({ name: NAMES[index] ?? "", lines }));
  if (form === "words") {
    const jobs = sections.flatMap(({ name, lines }) => [`--name=${name}`, ...lines.map(word)]);
    return { file: null, words: [...all.map(word), ...jobs], fileNames, isTimed };
  }
  // What stands on the command line beside a file gives way to the file.
  const beside = form === "both" ? all.splice(0, Math.ceil(all.length / 2)) : [];
  const global = all.length === 0 ? [] : ["[global]", ...all, ""];
  const jobs = sections.flatMap(({ name, lines }) => [`[${name}]`, ...lines, ""]);
  return { file: [...global, ...jobs].join("\n"), words: beside.map(word), fileNames, isTimed };
}

export function drawCombination(seed: number): Combination {
  const draw = new Draw(seed);
  const count = draw.weighted([
    [6, 1],
    [2, 2],
    [1, 3],
  ]);
  const sections: Sections = { all: [], own: Array.from({ length: count }, () => []) };
  // Without a direction of its own each job would read: that is drawn too, but seldom.
  if (draw.chance(0.95)) place(direction, sections, draw);
  const isTimed = draw.chance(0.03);
  place(isTimed ? () => ["size=64k", "time_based", "runtime=1"] : amount, sections, draw);
  // Of two times the last counts: a minute of fio's log is more than there is room for.
  const topics = isTimed ? TOPICS.filter((topic) => topic !== length) : TOPICS;
  for (const topic of topics) if (draw.chance(0.8)) place(topic, sections, draw);
  if (!isTimed) place(clones, sections, draw);
  const fileNames = placeFile(sections, draw);
  // Not more at once than the machine can follow; and now and then so that imports have to say something.
  sections.own.forEach((lines, index) => {
    if (index > 0 && draw.chance(0.7)) lines.push("stonewall");
  });
  return written(
    { all: draw.shuffled(sections.all), own: sections.own.map((lines) => draw.shuffled(lines)) },
    fileNames,
    isTimed,
    draw,
  );
}

/** What a person types, or stores in job.fio and types, to see it for himself. */
export function asTyped({ file, words }: Combination): string {
  const command = ["fio", "--debug=io", ...words.map((each) => (/[\s"]/.test(each) ? `'${each}'` : each))].join(" ");
  return file === null ? command : `${command} job.fio\n--- job.fio:\n${file}---`;
}
