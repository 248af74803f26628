// The engine's first moment -> its workers, one of which loads its modules while the engine loads its own.

import { setLoopFlags } from "./jit/v8-flags.ts";
import { WorkerPool } from "./worker-pool.ts";

setLoopFlags();

export const workerPool = new WorkerPool();
workerPool.startAhead();
