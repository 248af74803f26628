// A worker thread: told to, it closes the client end of a pipe after a while.

import { parentPort, workerData } from "node:worker_threads";
import koffi from "koffi";

const closeHandle = koffi.load("kernel32.dll").func("int CloseHandle(intptr_t)");
const { client } = workerData as { readonly client: number };
const wait = new Int32Array(new SharedArrayBuffer(4));

parentPort?.once("message", () => {
  Atomics.wait(wait, 0, 0, 200);
  closeHandle(client);
});
parentPort?.postMessage("ready");
