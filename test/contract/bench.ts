// A back end's name -> that back end, opened on files of its own, with the checks that always hold at closing.

import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync, readSync, rmSync, statSync } from "node:fs";
import type { Backend, BackendOptions, OpenFile, OpenOptions, Platform } from "../../src/platform/platform.ts";
import { BACKEND_TRAITS, type BackendName } from "../../src/shared/methods.ts";

const QUEUE_DEPTHS = [1, 8, 32];
export const BLOCK_BYTES = 4096;

/** One back end on files of its own; `makePath` names a new file each time, in a directory that is there. */
export class Bench {
  readonly #platform: Platform;
  readonly #name: BackendName;
  readonly #makePath: () => string;

  constructor(platform: Platform, name: BackendName, makePath: () => string) {
    this.#platform = platform;
    this.#name = name;
    this.#makePath = makePath;
  }

  get traits(): (typeof BACKEND_TRAITS)[BackendName] {
    return BACKEND_TRAITS[this.#name];
  }

  /** `null` and `simulated` keep nothing. */
  get storesData(): boolean {
    return this.traits.nativeCall !== "null" && this.traits.nativeCall !== "simulated";
  }

  get queueDepths(): number[] {
    return this.traits.queued ? QUEUE_DEPTHS : [1];
  }

  /** A new file of the given size, written by nobody but `write`, removed in the end. */
  withFile(sizeBytes: number, use: (path: string) => void, write: (descriptor: number) => void = () => {}): void {
    const path = this.#makePath();
    const descriptor = openSync(path, "wx");
    try {
      write(descriptor);
      ftruncateSync(descriptor, sizeBytes);
      closeSync(descriptor);
      use(path);
    } finally {
      rmSync(path, { force: true });
    }
  }

  openFile(path: string, access: OpenOptions["access"]): OpenFile {
    return this.#platform.files.open(path, {
      access,
      caching: this.traits.mapped ? "buffered" : "unbuffered",
      writeThrough: false,
      overlapped: this.traits.overlapped,
      accessOrder: "random",
      exclusive: false,
    });
  }

  openBackend(file: OpenFile, options: Partial<BackendOptions>): Backend {
    return this.#platform.openBackend(this.#name, {
      files: [{ ...file, sizeBytes: statSync(file.path).size }],
      slotSizeBytes: BLOCK_BYTES,
      queueDepth: 1,
      clock: this.#platform.clock,
      operations: ["read", "write"],
      seed: 1,
      submitBatch: null,
      ...options,
    });
  }

  /** Opens file and back end, and closes both: nothing may be stuck. */
  withBackend(path: string, options: Partial<BackendOptions>, use: (backend: Backend) => void): void {
    const file = this.openFile(path, options.operations?.includes("write") === false ? "read" : "read-write");
    try {
      const backend = this.openBackend(file, options);
      try {
        use(backend);
      } finally {
        assert.equal(backend.close(), 0, "close gives everything back");
      }
    } finally {
      this.#platform.files.close(file);
    }
  }

  closeFile(file: OpenFile): void {
    this.#platform.files.close(file);
  }
}

export const slotBuffer = (backend: Backend, slot: number, blockBytes: number): Uint8Array =>
  backend.buffers.subarray(slot * blockBytes, (slot + 1) * blockBytes);

export function readBack(path: string, offsetBytes: number, sizeBytes: number): Uint8Array {
  const block = new Uint8Array(sizeBytes);
  const descriptor = openSync(path, "r");
  assert.equal(readSync(descriptor, block, 0, sizeBytes, offsetBytes), sizeBytes);
  closeSync(descriptor);
  return block;
}
