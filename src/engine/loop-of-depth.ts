// A queue depth -> the loop that is made for it.

import type { LoopOptions, LoopParts, MeasuredLoop } from "./measured-loop.ts";
import { QueuedLoop } from "./queued-loop.ts";
import { SheetLoop } from "./sheet-loop.ts";

export function loopOfDepth(parts: LoopParts, options: LoopOptions): MeasuredLoop {
  return options.queueDepth === 1 ? new SheetLoop(parts, options) : new QueuedLoop(parts, options);
}
