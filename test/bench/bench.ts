// `npm run bench`: every case against fio in one interleaved run -> one table, each figure beside its target.
// Exit 1 when a target is missed. Flags: --rounds 6 --seconds 4 --only <texts, comma between them> --record: kept in history/.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchCases, benchSpec, type BenchCase, type Target } from "./bench-cases.ts";
import type { Contender, Measurement, RunLength } from "./contenders.ts";
import { largeResult } from "./large-result.ts";
import { memory, simulatedSamples, startUp, type Figure } from "./own-overhead.ts";
import { recordRun, type RecordedCase, type RecordedFigure } from "./history.ts";
import { cpuNsPerIo, isUndecided, misses, ratioOf, textOf, type Ratio } from "./ratios.ts";
import { threadScaling, type Scaling } from "./thread-scaling.ts";

const GIB = 1024 ** 3;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "6" },
    seconds: { type: "string", default: "4" },
    only: { type: "string", default: "" },
    record: { type: "boolean", default: false },
  },
});
/** Parts of the names of what is measured; none: all of it. */
const only = values.only.split(",").filter((text) => text !== "");
const isAsked = (name: string): boolean => only.length === 0 || only.some((text) => name.includes(text));
const rounds = Number(values.rounds);
const length: RunLength = { warmupSeconds: 1, seconds: Number(values.seconds) };
/** A disk's own rate wanders by tens of per cent within seconds: more and shorter rounds stay closer together. */
const DEVICE_TURNS = 4;
/** Where its interval leaves open whether a rate is reached, whichever way the estimate points, so many times as many. */
const MOST_TURNS = 3;
const shortLength: RunLength = { ...length, seconds: length.seconds / 2 };

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fill(path: string): string {
  const done = spawnSync("dd", ["if=/dev/urandom", `of=${path}`, "bs=1M", `count=${GIB / 1024 ** 2}`, "conv=fsync"]);
  if (done.status !== 0) throw new Error(`cannot fill ${path}: ${done.stderr.toString()}`);
  return path;
}

/** The fastest of several in one trial each. */
async function fastest(contenders: readonly Contender[]): Promise<Contender | null> {
  let best: { readonly contender: Contender; readonly iops: number } | null = null;
  for (const contender of contenders) {
    const { iops } = await contender.run({ warmupSeconds: 1, seconds: 2 });
    if (best === null || iops > best.iops) best = { contender, iops };
  }
  return best?.contender ?? null;
}

interface Rounds {
  readonly least: number;
  readonly most: number;
  /** Whether what has been measured, per contender, is not enough yet. */
  readonly goesOn: (measurements: readonly (readonly Measurement[])[]) => boolean;
}

/** Runs the contenders in turns, forth and back, so that a drift of the machine falls on all alike. */
async function interleave(
  contenders: readonly Contender[],
  { least, most, goesOn }: Rounds,
  each: RunLength,
): Promise<readonly (readonly Measurement[])[]> {
  const measurements: Measurement[][] = contenders.map(() => []);
  for (let round = 0; round < least || (round < most && goesOn(measurements)); round += 1) {
    const order = contenders.map((_, index) => index);
    if (round % 2 === 1) order.reverse();
    for (const index of order) {
      const contender = contenders[index];
      if (contender !== undefined) measurements[index]?.push(await contender.run(each));
    }
  }
  return measurements;
}

const COLUMNS = [26, 30, 20, 20, 20, 20, 20, 20] as const;
const row = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => `${cell} `.padEnd(COLUMNS[index] ?? 12))
    .join("")
    .trimEnd();

let missed = 0;
const recordedCases: RecordedCase[] = [];
const recordedFigures: RecordedFigure[] = [];

function compare(
  each: BenchCase,
  ours: readonly Measurement[],
  other: Contender,
  theirs: readonly Measurement[],
  target: Target | null,
): void {
  const ratio = (figure: (measurement: Measurement) => number): Ratio => ratioOf(ours, theirs, figure);
  const [iops, cpu] = [ratio((one) => one.iops), ratio(cpuNsPerIo)];
  const missing = target === null ? [] : misses(iops, cpu, target, each.deviceBound);
  missed += missing.length;
  const [user, system] = [ratio((one) => one.userNsPerIo), ratio((one) => one.systemNsPerIo)];
  const [p50, p99] = [ratio((one) => one.p50Ns), ratio((one) => one.p99Ns)];
  recordedCases.push({
    name: each.name,
    against: other.name,
    rounds: ours.length,
    iops,
    cpu,
    user,
    system,
    p50,
    p99,
    target,
    missing,
  });
  print(
    row([
      each.name,
      other.name,
      textOf(iops),
      textOf(cpu),
      textOf(user),
      textOf(system),
      textOf(p50),
      textOf(p99),
      target === null
        ? "none"
        : `IOPS >= ${target.iops}, CPU <= ${target.cpu}: ${missing.length === 0 ? "met" : `MISSED ${missing.join(", ")}`}`,
    ]),
  );
}

/** A figure's line, and whether it keeps to its bound. */
function printBounded(name: string, value: string, bound: string | null, bad: boolean): void {
  if (bad) missed += 1;
  recordedFigures.push({ name, value, bound, isMissed: bad });
  const verdict = bound === null ? "" : `${bound}: ${bad ? "MISSED" : "met"}`;
  print(`${name.padEnd(44)}${value.padEnd(22)}${verdict}`.trimEnd());
}

function printFigures(figures: readonly Figure[]): void {
  for (const { name, value, unit, atMost } of figures) {
    const bound = atMost === null ? null : `at most ${atMost}`;
    printBounded(name, `${value.toFixed(2)} ${unit}`, bound, atMost !== null && value > atMost);
  }
}

function printScalings(scalings: readonly Scaling[]): void {
  for (const { name, ratio, atLeast } of scalings) {
    printBounded(name, `${textOf(ratio)} x`, `at least ${atLeast}`, ratio.high < atLeast);
  }
}

const folder = mkdtempSync(join(process.env["DISKBENCH_BENCH_DIRECTORY"] ?? process.cwd(), "diskbench-bench-"));
const memoryFolder = mkdtempSync("/dev/shm/diskbench-bench-");
try {
  const places = { disk: fill(join(folder, "disk.dat")), memory: fill(join(memoryFolder, "memory.dat")) };
  print(`${rounds} rounds of ${length.seconds} s each, in turns; ratios diskbench / fio with 90 % intervals`);
  print(
    `on the disk ${rounds * DEVICE_TURNS} rounds of ${shortLength.seconds} s each, without a target ${rounds} of these,\nand up to ${MOST_TURNS} times as many while an interval of IOPS holds 0.97\n`,
  );
  const headings = ["case", "against", "IOPS", "CPU per I/O", "user", "system", "p50", "p99", "target"];
  print(row(headings));
  for (const each of benchCases(places).filter(({ name }) => isAsked(name))) {
    const best = await fastest(each.best);
    const contenders = [each.ours, each.plain, ...(best === null ? [] : [best])];
    const turns = each.deviceBound ? rounds * DEVICE_TURNS : rounds;
    const run = each.deviceBound || each.plainTarget === null ? shortLength : length;
    const goesOn = ([own = [], ...others]: readonly (readonly Measurement[])[]): boolean =>
      others.some((other) => isUndecided(ratioOf(own, other, ({ iops }) => iops)));
    const most = each.deviceBound && each.plainTarget !== null ? turns * MOST_TURNS : turns;
    const howMany = { least: turns, most, goesOn };
    const [ours = [], plain = [], bestMeasurements = []] = await interleave(contenders, howMany, run);
    if (ours.length > turns) print(`${ours.length} rounds:`);
    compare(each, ours, each.plain, plain, each.plainTarget);
    if (best !== null) compare(each, ours, best, bestMeasurements, each.bestTarget);
  }
  if (isAsked("two threads")) {
    print("");
    printScalings(await threadScaling(memoryFolder, rounds));
  }
  if (isAsked("own")) {
    print("");
    printFigures(startUp());
    printFigures(
      await memory((threads) => benchSpec("io-uring", places.disk, { queueDepth: 1, durationSeconds: 4 }, threads)),
    );
    const simulated = benchSpec("simulated", "", { queueDepth: 8, durationSeconds: 1, jitWarmup: false });
    printFigures(largeResult(tmpdir(), await simulatedSamples(simulated)));
  }
} finally {
  rmSync(folder, { recursive: true });
  rmSync(memoryFolder, { recursive: true });
}
if (values.record) {
  const path = recordRun({ rounds, seconds: length.seconds, missed, cases: recordedCases, figures: recordedFigures });
  print(`\nrecorded in ${path}`);
}
print(missed === 0 ? "\nevery target is met" : `\n${missed} targets are missed`);
process.exitCode = missed === 0 ? 0 : 1;
