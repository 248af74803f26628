// `npm run test:windows` -> every test of this folder run by a Windows node.exe: under Wine on Linux, natively on Windows.
// With `-- node <parameters>` it runs that node instead: the way to try a thing out by hand.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildInto, checkout, nativeRig, prepareRig, runNode } from "./rig.mjs";

const parameters = process.argv.slice(2);
const started = performance.now();

/** @type {ReturnType<typeof nativeRig>} */
let rig;
try {
  rig = process.platform === "win32" ? nativeRig() : prepareRig();
  buildInto(rig);
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

if (parameters[0] === "node") {
  const outcome = runNode(rig, parameters.slice(1), { label: "by-hand" });
  report(outcome);
  process.exitCode = outcome.status;
} else {
  const wanted = parameters[0] ?? "";
  const files = readdirSync(join(checkout, "test", "windows"))
    .filter((name) => name.endsWith(".windows.ts") && name.includes(wanted))
    .map((name) => name.replace(/\.ts$/, ".js"));
  if (files.length === 0) {
    process.stderr.write(`no test of test/windows has "${wanted}" in its name\n`);
    process.exitCode = 2;
  }
  for (const file of files) {
    // One process per file: a crash of one leaves the others to be run.
    const outcome = runNode(rig, ["--test-reporter=spec", join("test", "windows", file)], {
      label: file,
      timeoutSeconds: 300,
    });
    process.stdout.write(`\n${file}: exit ${outcome.status} after ${outcome.seconds.toFixed(1)} s\n`);
    report(outcome);
    if (outcome.status !== 0) process.exitCode = 1;
  }
}
