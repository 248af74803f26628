// This system's name -> its platform. The only file that asks what it runs on.

import { DiskbenchError } from "../shared/errors.ts";
import type { Files, Platform } from "./platform.ts";

/** The platform of the system that this process runs on. Loads native bindings: keep it out of start-up paths. */
export async function loadPlatform(): Promise<Platform> {
  switch (process.platform) {
    case "linux":
      return (await import("./linux/platform.ts")).createPlatform();
    case "win32":
      return (await import("./win32/platform.ts")).createPlatform();
    default:
      throw new DiskbenchError({
        code: "UNSUPPORTED",
        what: `diskbench does not run on ${process.platform}`,
        cause: "It has back ends for Linux and Windows only",
        next: "Use it on one of these",
      });
  }
}

/** Only what works on files: a third of the time that the whole platform takes. */
export async function loadFiles(): Promise<Files> {
  switch (process.platform) {
    case "linux":
      return (await import("./linux/file.ts")).createFiles();
    case "win32": {
      const [{ createFiles }, { loadWin32 }] = await Promise.all([
        import("./win32/file.ts"),
        import("./win32/kernel32.ts"),
      ]);
      return createFiles(loadWin32());
    }
    default:
      return (await loadPlatform()).files;
  }
}
