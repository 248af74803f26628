// Terminals of every width, locale and kind -> what a whole command writes to them, as script(1) records it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { displayWidth } from "../../src/shared/text.ts";
import { COMMAND, diskbench, resultIn, until, workplace } from "../support/diskbench.ts";
import { describeWith } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";

/** Long enough for the first round to be seen; real time, because the simulated device has its own. */
const PROFILE = {
  name: "p",
  rounds: 1,
  target: { path: "test.dat", size: "1MiB" },
  jobs: [{ name: "größe", method: "pwrite", blockSize: "4KiB", duration: "500ms", warmup: 0 }],
};

interface Recorded {
  readonly code: number | null;
  readonly text: string;
  readonly directory: string;
}

interface Terminal {
  readonly columns: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Typed as soon as `at` has appeared. */
  readonly keys?: string;
  readonly at?: RegExp;
}

async function onTerminal(undo: Undo, { columns, environment = {}, keys = "", at = /./ }: Terminal): Promise<Recorded> {
  const directory = workplace(undo, { "p.json": PROFILE });
  const line = `stty cols ${columns} rows 24; exec '${process.execPath}' '${COMMAND}' run p.json`;
  // Node takes a terminal of a CI system for one without colours.
  const { NO_COLOR: _never, FORCE_COLOR: _always, CI: _ci, ...inherited } = process.env;
  const env = { ...inherited, LC_ALL: "C.UTF-8", TERM: "xterm", ...environment };
  const child = spawn("script", ["-qefc", line, "/dev/null"], { cwd: directory, env });
  undo(() => child.kill());
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  const closed = once(child, "close");
  if (keys !== "") {
    await until(`${at} on the terminal`, () => at.test(text));
    child.stdin.write(keys);
  }
  const [code] = (await closed) as [number | null];
  return { code, text: text.replaceAll("\r\n", "\n"), directory };
}

/** What stands between two movements of the cursor. */
// eslint-disable-next-line no-control-regex
const linesOf = (text: string): readonly string[] => text.split(/\n|\r|\u001b\[[\d?]*[A-Zhl]/);
// eslint-disable-next-line no-control-regex
const MOVES = /\u001b\[[\d?]*[A-Zhl]/;
const COLOR = "\u001b[3";

describeWith(["script"], "a terminal", () => {
  test.for([40, 80, 200])("of %d columns is drawn on, and no line is wider", async (columns, { onTestFinished }) => {
    const { code, text } = await onTerminal(onTestFinished, { columns });
    expect(code).toBe(0);
    expect(text).toContain("whole run");
    expect(text).toContain("✔");
    const drawn = linesOf(text).filter((line) => /whole run|\[1\/1\]|✔|MB\/s/.test(line));
    expect(drawn.length).toBeGreaterThan(3);
    expect(Math.max(...drawn.map(displayWidth))).toBeLessThanOrEqual(columns);
  });

  test.for<readonly [string, Terminal]>([
    ["of no columns", { columns: 0 }],
    ["of one column", { columns: 1 }],
    ["that is dumb", { columns: 80, environment: { TERM: "dumb" } }],
  ])("%s is written to as a log", async ([, terminal], { onTestFinished }) => {
    const { code, text } = await onTerminal(onTestFinished, terminal);
    expect(code).toBe(0);
    expect(text).not.toMatch(MOVES);
    expect(text).toMatch(/^\[1\/1\] größe\/.*: measure 0\/0\.5s, \d+s elapsed/m);
    expect(text).toMatch(/^größe\/.*: [\d.,k]+ IOPS, .*, 1 round$/m);
  });

  test("whose locale has no symbols gets none, but names as they are", async ({ onTestFinished }) => {
    const { code, text } = await onTerminal(onTestFinished, { columns: 80, environment: { LC_ALL: "C" } });
    expect(code).toBe(0);
    expect(text).toMatch(/^-{60,}$/m);
    expect(text.replaceAll("größe", "")).not.toMatch(/[^\p{ASCII}]/u);
  });

  test("has colours unless NO_COLOR forbids them", async ({ onTestFinished }) => {
    expect((await onTerminal(onTestFinished, { columns: 80 })).text).toContain(COLOR);
    const never = { NO_COLOR: "1", FORCE_COLOR: "1" };
    expect((await onTerminal(onTestFinished, { columns: 80, environment: never })).text).not.toContain(COLOR);
  });

  test("is left as it was found by Ctrl-C", async ({ onTestFinished }) => {
    const terminal = { columns: 80, keys: "\u0003", at: /whole run/ };
    const { code, text, directory } = await onTerminal(onTestFinished, terminal);
    expect(code).toBe(130);
    expect(text).toContain("Stopping: finishing what is outstanding");
    expect(text.slice(text.lastIndexOf("whole run"))).toContain("\u001b[J");
    expect(text).not.toContain("\u001b[?25l");
    expect(resultIn(directory).state).toBe("aborted");
  });
});

test("FORCE_COLOR colours what is no terminal", async ({ onTestFinished }) => {
  const directory = workplace(onTestFinished, { "p.json": PROFILE });
  const run = async (environment: Readonly<Record<string, string>>): Promise<string> =>
    (await diskbench(onTestFinished, ["run", "p.json"], { directory, environment })).stdout;
  expect(await run({ NO_COLOR: "", FORCE_COLOR: "1" })).toContain("\u001b[36m");
  expect(await run({ NO_COLOR: "", FORCE_COLOR: "0" })).not.toContain("\u001b");
});
