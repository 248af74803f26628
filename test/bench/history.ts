// What one run of the bench measured -> a file in history/, so that the documentation's figures and later runs have a source.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import type { Target } from "./bench-cases.ts";
import type { Ratio } from "./ratios.ts";

/** Ratios diskbench / fio. */
export interface RecordedCase {
  readonly name: string;
  readonly against: string;
  readonly rounds: number;
  readonly iops: Ratio;
  readonly cpu: Ratio;
  readonly user: Ratio;
  readonly system: Ratio;
  readonly p50: Ratio;
  readonly p99: Ratio;
  /** Null: nothing is demanded. */
  readonly target: Target | null;
  readonly missing: readonly string[];
}

/** A line of the table of the command itself. */
export interface RecordedFigure {
  readonly name: string;
  readonly value: string;
  readonly bound: string | null;
  readonly isMissed: boolean;
}

interface RecordedRun {
  readonly rounds: number;
  readonly seconds: number;
  readonly missed: number;
  readonly cases: readonly RecordedCase[];
  readonly figures: readonly RecordedFigure[];
}

const FOLDER = "test/bench/history";
const answerOf = (command: string, ...words: readonly string[]): string =>
  execFileSync(command, words, { encoding: "utf8" }).trim();

/** Returns the path of the file. Run it in the checkout. */
export function recordRun(run: RecordedRun): string {
  const at = new Date().toISOString();
  const [cpu] = cpus();
  const machine = {
    cpu: `${cpus().length} x ${cpu?.model ?? "unknown"}`,
    kernel: release(),
    node: process.versions.node,
    fio: answerOf("fio", "--version"),
  };
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${at.slice(0, 16).replaceAll(":", "-")}Z.json`);
  const commit = answerOf("git", "rev-parse", "--short", "HEAD");
  writeFileSync(path, `${JSON.stringify({ at, commit, machine, ...run }, null, 2)}\n`);
  return path;
}
