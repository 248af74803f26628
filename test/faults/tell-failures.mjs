// Preloaded into the command under test -> the codes of the failures that end it, on descriptor 3.

import { writeSync } from "node:fs";

try {
  const { DiskbenchError } = await import("../../dist/shared/errors.js");
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
