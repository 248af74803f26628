// Tables of files and devices -> a Windows that opens them and answers questions about them.

import type { Kernel32 } from "../../../src/platform/win32/kernel32.ts";
import { ScriptedWindows } from "./scripted.ts";

/** The driver's answer, or minus an error code. */
export type Answer = Buffer | number;

export interface Thing {
  /** Error code that opening it gives; absent: it opens. */
  readonly refuses?: number;
  /** The same for opening it with more than no rights. */
  readonly refusesRights?: number;
  readonly fileType?: number;
  readonly attributes?: number;
  readonly sizeBytes?: number;
  readonly fileId?: number;
  /** By class of GetFileInformationByHandleEx. */
  readonly information?: Readonly<Record<number, Buffer>>;
  /** By control code. */
  readonly control?: Readonly<Record<number, Answer | ((input: Buffer) => Answer)>>;
}

export interface Opened {
  readonly path: string;
  readonly access: number;
  readonly share: number;
  readonly disposition: number;
  readonly flags: number;
  readonly handle: number;
}

const CREATE_NEW = 1;
const FILE_STANDARD_INFO = 1;
const LOCK_VOLUME = 0x90018;
const ACCESS_DENIED = 5;

export class ScriptedFiles extends ScriptedWindows {
  readonly opened: Opened[] = [];
  readonly controlled: { readonly path: string; readonly code: number }[] = [];
  readonly #things: Readonly<Record<string, Thing>>;
  readonly #paths = new Map<number, string>();
  readonly #locks = new Map<number, string>();

  constructor(things: Readonly<Record<string, Thing>>, overrides: Partial<Kernel32> = {}) {
    super({});
    this.#things = things;
    Object.assign(this.kernel32, this.#fileFunctions(), overrides);
  }

  /** Handles that were opened and not closed. */
  get openHandles(): string[] {
    return [...this.#paths].filter(([handle]) => !this.closedHandles.includes(handle)).map(([, path]) => path);
  }

  #thing(handle: number): Thing {
    return this.#things[this.#paths.get(handle) ?? ""] ?? {};
  }

  #open(path: string, access: number, share: number, disposition: number, flags: number): number {
    const thing = this.#things[path];
    const missing = thing === undefined && disposition !== CREATE_NEW;
    const refusal = this.#isLocked(path) ? ACCESS_DENIED : thing?.refusesRights;
    const code = missing ? 2 : (thing?.refuses ?? (access === 0 ? undefined : refusal));
    if (code !== undefined) {
      this.fail(code);
      return -1;
    }
    const handle = this.newHandle();
    this.#paths.set(handle, path);
    this.opened.push({ path, access, share, disposition, flags, handle });
    return handle;
  }

  /** A locked volume is there for the handle that locked it and for nobody else, until that is closed. */
  #isLocked(path: string): boolean {
    return [...this.#locks].some(([handle, locked]) => locked === path && !this.closedHandles.includes(handle));
  }

  #control(
    handle: number,
    code: number,
    input: Uint8Array | null,
    output: Uint8Array | null,
    overlapped: number,
  ): number {
    this.controlled.push({ path: this.#paths.get(handle) ?? "", code });
    const known = this.#thing(handle).control?.[code] ?? -1;
    const answer = typeof known === "function" ? known(Buffer.from(input ?? [])) : known;
    if (code === LOCK_VOLUME && answer === 0) this.#locks.set(handle, this.#paths.get(handle) ?? "");
    if (typeof answer === "number") return answer === 0 ? 1 : this.fail(-answer);
    const length = Math.min(answer.length, output?.length ?? 0);
    output?.set(answer.subarray(0, length));
    this.words(overlapped, 4)[2] = length;
    return length < answer.length ? this.fail(234) : 1;
  }

  #fileFunctions(): Partial<Kernel32> {
    return {
      CreateFileW: (path, access, share, _security, disposition, flags) =>
        this.#open(path, access, share, disposition, flags),
      GetFileType: (handle) => this.#thing(handle).fileType ?? 1,
      GetFileInformationByHandle: (handle, info) => {
        const { attributes = 0x80, sizeBytes = 0, fileId = 1 } = this.#thing(handle);
        const view = new DataView(info?.buffer ?? new ArrayBuffer(52), info?.byteOffset ?? 0);
        view.setUint32(0, attributes, true);
        // 2001-09-09T01:46:40Z as FILETIME.
        view.setBigUint64(4, 126444736000000000n, true);
        view.setUint32(28, 0xabcd1234, true);
        view.setUint32(32, Math.floor(sizeBytes / 2 ** 32), true);
        view.setUint32(36, sizeBytes % 2 ** 32, true);
        view.setUint32(52 - 4, fileId, true);
        return 1;
      },
      GetFileInformationByHandleEx: (handle, infoClass, info) => {
        const { information, sizeBytes = 0 } = this.#thing(handle);
        const answer = information?.[infoClass];
        if (answer === undefined && infoClass === FILE_STANDARD_INFO) {
          const standard = Buffer.alloc(24);
          standard.writeBigInt64LE(BigInt(sizeBytes), 8);
          info?.set(standard);
          return 1;
        }
        if (answer === undefined) return this.fail(87);
        info?.set(answer);
        return 1;
      },
      DeviceIoControl: (handle, code, input, _inputSize, output, _outputSize, _returned, overlapped) =>
        this.#control(handle, code, input, output, overlapped),
      GetCurrentProcess: () => -1,
      OpenProcessToken: (_process, _access, token) => {
        token?.set(Buffer.from([0x99, 0, 0, 0, 0, 0, 0, 0]));
        return 1;
      },
      LookupPrivilegeValueW: () => 1,
      AdjustTokenPrivileges: () => {
        this.lastError = 0;
        return 1;
      },
      GetVolumePathNameW: (path, mountPoint) =>
        wide(mountPoint, `${/^(?:\\\\\?\\)?([A-Z]:)/i.exec(path)?.[1] ?? "C:"}\\`),
      GetVolumeInformationW: (_root, _name, _size, _serial, _component, flags, fileSystem) => {
        if (flags !== null) Buffer.from(flags.buffer, flags.byteOffset).writeUInt32LE(0x40000);
        return wide(fileSystem, "NTFS");
      },
      GetVolumeNameForVolumeMountPointW: (mountPoint, name) =>
        wide(name, `\\\\?\\Volume{${mountPoint.slice(0, 1).toLowerCase()}}\\`),
      GetDiskFreeSpaceW: () => this.fail(1),
    };
  }
}

/** Writes text and its NUL as UTF-16. */
export function wide(buffer: Uint8Array | null, text: string): number {
  buffer?.set(Buffer.from(`${text}\0`, "utf16le"));
  return 1;
}

/** A structure from [byte position, 32-bit value] pairs; bigint values take 64 bits. */
export function structure(sizeBytes: number, ...fields: readonly (readonly [number, number | bigint])[]): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (const [at, value] of fields) {
    if (typeof value === "bigint") bytes.writeBigInt64LE(value, at);
    else bytes.writeUInt32LE(value, at);
  }
  return bytes;
}
