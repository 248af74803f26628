// Flags of node -> what of them an engine process is started with, so that it runs the engine and nothing else.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { engineEnvironment, engineFlags } from "../../src/engine/engine-flags.ts";
import { COMMAND, resultIn, workplace } from "../support/diskbench.ts";

test.for([
  [["-e", "code"]],
  [["--eval", "code"]],
  [["--eval=code"]],
  [["-p", "code"]],
  [["--print", "code"]],
  [["--print=code"]],
  [["-pe", "code"]],
  [["-p", "-e", "code"]],
  [["--input-type", "module", "-e", "code"]],
  [["--input-type=module", "--eval=code"]],
  [["-i"]],
  [["--check"]],
  [["--inspect"]],
  [["--inspect=0"]],
  [["--inspect-brk=127.0.0.1:9229"]],
  [["--inspect-wait"]],
  [["--inspect-port", "9230"]],
  [["--debug-port=9230"]],
  [["--inspect-publish-uid=http"]],
  [["--test"]],
  [["--test-name-pattern", "x"]],
  [["--watch"]],
  [["--watch-path", "src"]],
] as const)("%s is left out", ([words]) => {
  const kept = ["--expose-gc", "-r", "./preload.cjs"];
  expect(engineFlags([...words, ...kept])).toEqual(kept);
  expect(engineFlags([...kept, ...words])).toEqual(kept);
});

test.for([
  [["--import", "data:text/javascript,1"]],
  [["--require=./x.cjs"]],
  [["-r", "./x.cjs"]],
  [["--no-warnings", "--title", "engine"]],
  [["--trace-gc", "--max-old-space-size=100"]],
  [["--experimental-default-type=module"]],
  [["-C", "development"]],
  [["--preserve-symlinks", "--report-on-signal"]],
] as const)("%s is kept", ([words]) => {
  expect(engineFlags(words)).toEqual(words);
});

test("the same holds for flags in the environment", () => {
  const NODE_OPTIONS = `--no-warnings --inspect-brk --require "./a b.cjs"`;
  const kept = { PATH: "/bin", NODE_OPTIONS: `--no-warnings --require "./a b.cjs"` };
  expect(engineEnvironment({ PATH: "/bin", NODE_OPTIONS })).toEqual(kept);
  expect(engineEnvironment({ PATH: "/bin" })).toEqual({ PATH: "/bin" });
});

const PROFILE = {
  name: "p",
  rounds: 1,
  jobs: [{ name: "a", method: "simulated", duration: "100ms", warmup: 0 }],
};
const MAIN = JSON.stringify(join(COMMAND, "..", "..", "dist", "cli", "main.js"));
const CODE = `process.argv.splice(1, 0, "diskbench"); await import(${MAIN})`;

test.for([
  ["--eval", ["--input-type=module", "--eval", CODE]],
  ["-e=", ["--input-type", "module", `--eval=${CODE}`]],
  ["-p", ["-p", `process.argv.splice(1, 0, "diskbench"); import(${MAIN}); 0`]],
  ["--inspect", ["--inspect=0", COMMAND]],
] as const)("a command that was started with %s starts one engine", async ([, flags], { onTestFinished }) => {
  const directory = workplace(onTestFinished, { "p.json": PROFILE });
  const words = [...flags, "run", "p.json", "--quiet"];
  // The engine would say so where it had a debugger as well.
  const { stderr } = await promisify(execFile)(process.execPath, words, { cwd: directory, timeout: 30_000 });
  expect(resultIn(directory).state).toBe("completed");
  expect(stderr.match(/listening on/g) ?? []).toHaveLength(flags[0].startsWith("--inspect") ? 1 : 0);
});
