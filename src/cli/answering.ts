// Paths on the command line -> each has answered once; one that does not is named, and Ctrl-C still works.

import { answerOf } from "../platform/named-files.ts";
import { printable } from "../shared/printable.ts";
import { say } from "./standard-streams.ts";

/** A file system that works answers long before. */
const SILENT_MS = 900;

/**
 * Resolves once all `paths` have answered, even if nothing is there. The main thread stays free, so signals work. The
 * paths are asked one by one, because node has few threads for files and one server could hold them all.
 */
export async function answering(paths: readonly string[], quiet: boolean): Promise<void> {
  for (const path of new Set(paths)) {
    const tell = (): void => say(`Waiting for ${printable(path)} to answer\n`);
    const timer = quiet ? undefined : setTimeout(tell, SILENT_MS);
    await answerOf(path);
    clearTimeout(timer);
  }
}
