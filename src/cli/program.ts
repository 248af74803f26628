// The commands, their arguments and flags; each command's work is loaded only when it is called, so that --help is quick.

import { Command, InvalidArgumentError, Option } from "commander";
import { flagName, JOB_FIELD_LIST } from "../job/fields.ts";
import { parseDurationSeconds, parseSizeBytes, DURATION_FORMS, SIZE_FORMS } from "../shared/units.ts";
import type { AbFlags } from "./ab-command.ts";
import type { CompareFlags } from "./compare-command.ts";
import type { OutputFlags, RunFlags } from "./flags.ts";
import type { ImportFlags } from "./import-command.ts";
import type { TrendFlags } from "./trend-command.ts";
import { formatNames, type Subject } from "../report/formats.ts";
import { ownVersion } from "./package-version.ts";
import { print, say } from "./standard-streams.ts";

/** Any less, and a busy machine looks like a hung device. */
const LEAST_PATIENCE_SECONDS = 0.5;

function refuse(text: string, allowed: string): never {
  throw new InvalidArgumentError(`Found ${JSON.stringify(text)}; allowed: ${allowed}.`);
}

function sizeArgument(text: string): number {
  const bytes = parseSizeBytes(text);
  return bytes === null || bytes === 0 ? refuse(text, SIZE_FORMS) : bytes;
}

const durationArgument = (text: string): number => parseDurationSeconds(text) ?? refuse(text, DURATION_FORMS);

function patienceArgument(text: string): number {
  const seconds = durationArgument(text);
  return seconds >= LEAST_PATIENCE_SECONDS ? seconds : refuse(text, "at least 500ms");
}

function countArgument(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : refuse(text, "a whole number");
}

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

function addOutputFlags(command: Command, subject: Subject): Command {
  return command
    .addOption(new Option("--format <format>", "what to print").choices(formatNames(subject)).default("table"))
    .option("--json", "the same as --format json")
    .option(
      "--output <file>",
      `write the ${subject === "result" ? "report" : subject} to a file too; its ending says the format (repeatable)`,
      collect,
    );
}

const addReportFlags = (command: Command): Command =>
  addOutputFlags(command, "result").option("--mebibytes", "show MiB/s instead of MB/s");

/** The flags that replace a field of all jobs. */
function addJobFlags(command: Command): Command {
  for (const { documentName, kind, flag } of JOB_FIELD_LIST) {
    if (flag === null) continue;
    const name = flagName(documentName);
    if (kind.type === "seconds") command.option(`${name} <duration>`, flag, durationArgument);
    else if (kind.type === "bytes") command.option(`${name} <size>`, flag, sizeArgument);
    else if (kind.type === "count") command.option(`${name} <count>`, flag, countArgument);
    else if (kind.type === "flag") command.option(name, flag);
    else if (kind.type === "word") command.addOption(new Option(`${name} <word>`, flag).choices(kind.words));
    else command.option(`${name} <text>`, flag);
  }
  return command;
}

function addProfileFlags(command: Command): Command {
  return addJobFlags(
    command
      .option("--target <path>", "measure here instead: a file, a directory or a device (repeatable)", collect)
      .option("--size <size>", "size of the target", sizeArgument),
  )
    .option("--rounds <count>", "timed runs of every case", countArgument)
    .option("--seed <number>", "what random offsets grow from", countArgument)
    .option("--set <path=value>", "change the profile, e.g. jobs.0.queueDepth=8 (repeatable)", collect);
}

function addExecutionFlags(command: Command): Command {
  return command
    .option("--dry-run", "print the plan and touch nothing")
    .option("--keep", "leave the test file for the next run")
    .option("--force", "write to a file that diskbench did not create")
    .option("--allow-full", "use the last 5 % of the free space too")
    .option("--confirm <device>", "identity of a raw device that may be overwritten (repeatable)", collect)
    .option(
      "--stall-timeout <duration>",
      "how long a device or file system may take to answer (default: 30s)",
      patienceArgument,
    )
    .option("--quiet", "nothing on stderr but errors")
    .option("--no-progress", "no progress on stderr");
}

function runCommand(): Command {
  const command = new Command("run")
    .summary("run a profile and report what was measured")
    .description(
      "Runs a profile: makes its target ready, measures every case, prints the tables and writes a result file.",
    )
    .argument("<profile>", 'a path, "-" for standard input, or the name of a built-in profile');
  addProfileFlags(command);
  addReportFlags(command);
  return addExecutionFlags(command)
    .option("--strict", "exit 1 on warnings too")
    .action(async (profile: string, flags: RunFlags) =>
      (await import("./engine-ahead.ts")).withEngineAhead(flags, async (engine) =>
        (await import("./run-command.ts")).run(profile, flags, engine),
      ),
    );
}

function abCommand(): Command {
  const command = new Command("ab")
    .summary("measure two things in interleaved rounds and say which is better")
    .description(
      "Measures A and B in turns (A B B A ...), so that what drifts meets both alike: two profiles, two --target, or one path with two --set. Exits 1 when B is worse than A by more than the tolerance.",
    )
    .argument("<profile>", 'a path, "-" for standard input, or the name of a built-in profile')
    .argument("[other]", "profile of the other side");
  addProfileFlags(command);
  addExecutionFlags(command);
  return addComparisonFlags(command)
    .option("--aa", "measure the same thing twice: how far equal things differ on this machine")
    .option("--early-look", "look once after half of the rounds, and end if all gates are decided")
    .action(async (profile: string, other: string | undefined, flags: AbFlags) =>
      (await import("./engine-ahead.ts")).withEngineAhead(flags, async (engine) =>
        (await import("./ab-command.ts")).ab(profile, other, flags, engine),
      ),
    );
}

function reportCommand(): Command {
  return addReportFlags(new Command("report").summary("print stored results again, in any format"))
    .argument("<result...>", 'result files, or "-" for standard input')
    .action(async (paths: readonly string[], flags: OutputFlags) =>
      (await import("./report-command.ts")).report(paths, flags),
    );
}

function addComparisonFlags(command: Command): Command {
  return addOutputFlags(command, "comparison")
    .option("--gate <metric>", "what decides, e.g. iops or latencyNs.p99 (repeatable)", collect)
    .option("--tolerance <percent>", "how much worse is allowed: 3%, or latencyNs.p99=10% (repeatable)", collect)
    .option("--strict", "exit 5 where a gate is inconclusive");
}

function compareCommand(): Command {
  return addComparisonFlags(new Command("compare").summary("say whether a candidate is worse than its baseline"))
    .description(
      "Compares results case by case and exits 1 when the candidate is worse by more than the tolerance. A result of `ab` holds both sides and is given alone.",
    )
    .argument("<baseline>", 'a result file, "-" for standard input, or a directory of results')
    .argument("[candidate]", "the same for the other side")
    .option("--allow-difference <what>", "compare although it differs: profile, device, ... (repeatable)", collect)
    .option("--noise-floor <result>", "result of `ab --aa` on this machine, to judge the tolerances by")
    .action(async (baseline: string, candidate: string | undefined, flags: CompareFlags) =>
      (await import("./compare-command.ts")).compare(baseline, candidate, flags),
    );
}

function trendCommand(): Command {
  return addOutputFlags(new Command("trend"), "trend")
    .summary("find steps in a history of results")
    .description(
      "Orders runs by time and finds steps in each figure. Runs that are not comparable are series of their own.",
    )
    .argument("<result...>", 'result files, directories of them, or "-" for standard input')
    .option("--metric <metric>", "what to look at, e.g. iops or latencyNs.p99 (repeatable)", collect)
    .option("--allow-difference <what>", "one series although runs differ: device, cpu, ... (repeatable)", collect)
    .action(async (paths: readonly string[], flags: TrendFlags) =>
      (await import("./trend-command.ts")).trend(paths, flags),
    );
}

function importCommand(): Command {
  return (
    new Command("import")
      .summary("turn a fio job file, or a command line of fio or DiskSpd, into a profile")
      .description("Prints a profile that does the same. What a profile cannot say is listed on stderr.")
      .argument("<file>", 'a path, "-" for standard input, or a command line in quotes')
      .argument("[options...]", "options of fio that hold as beside a job file, e.g. -- --runtime 30")
      .addOption(
        new Option("--format <format>", "what the file is").choices(["auto", "fio", "diskspd"]).default("auto"),
      )
      .option("--output <file>", "write the profile to a new file")
      .option("--force", "let --output replace a file")
      .option("--strict", "exit 2, without a profile, when anything is lost")
      // Options of fio need no -- in front unless diskbench has one of that name; misspelt ones are refused.
      .allowUnknownOption()
      .action(async (file: string, words: readonly string[], flags: ImportFlags) =>
        (await import("./import-command.ts")).importFile(file, words, flags),
      )
  );
}

function informationCommands(): readonly Command[] {
  return [
    new Command("profiles")
      .summary("list the built-in profiles, or print one")
      .argument("[name]")
      .action(async (name?: string) => (await import("./profiles-command.ts")).profiles(name)),
    new Command("methods")
      .summary("list the ways of doing I/O that this machine has")
      .option("--json", "as JSON")
      .action(async (flags: { json?: true }) => (await import("./methods-command.ts")).methods(flags)),
    new Command("devices")
      .summary("list disks and the identity that --confirm wants")
      .option("--json", "as JSON")
      .action(async (flags: { json?: true }) => (await import("./devices-command.ts")).devices(flags)),
    new Command("validate")
      .summary("check a profile without running it")
      .argument("<profile>", 'a path, "-" for standard input, or the name of a built-in profile')
      .action(async (profile: string) => (await import("./validate-command.ts")).validate(profile)),
    new Command("init")
      .summary("write a profile to start from")
      .argument("[file]", "where to", "profile.json")
      .action(async (file: string) => (await import("./init-command.ts")).init(file)),
    importCommand(),
  ];
}

/** Runs the command that `words` ask for. Errors in them are thrown as CommanderError, after they were explained. */
export async function runProgram(words: readonly string[]): Promise<void> {
  // Commander writes help and version with no look at what becomes of them.
  const printed: string[] = [];
  const program = createProgram();
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeOut: (text) => printed.push(text), writeErr: say });
  }
  try {
    await program.parseAsync(words);
  } finally {
    if (printed.length > 0) await print(printed.join(""));
  }
}

/** What a command is about to open: its arguments and what its flags name. A target is looked at by the run itself. */
async function waitForAnswers(command: Command): Promise<void> {
  const { output, noiseFloor, quiet } = command.opts<{
    output?: string | readonly string[];
    noiseFloor?: string;
    quiet?: true;
  }>();
  const paths = [...command.args, output, noiseFloor].flat().filter((path) => path !== undefined);
  if (paths.length > 0) await (await import("./answering.ts")).answering(paths, quiet === true);
}

function createProgram(): Command {
  const program = new Command("diskbench")
    .description("Measures disks: true throughput and latency, with every way of doing I/O that the system has.")
    .version(ownVersion(), "-V, --version")
    .addHelpText("after", "\nTo begin: diskbench run quick")
    .hook("preAction", (_program, command) => waitForAnswers(command));
  for (const command of [
    runCommand(),
    reportCommand(),
    compareCommand(),
    abCommand(),
    trendCommand(),
    ...informationCommands(),
  ])
    program.addCommand(command);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().showHelpAfterError("(--help shows what is allowed)").showSuggestionAfterError();
  }
  return program;
}
