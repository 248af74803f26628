#!/usr/bin/env node
// The command's entry: refuses node versions that would only fail later, then hands over to the bundle.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`diskbench needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  try {
    const { takeStatusSignal } = await import("../dist/bundle/status-signal.js");
    await takeStatusSignal();
    await import("../dist/bundle/main.js");
  } catch (error) {
    // What is thrown while files are loaded: too few may be open, or one is missing. Anything else is a mistake.
    const isSystems = typeof error.errno === "number" || error.code === "ERR_MODULE_NOT_FOUND";
    process.stderr.write(`diskbench: It cannot be loaded: ${isSystems ? error.message : error.stack}\n`);
    process.exitCode = isSystems ? 3 : 70;
  }
}
