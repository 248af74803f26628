// What a command line names -> looked at for the first time, where it keeps nobody: what does not answer is named.

import { answerOf } from "../platform/named-files.ts";
import { printable } from "../shared/printable.ts";
import { say } from "./standard-streams.ts";

/** What works answers long before, and a second is soon enough. */
const SILENT_MS = 900;

/**
 * Comes back once all `paths` have answered, be it that nothing is there. Until then signals do what they always do. One
 * after the other: node's few threads for files could all be waiting for one server.
 */
export async function answering(paths: readonly string[], quiet: boolean): Promise<void> {
  for (const path of new Set(paths)) {
    const tell = (): void => say(`Waiting for ${printable(path)} to answer\n`);
    const timer = quiet ? undefined : setTimeout(tell, SILENT_MS);
    await answerOf(path);
    clearTimeout(timer);
  }
}
