#!/usr/bin/env node
// The command's entry: refuses node versions that would only fail later, then hands over to the built program.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`diskbench needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  await import("../dist/cli/main.js");
}
