// A name -> a named pipe whose server end is overlapped: I/O on it stays pending until the other end acts.

import koffi from "koffi";
import type { OpenFile } from "../../src/platform/platform.ts";

const kernel32 = koffi.load("kernel32.dll");
const createNamedPipe = kernel32.func(
  "intptr_t CreateNamedPipeW(str16, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uintptr_t)",
);
const createFile = kernel32.func(
  "intptr_t CreateFileW(str16, uint32_t, uint32_t, uintptr_t, uint32_t, uint32_t, intptr_t)",
);
const writeFile = kernel32.func("int WriteFile(intptr_t, void *, uint32_t, void *, uintptr_t)");
const readFile = kernel32.func("int ReadFile(intptr_t, void *, uint32_t, void *, uintptr_t)");
const closeHandle = kernel32.func("int CloseHandle(intptr_t)");

const DUPLEX_OVERLAPPED = 0x40000003;
const READ_WRITE = 0xc0000000;
const OPEN_EXISTING = 3;
/** What the pipe itself holds before a write has to wait for a reader. */
const PIPE_BUFFER_BYTES = 4096;

export interface Pipe {
  /** The overlapped end, for a back end. */
  readonly server: OpenFile;
  /** HANDLE of the other end. */
  readonly client: number;
  /** Writes to the other end, all at once. */
  send(bytes: Uint8Array): void;
  /** Reads from the other end what is there. */
  receive(limitBytes: number): Uint8Array;
  /** Closes the other end. */
  hangUp(): void;
  close(): void;
}

let made = 0;

export function makePipe(): Pipe {
  const path = `\\\\.\\pipe\\diskbench-test-${process.pid}-${(made += 1)}`;
  const size = PIPE_BUFFER_BYTES;
  const server = Number(createNamedPipe(path, DUPLEX_OVERLAPPED, 0, 1, size, size, 0, 0));
  const client = Number(createFile(path, READ_WRITE, 0, 0, OPEN_EXISTING, 0, 0));
  if (server === -1 || client === -1) throw new Error("no named pipe can be made here");
  const count = Buffer.alloc(4);
  let connected = true;
  const hangUp = (): void => {
    if (connected) closeHandle(client);
    connected = false;
  };
  return {
    server: { handle: server, path },
    client,
    send(bytes) {
      if (Number(writeFile(client, bytes, bytes.length, count, 0)) === 0) throw new Error("the pipe is broken");
    },
    receive(limitBytes) {
      const bytes = Buffer.alloc(limitBytes);
      if (Number(readFile(client, bytes, limitBytes, count, 0)) === 0) throw new Error("the pipe is broken");
      return bytes.subarray(0, count.readUInt32LE());
    },
    hangUp,
    close() {
      hangUp();
      closeHandle(server);
    },
  };
}
