// Sections of a fio job file or command line -> a profile document.

import { LIMITS } from "../../job/limits.ts";
import { MOST_JOBS, refuse, requireAtMost } from "./bounds.ts";
import { fioFileSections } from "./fio-file.ts";
import { type FioJob, fioJob } from "./fio-job.ts";
import { FioJobOptions } from "./fio-job-options.ts";
import { type FioSection, type FioSetting, isGlobal, SettingReader } from "./fio-section.ts";
import { fioCommand } from "./fio-words.ts";
import { jobDocument, nameFrom, uniqueNames } from "./imported.ts";
import { withoutNulls } from "../../shared/without-nulls.ts";
import type { Kilo } from "./fio-values.ts";
import type { Notes } from "./import-notes.ts";
import { formatSize } from "../../shared/units.ts";

interface SharedTarget {
  readonly path: string;
  /** Null: as large as it is. */
  readonly sizeBytes: number | null;
}

interface JobSettings {
  /** What --section calls it. */
  readonly section: string;
  readonly name: string;
  readonly settings: readonly FioSetting[];
}

function kiloIn(settings: readonly FioSetting[], before: Kilo): Kilo {
  const base = settings.findLast(({ name }) => name === "kb_base");
  return base === undefined ? before : base.value === "1000" ? 1000 : 1024;
}

/**
 * Each job with all that holds for it: every global section before it, then its own. What a section says of kb_base
 * holds for all that it says itself, wherever in it that stands, and not for what was said before; in a command line only
 * for what follows (fio 3.33).
 */
function jobsOf(sections: readonly FioSection[]): readonly JobSettings[] {
  let globals: readonly FioSetting[] = [];
  let globalKilo: Kilo = 1024;
  const jobs: JobSettings[] = [];
  for (const section of sections) {
    const kilo = kiloIn(section.settings, globalKilo);
    const before = (index: number): Kilo => kiloIn(section.settings.slice(0, index), globalKilo);
    const own = section.settings.map((setting, index) => ({
      ...setting,
      kilo: section.isCommandLine ? before(index) : kilo,
    }));
    if (isGlobal(section)) {
      globals = [...globals, ...own];
      globalKilo = kilo;
    } else {
      const name = section.settings.findLast((setting) => setting.name === "name")?.value ?? section.name;
      jobs.push({ section: section.name, name, settings: [...globals, ...own] });
    }
  }
  return jobs;
}

/** What the command line says for all jobs and the file says again. */
function noteOverridden(sections: readonly FioSection[], notes: Notes): void {
  const inFile = new Set(
    sections.flatMap(({ isCommandLine, settings }) => (isCommandLine ? [] : settings.map(({ name }) => name))),
  );
  for (const section of sections) {
    if (!section.isCommandLine || !isGlobal(section)) continue;
    for (const { name, written } of section.settings) if (inFile.has(name)) notes.add("overridden", written);
  }
}

/** All jobs of a profile share their target: that of the first, as large as the largest. */
function sharedTarget(jobs: readonly FioJob[], notes: Notes): SharedTarget | null {
  const [first] = jobs;
  if (first === undefined) return null;
  const { path } = first.target;
  for (const { job, target } of jobs) {
    if (target.path !== path) notes.add("other-target", target.path, job.name, `${path} is used`);
  }
  const sizes = jobs.map(({ target }) => target.fileBytes).filter((bytes) => bytes !== null);
  const sizeBytes = sizes.length === 0 ? null : Math.max(...sizes);
  for (const { job, target } of jobs) {
    if (target.fileBytes === sizeBytes || target.fileBytes === null || sizeBytes === null) continue;
    notes.add("other-target", formatSize(target.fileBytes), job.name, `${formatSize(sizeBytes)} are used`);
  }
  return { path, sizeBytes };
}

function roundsOf(jobs: readonly FioJob[], notes: Notes): number {
  const loops = Math.max(1, ...jobs.map((job) => job.loops));
  if (jobs.some((job) => job.loops !== loops)) notes.add("loops", `loops=${loops}`);
  return Math.min(loops, Math.floor(LIMITS.plannedRounds.maximum / Math.max(1, jobs.length)));
}

/** The seed that is stated; fio's own default is of no use to another generator. */
function seedOf(settings: readonly FioSetting[], notes: Notes): number | null {
  const setting = settings.findLast(({ name }) => name === "randseed");
  if (setting === undefined) return null;
  const seed = Number(setting.value);
  if (/^\d+$/.test(setting.value) && seed <= LIMITS.seed.maximum) return seed;
  notes.add("seed", setting.written);
  return null;
}

/** Whether fio starts it when the jobs before it have ended. */
function waits({ settings }: JobSettings): boolean {
  return settings.some(({ name }) => name === "stonewall" || name === "wait_for");
}

export interface FioInput {
  /** The text of a job file; null: there is only a command line. */
  readonly file: string | null;
  readonly words: readonly string[];
  /** Words that were added to either for diskbench. */
  readonly typed: readonly string[];
  readonly where: string;
  /** What the profile is called unless the source says so. */
  readonly name: string;
}

export function importFio(
  { file, words, typed, where, name }: FioInput,
  notes: Notes,
): Readonly<Record<string, unknown>> {
  const reader = new SettingReader(notes);
  const command = fioCommand(words, typed, reader, notes);
  const sections = [...command.sections, ...(file === null ? [] : fioFileSections(file, where, reader))];
  noteOverridden(sections, notes);
  const all = jobsOf(sections).filter((job) => command.only.length === 0 || command.only.includes(job.section));
  if (all.length === 0) refuse(where, "there is no job in it", "A job file needs a [section], a command line --name");
  requireAtMost(where, all.length, MOST_JOBS, "jobs");

  const names = uniqueNames(all.map((job) => nameFrom(job.name, "job")));
  const jobs: FioJob[] = [];
  for (const [index, { settings }] of all.entries()) {
    const options = new FioJobOptions(names[index] ?? "job", settings, all.length - 1, notes);
    const earlier = jobs.map(({ target }) => target);
    const job = fioJob(options, command.isReadOnly, earlier);
    if (job !== null) jobs.push(job);
  }
  if (jobs.length === 0) refuse(where, "every job in it only trims or makes files, and diskbench reads and writes");
  if (!all.slice(1).every(waits)) notes.add("at-once", `${all.length} jobs`);

  const settings = all.flatMap((job) => job.settings);
  const global = sections.filter(isGlobal).flatMap((section) => section.settings);
  const title = global.findLast((setting) => setting.name === "name")?.value ?? name;
  const target = sharedTarget(jobs, notes);
  return withoutNulls({
    name: nameFrom(title, "imported"),
    description: settings.find((setting) => setting.name === "description")?.value ?? null,
    seed: seedOf(settings, notes),
    rounds: roundsOf(jobs, notes),
    target:
      target === null
        ? null
        : withoutNulls({ path: target.path, size: target.sizeBytes === null ? null : formatSize(target.sizeBytes) }),
    jobs: jobs.map(({ job }) => jobDocument(job)),
  });
}
