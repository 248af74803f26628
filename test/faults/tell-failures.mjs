// Preloaded into the command under test -> the codes of the failures that end it, on descriptor 3.

import { writeSync } from "node:fs";

try {
  // The bundle gives what its files share short names of its own.
  const shared = Object.values(await import("../../dist/bundle/start.js"));
  const DiskbenchError = shared.find(({ name }) => name === "DiskbenchError");
  const { get } = Object.getOwnPropertyDescriptor(DiskbenchError.prototype, "exitCode");
  // Asked once, when the exit code is chosen.
  Object.defineProperty(DiskbenchError.prototype, "exitCode", {
    get() {
      try {
        writeSync(3, `${this.failures.map(({ code }) => code).join("\n")}\n`);
      } catch {
        // It is an engine's, which has no such descriptor.
      }
      return get.call(this);
    },
  });
} catch {
  // Limits may keep this from being loaded; the command has to do without, too.
}
