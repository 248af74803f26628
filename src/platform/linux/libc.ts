// Names of C functions -> callable bindings. Every thread binds its own: koffi's functions do not cross threads.

import koffi from "koffi";

// Null is the running program itself: node is linked against whichever libc this system has, glibc or musl.
const program = koffi.load(null);

/**
 * Binds a libc function by its C prototype. Addresses are `uintptr_t`, so that they travel as plain numbers; results
 * that fit are `int`, because wider ones become heap numbers or BigInts.
 */
// oxlint-disable-next-line typescript/no-explicit-any, typescript/no-unnecessary-type-parameters -- the caller names the type
export function bind<Call extends (...parameters: any[]) => unknown>(prototype: string): Call {
  return program.func(prototype) as unknown as Call;
}

/** errno of the last call made through koffi on this thread; ask before anything else is called. */
export function lastErrno(): number {
  return koffi.errno();
}

/** A view of native memory: typed-array speed, 30 us once. */
export function viewMemory(address: number, sizeBytes: number): Uint8Array {
  return new Uint8Array(koffi.view(address, sizeBytes));
}

const close = bind<(fd: number) => number>("int close(int fd)");

/** close(2) for descriptors that libc opened: node warns in worker threads when it closes what it did not open. */
export function closeDescriptor(fd: number): void {
  close(fd);
}
