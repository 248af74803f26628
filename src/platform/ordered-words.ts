// Words that the kernel reads and writes too -> loads and stores in the order that both sides rely on.

// V8 calls a builtin for Atomics.load and Atomics.store, a hundred instructions on lines that are cold after a sleep.
// x64 never reorders loads with loads or stores with stores (Intel SDM 3A, 9.2.2), and the compiler keeps the order of
// accesses to typed arrays, so a plain access is what an acquiring load and a releasing store compile to in C.
const ORDERED_BY_PROCESSOR = process.arch === "x64";

/** The word, loaded before anything that is loaded or stored after it. */
export function loadAcquire(words: Int32Array, index: number): number {
  return ORDERED_BY_PROCESSOR ? (words[index] as number) : Atomics.load(words, index);
}

/** Stores the word after everything that was loaded or stored before it. No barrier for loads that follow. */
export function storeRelease(words: Int32Array, index: number, value: number): void {
  if (ORDERED_BY_PROCESSOR) words[index] = value;
  else Atomics.store(words, index, value);
}
