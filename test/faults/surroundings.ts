// A seed -> surroundings that nobody would wish for, and a command in them; what came of it -> a class of a closed list.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { FAILURE_EXIT_CODES, type FailureCode } from "../../src/shared/errors.ts";
import { mulberry32 } from "../../src/shared/random.ts";
import { COMMAND } from "../support/diskbench.ts";
import { POWERLESS, runTool } from "../support/requirements.ts";

const PRELOAD = pathToFileURL(join(import.meta.dirname, "tell-failures.mjs")).href;
/** Of nobody else here, so that a limit to its processes counts those of one command; some are at work beside each other. */
const FIRST_USER = 54_000;
const PATIENCE_MS = 180_000;
/** What does nothing at all is at its end by then. */
const IDLE_PATIENCE_MS = 20_000;

export interface Scene {
  readonly seed: number;
  /** What was drawn, in words. */
  readonly story: string;
  /** For the shell that starts the command. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The limit in force, by its name; null: none. */
  readonly limit: string | null;
  readonly words: readonly string[];
  readonly directory: string;
}

const profileOf = (method: string): string =>
  JSON.stringify({
    name: "p",
    rounds: 2,
    target: { path: "test.dat", size: "64KiB" },
    jobs: [{ name: "a", method, blockSize: "4KiB", operation: "write", ios: 20, duration: "2s", warmup: 0 }],
  });
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Documents that every scene has, in a directory that everybody may read. `stored` is the text of a result. */
export function prepareDocuments(directory: string, stored: string): void {
  chmodSync(directory, 0o755);
  for (const method of ["null", "simulated", "pwrite"])
    writeFileSync(join(directory, `${method}.json`), profileOf(method));
  writeFileSync(join(directory, "stored.json"), stored);
  writeFileSync(join(directory, "broken.json"), '{"jobs": [');
  writeFileSync(join(directory, "job.fio"), "[a]\nrw=randread\nbs=4k\nsize=1m\n");
}

/** The scene of a seed, its directories made below `place`. */
export function drawScene(seed: number, place: string, documents: string): Scene {
  const random = mulberry32(seed * 7919 + 1);
  const one = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const sometimes = <Value>(share: number, values: readonly Value[], otherwise: Value): Value => {
    const value = one(values);
    return random() < share ? value : otherwise;
  };
  const told: string[] = [];
  const tell = <Value>(what: string, value: Value): Value => {
    told.push(`${what} ${JSON.stringify(value)}`);
    return value;
  };

  const odd = [
    "-dash",
    "new\nline",
    "\u00fcn\u00ef\u2603 \u4e16",
    "%s$(x);'\"",
    "a".repeat(255),
    "\u4e16".repeat(85),
    " ",
  ];
  const name = tell("in", sometimes(0.4, odd, "work"));
  const directory = join(place, name);
  mkdirSync(directory);
  const state = tell(
    "which is",
    sometimes(0.35, ["removed", "read-only", "unreadable", "nested", "nested too deeply"], "good"),
  );
  const results = tell(
    "results",
    sometimes(0.3, ["a file", "a pipe", "read-only", "unreadable", "a dangling link", "a circle"], "good"),
  );
  const target = tell(
    "target",
    sometimes(
      0.4,
      [
        ...odd,
        "a".repeat(256),
        "",
        "nowhere/t.dat",
        "there/",
        "pipe",
        "dangling",
        "/dev/null",
        "/dev/full",
        "/proc/t",
        ".",
      ],
      "test.dat",
    ),
  );
  furnish(directory, results);

  const document = (file: string): string => join(documents, file);
  const profile = document(one(["null.json", "null.json", "simulated.json", "pwrite.json", "pwrite.json"]));
  const run = ["run", profile, "--target", target];
  const words = tell("command", [
    ...one<readonly string[]>([
      run,
      run,
      run,
      [...run, "--quiet", "--json"],
      [
        ...run,
        "--output",
        one(["out.csv", "there", "there/out.html", `${"o".repeat(251)}.csv`, "-o.json", "/dev/full"]),
      ],
      ["run", document("pwrite.json"), "--keep", "--no-progress"],
      ["run", "-"],
      ["run", one(["quick", document("broken.json"), "nonesuch", "/dev/zero", directory]), "--dry-run"],
      ["report", document("stored.json"), "--format", one(["table", "json", "html", "junit", "csv"])],
      ["report", document("stored.json"), "--output", one(["r.html", "there", "/dev/full", `${"o".repeat(252)}.csv`])],
      ["compare", document("stored.json"), document("stored.json"), "--gate", "iops"],
      ["compare", documents, one([document("stored.json"), "nowhere"])],
      ["trend", one([document("stored.json"), documents, "results"])],
      ["import", one([document("job.fio"), "-", "fio --name=a --rw=read --size=1m", "nowhere.fio"])],
      ["import", document("job.fio"), "--output", one(["i.json", "there", "/dev/full", "o".repeat(256)]), "--force"],
      ["validate", one(["quick", profile, "-", document("broken.json")])],
      ["init", one(["new.json", "there", "o".repeat(256), "-x", "/dev/full"])],
      ["methods"],
      ["devices", "--json"],
      ["profiles", one(["quick", "nonesuch"])],
      ["--help"],
      ["--version"],
    ]),
  ]);

  const streams = tell(
    "streams",
    sometimes(
      0.4,
      [
        "<&-",
        ">&-",
        "2>&-",
        "<&- >&- 2>&-",
        ">/dev/full",
        "2>/dev/full",
        ">/dev/full 2>&1",
        "1</dev/null",
        "> >(true)",
        "</",
      ],
      "",
    ),
  );
  const limit = tell("limit", sometimes(0.5, LIMITS, null)?.(random) ?? null);
  const user = tell(
    "as",
    limit?.startsWith("--nproc") === true ? "nobody" : one(["root", "powerless", "nobody", "nobody"]),
  );
  const environment = tell("with", drawEnvironment(one, sometimes));
  // The working directory stays whoever's it is: what is made in it has to be told from what may be made.
  if (user === "nobody") runTool("chown", "-R", "-h", String(FIRST_USER + seed), directory);
  if (state === "read-only") chmodSync(directory, 0o555);
  if (state === "unreadable") chmodSync(directory, 0o000);
  return {
    seed,
    story: told.join(", "),
    script: scriptOf({ directory, state, streams, limit, user: FIRST_USER + seed, as: user }),
    environment: { ...environment, NODE_OPTIONS: `--import=${PRELOAD}` },
    limit: limit === null ? null : (/^--(\w+)/.exec(limit)?.[1] ?? null),
    words,
    directory,
  };
}

/** By prlimit(1). */
const LIMITS: readonly ((random: () => number) => string)[] = [
  (random) => `--nofile=${Math.floor(8 + random() * 60)}`,
  (random) => `--fsize=${Math.floor(random() * random() * 20_000)}`,
  (random) => `--nproc=${Math.floor(1 + random() * 40)}`,
  (random) => `--memlock=${Math.floor(random() * 2) * 65_536}`,
  () => "--cpu=1",
  (random) => `--as=${Math.floor((0.4 + random() * 4) * 2 ** 30)}`,
  (random) => `--stack=${Math.floor((0.1 + random()) * 2 ** 20)}`,
];

function furnish(directory: string, results: string): void {
  mkdirSync(join(directory, "there"));
  runTool("mkfifo", join(directory, "pipe"));
  symlinkSync("nowhere/at/all", join(directory, "dangling"));
  const path = join(directory, "results");
  if (results === "a file") writeFileSync(path, "");
  if (results === "a pipe") runTool("mkfifo", path);
  if (results === "a dangling link") symlinkSync("nowhere/at/all", path);
  if (results === "a circle") symlinkSync("results", path);
  if (results === "read-only") mkdirSync(path, { mode: 0o555 });
  if (results === "unreadable") mkdirSync(path, { mode: 0o000 });
}

function drawEnvironment(
  one: <Value>(values: readonly Value[]) => Value,
  sometimes: <Value>(share: number, values: readonly Value[], otherwise: Value) => Value,
): Readonly<Record<string, string>> {
  const drawn: readonly (readonly [string, string | null])[] = [
    ["HOME", one([null, "/nowhere", "", "/tmp"])],
    ["TMPDIR", sometimes(0.5, ["/nowhere", "", "relative", "/dev/null"], null)],
    ["COLUMNS", sometimes(0.4, ["0", "1", "abc", "99999999999", "-1"], null)],
    ["TERM", one([null, "dumb", "xterm-256color", ""])],
    ["LC_ALL", one([null, "C", "tr_TR.UTF-8", "no_such_locale", "de_DE"])],
    ["TZ", sometimes(0.3, ["Nowhere/Else", "UTC-14", ""], null)],
    ["FORCE_COLOR", sometimes(0.2, ["1", "3"], null)],
    ["GITHUB_ACTIONS", sometimes(0.2, ["true"], null)],
    ["GITHUB_STEP_SUMMARY", sometimes(0.2, ["/nowhere/summary", "/dev/full"], null)],
  ];
  return Object.fromEntries(drawn.filter((pair): pair is [string, string] => pair[1] !== null));
}

function scriptOf(how: {
  readonly directory: string;
  readonly state: string;
  readonly streams: string;
  readonly limit: string | null;
  readonly user: number;
  readonly as: string;
}): string {
  const enter = [`cd -P -- ${quoted(`${how.directory}/`)} || exit 99`];
  if (how.state === "removed") enter.push(`rm -rf -- ${quoted(how.directory)}`);
  // Below and above the longest path that the kernel takes (PATH_MAX).
  const depth = { nested: 19, "nested too deeply": 30 }[how.state];
  if (depth !== undefined) {
    enter.push(`d=$(printf %0200d 0)`, `for i in $(seq ${depth}); do mkdir -m 777 $d && cd -P $d || exit 99; done`);
  }
  const prlimit = how.limit === null ? [] : ["prlimit", how.limit, "--"];
  const asUser = canReadCommand()
    ? ["setpriv", `--reuid=${how.user}`, `--regid=${how.user}`, "--clear-groups", "--"]
    : [...POWERLESS];
  const user = { root: [], powerless: [...POWERLESS], nobody: asUser }[how.as] ?? [];
  return `${enter.join("\n")}\nexec ${[...user, ...prlimit].map(quoted).join(" ")} "$@" ${how.streams}`;
}

let isReadable: boolean | null = null;
/** Whether a user without rights could run the command at all: the checkout may lie in a directory of root's. */
export function canReadCommand(): boolean {
  if (isReadable !== null) return isReadable;
  try {
    runTool("setpriv", `--reuid=${FIRST_USER}`, `--regid=${FIRST_USER}`, "--clear-groups", "test", "-r", COMMAND);
    runTool(
      "setpriv",
      `--reuid=${FIRST_USER}`,
      `--regid=${FIRST_USER}`,
      "--clear-groups",
      "test",
      "-x",
      process.execPath,
    );
    isReadable = true;
  } catch {
    isReadable = false;
  }
  return isReadable;
}

export const NEEDS = ["root", "setpriv", "prlimit", "/bin/bash"] as const;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of failures that ended it. */
  readonly failures: readonly string[];
  /** It had to be ended. */
  readonly hung: boolean;
}

async function start(
  { script, environment, directory }: Scene,
  words: readonly string[],
  patienceMs: number,
): Promise<Ended> {
  // Of this name bash makes what the shell calls itself; what comes after are "$@".
  const child = spawn("/bin/bash", ["-c", script, "bash", process.execPath, ...words], {
    cwd: "/",
    env: { PATH: process.env["PATH"], ...environment },
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const [input, , , codes] = child.stdio;
  input.on("error", () => undefined).end(profileOf("null"));
  let hung = false;
  const patience = setTimeout(() => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
      hung = true;
    } catch {
      // It has just ended.
    }
  }, patienceMs);
  const exit = once(child, "exit") as Promise<[number | null, string | null]>;
  const [[code, signal], stdout, stderr, failures] = await Promise.all([
    exit,
    text(child.stdout),
    text(child.stderr),
    text(codes as NodeJS.ReadableStream),
  ]);
  clearTimeout(patience);
  return {
    hung,
    code,
    signal,
    stdout,
    stderr,
    failures: [...failures.split("\n").filter(Boolean), ...storedFailures(directory)],
  };
}

/** Codes of the failures in the results that it has saved. */
function storedFailures(directory: string): readonly string[] {
  const results = join(directory, "results");
  try {
    if (!existsSync(results)) return [];
    return readdirSync(results).flatMap((file) => {
      const result = JSON.parse(readFileSync(join(results, file), "utf8")) as {
        failures: { code: string }[];
        cases: { failure: { code: string } | null }[];
      };
      return [...result.failures, ...result.cases.map(({ failure }) => failure)].flatMap((each) => each?.code ?? []);
    });
  } catch {
    return [];
  }
}

const STACK = /^ +at .*(:\d+:\d+\)?|\(<anonymous>\))$|node:internal/m;
/** What V8, libuv, glibc and the loader say before they end a process that cannot go on. */
const FATAL =
  /FATAL ERROR|Fatal (JavaScript|process|error)|^# Fatal|out of memory|Allocation failed|Assertion .* failed|terminate called|std::bad_alloc|cannot allocate|error while loading shared libraries|failed to map segment|Cannot fork|uv_thread_create|pthread_create|std::system_error/im;
const FATAL_SIGNALS = ["SIGABRT", "SIGTRAP", "SIGSEGV", "SIGILL", "SIGBUS"];
/** Limits at which node, or the system, ends a process of its own accord. */
const DEADLY: Readonly<Record<string, readonly string[]>> = {
  cpu: ["SIGXCPU", "SIGKILL"],
  as: FATAL_SIGNALS,
  nproc: FATAL_SIGNALS,
  stack: FATAL_SIGNALS,
  nofile: FATAL_SIGNALS,
};

/** What a scene came to: the name of its class, or why it belongs to none. */
export interface Outcome {
  readonly name: string | null;
  readonly complaint: string;
}

const NO_NODE = "node cannot start within this limit";
const outcome = (name: string): Outcome => ({ name, complaint: "" });
const complain = (what: string, { stderr }: Ended): Outcome => ({
  name: null,
  complaint: `${what}\n${stderr.slice(0, 3000)}`,
});

/** Plays the scene. */
export async function play(scene: Scene): Promise<Outcome> {
  const ended = await start(scene, [COMMAND, ...scene.words], PATIENCE_MS);
  const { code, signal, stderr, stdout, failures, hung } = ended;
  if (hung) return (await isNodeItself(scene, ended)) ? outcome(NO_NODE) : complain("it hung", ended);
  if (signal !== null) return playedToDeath(scene, ended);
  if (code === 99 && stderr.includes("bash: ")) return complain("the scene cannot be set", ended);
  if (code !== 0 && (await isNodeItself(scene, ended))) return outcome(NO_NODE);
  if (STACK.test(withoutNodesOwn(scene, stderr)) || STACK.test(stdout)) return complain("a stack", ended);
  switch (code) {
    case 0:
      return outcome("0");
    case 5:
      return scene.words[0] === "compare" ? outcome("5 inconclusive") : complain("5", ended);
    case 2:
    case 3: {
      const codes = [...new Set(failures)].filter((each): each is FailureCode => each in FAILURE_EXIT_CODES);
      const own = codes.filter((each) => FAILURE_EXIT_CODES[each] === code);
      if (own.length > 0) return outcome(`${code} ${own.sort().join(" + ")}`);
      if (/^diskbench: It cannot be loaded: /m.test(stderr)) return outcome("3 cannot be loaded");
      if (code === 2 && /^error: |^Usage: /m.test(stderr)) return outcome("2 BAD_USAGE");
      // Standard output or standard error, which are told after the last failure was counted.
      if (/^diskbench: standard output: /m.test(stderr)) return outcome("3 OUTPUT_FAILED");
      if (code === 3 && scene.script.includes("/dev/full")) return outcome("3 OUTPUT_FAILED");
      return complain(`${code} without a failure`, ended);
    }
    default:
      return complain(`exit code ${code}`, ended);
  }
}

/** Of the engine's node, which has come to its end at a limit, what it prints then ("See the engine's output above"). */
function withoutNodesOwn({ limit }: Scene, stderr: string): string {
  const isLost = limit !== null && /^diskbench: .*engine process/m.test(stderr);
  return isLost && FATAL.test(stderr) ? stderr.replaceAll(/^ *\d+: 0x[0-9a-f]+ .*$/gm, "") : stderr;
}

/** By a signal: its limit's, or of node itself once that left it no way to go on. */
function playedToDeath({ limit }: Scene, ended: Ended): Outcome {
  const { signal, stderr } = ended;
  const isDeadly = limit !== null && signal !== null && (DEADLY[limit] ?? []).includes(signal);
  if (!isDeadly) return complain(`ended by ${signal} under limit ${limit}`, ended);
  if (limit === "cpu") return outcome("ended by the limit of CPU time");
  const isSaid = FATAL.test(stderr) || !stderr.includes("mistake in diskbench");
  return isSaid ? outcome("node was ended by this limit") : complain(`ended by ${signal}`, ended);
}

/** Whether node alone, which has nothing to do, cannot be started either. */
async function isNodeItself(scene: Scene, { stderr }: Ended): Promise<boolean> {
  if (scene.limit === null || /^diskbench: /m.test(stderr)) return false;
  const alone = await start(scene, ["--eval", "0"], IDLE_PATIENCE_MS);
  return alone.code !== 0;
}

/** Removes whatever a scene has made; node's own function cannot where paths are longer than the kernel takes. */
export function removeAll(place: string): void {
  runTool("chmod", "-R", "u+rwX", place);
  runTool("rm", "-rf", "--", place);
}
