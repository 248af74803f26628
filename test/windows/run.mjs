// `npm run test:windows` -> every test of this folder: `.windows.ts` run by a Windows node.exe (under Wine on Linux,
// natively on Windows), `.host.ts` by this node, which starts diskbench there and looks at it from outside.
// `-- <part of a name>` picks files, `-- --full` takes the long form, `-- node <parameters>` runs that node by hand.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildInto, checkout, hostRig, prepareRig, runNode } from "./rig.mjs";

const parameters = process.argv.slice(2);
const started = performance.now();
const TIMEOUT_SECONDS = { short: 300, full: 1800 };

/** @type {ReturnType<typeof hostRig>} */
let rig;
const host = hostRig();
try {
  rig = process.platform === "win32" ? host : prepareRig();
  for (const each of new Set([rig, host])) buildInto(each);
} catch (error) {
  // What is missing, in a sentence: a stack trace of this script helps nobody.
  process.stderr.write(`The Windows tests cannot run: ${error.message}\n`);
  process.exit(1);
}
process.stdout.write(`rig ready after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);

function report(outcome) {
  process.stdout.write(outcome.stdout);
  process.stderr.write(outcome.stderr);
}

function runTests(full, wanted) {
  const environment = { DISKBENCH_RIG: JSON.stringify(rig), DISKBENCH_FULL: full ? "1" : "" };
  const files = readdirSync(join(checkout, "test", "windows"))
    .filter((name) => /\.(windows|host)\.ts$/.test(name) && name.includes(wanted))
    .map((name) => name.replace(/\.ts$/, ".js"));
  if (files.length === 0) {
    process.stderr.write(`no test of test/windows has "${wanted}" in its name\n`);
    process.exitCode = 2;
  }
  for (const file of files) {
    // One process per file: a crash of one leaves the others to be run.
    const outcome = runNode(
      file.endsWith(".host.js") ? host : rig,
      ["--test-reporter=spec", join("test", "windows", file)],
      { label: file, timeoutSeconds: full ? TIMEOUT_SECONDS.full : TIMEOUT_SECONDS.short, environment },
    );
    process.stdout.write(`\n${file}: exit ${outcome.status} after ${outcome.seconds.toFixed(1)} s\n`);
    report(outcome);
    if (outcome.status !== 0) process.exitCode = 1;
  }
}

if (parameters[0] === "node") {
  const outcome = runNode(rig, parameters.slice(1), { label: "by-hand" });
  report(outcome);
  process.exitCode = outcome.status;
} else {
  const full = parameters.includes("--full");
  runTests(full, parameters.find((parameter) => !parameter.startsWith("--")) ?? "");
}
