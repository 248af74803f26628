// RLIMIT_MEMLOCK and what this process may do -> how much memory it may lock (getrlimit(2), capabilities(7)).

import { kernelText } from "./kernel-text.ts";

const CAP_IPC_LOCK = 1n << 14n;

/** Bytes; Infinity where there is no limit, or where it does not bind. */
export function lockableBytes(): number {
  const capabilities = /^CapEff:\s+([0-9a-f]+)$/m.exec(kernelText("/proc/self/status"))?.[1];
  if (capabilities === undefined || (BigInt(`0x${capabilities}`) & CAP_IPC_LOCK) !== 0n) return Infinity;
  const soft = /^Max locked memory\s+(\d+)\s/m.exec(kernelText("/proc/self/limits"))?.[1];
  return soft === undefined ? Infinity : Number(soft);
}
