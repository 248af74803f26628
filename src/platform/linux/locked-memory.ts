// RLIMIT_MEMLOCK and what this process may do -> how much memory it may lock (getrlimit(2), capabilities(7)).

import { readFileSync } from "node:fs";

const CAP_IPC_LOCK = 1n << 14n;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Without /proc nothing is known; what the kernel answers then decides.
    return "";
  }
}

/** Bytes; Infinity where there is no limit, or where it does not bind. */
export function lockableBytes(): number {
  const capabilities = /^CapEff:\s+([0-9a-f]+)$/m.exec(read("/proc/self/status"))?.[1];
  if (capabilities === undefined || (BigInt(`0x${capabilities}`) & CAP_IPC_LOCK) !== 0n) return Infinity;
  const soft = /^Max locked memory\s+(\d+)\s/m.exec(read("/proc/self/limits"))?.[1];
  return soft === undefined ? Infinity : Number(soft);
}
