// A worker thread: a thousand whole I/Os through one back end, on its half of a file.

import { parentPort, workerData } from "node:worker_threads";
import { OPERATION } from "../../src/platform/platform.ts";
import { createPlatform } from "../../src/platform/win32/platform.ts";
import { BACKEND_TRAITS, type BackendName } from "../../src/shared/methods.ts";
import { drive, type Transfer } from "../contract/drive.ts";

const { backend: name, path, thread } = workerData as { backend: BackendName; path: string; thread: number };
const traits = BACKEND_TRAITS[name];
const platform = createPlatform();
const file = platform.files.open(path, {
  access: "read-write",
  caching: traits.mapped ? "buffered" : "unbuffered",
  writeThrough: false,
  overlapped: traits.overlapped,
  accessOrder: "random",
  exclusive: false,
});
const queueDepth = traits.queued ? 16 : 1;
const backend = platform.openBackend(name, {
  files: [{ ...file, sizeBytes: 1 << 20 }],
  slotSizeBytes: 4096,
  queueDepth,
  clock: platform.clock,
  operations: ["read", "write"],
  seed: 1,
  submitBatch: null,
});
let whole = 0;
const transfers = Array.from({ length: 1000 }, (_, index): Transfer => ({
  operation: OPERATION.write,
  offsetBytes: (thread * 128 + (index % 128)) * 4096,
}));
drive(backend, queueDepth, transfers, { after: (_slot, _transfer, result) => void (whole += result === 4096 ? 1 : 0) });
const stuck = backend.close();
platform.files.close(file);
parentPort?.postMessage(whole - stuck);
