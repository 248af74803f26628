// The engine's first moment -> signals that reach the whole process group without effect, then the engine process.

import { takeStatusSignal } from "../shared/status-signal.ts";

// The supervisor decides what they mean.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
await takeStatusSignal();
// Loading them takes a while in which node would answer signals in its own way.
await import("./engine-workers.ts");
await import("./engine-process.ts");
