// A control code and its input -> the driver's answer or its error code (DeviceIoControl).

import { ERROR } from "./constants.ts";
import type { Win32 } from "./kernel32.ts";
import { OverlappedArray } from "./overlapped.ts";

export interface ControlAnswer {
  /** GetLastError's value; 0: it worked. */
  readonly code: number;
  /** What came back, also when there was more of it (ERROR_MORE_DATA). */
  readonly data: Buffer;
}

/** Works on overlapped and on synchronous handles, and waits in either case. */
export function deviceControl(
  win32: Win32,
  handle: number,
  control: number,
  input: Uint8Array | null,
  outputBytes: number,
): ControlAnswer {
  const { kernel32 } = win32;
  const output = Buffer.alloc(outputBytes);
  const overlapped = new OverlappedArray(win32, 1);
  const address = overlapped.addresses[1] as number;
  const event = kernel32.CreateEventW(0, 1, 0, null);
  try {
    overlapped.setEvent(0, event);
    const inputBytes = input === null ? 0 : input.length;
    const outputOrNull = outputBytes === 0 ? null : output;
    const done = kernel32.DeviceIoControl(handle, control, input, inputBytes, outputOrNull, outputBytes, 0, address);
    let code = done === 0 ? kernel32.GetLastError() : ERROR.SUCCESS;
    if (code === ERROR.IO_PENDING) {
      // The transferred count stands in the OVERLAPPED, so the parameter for it may point there.
      const succeeded = kernel32.GetOverlappedResult(handle, address, address + TRANSFERRED_OFFSET, 1);
      code = succeeded === 0 ? kernel32.GetLastError() : ERROR.SUCCESS;
    }
    const answered = code === ERROR.SUCCESS || code === ERROR.MORE_DATA;
    return { code, data: output.subarray(0, answered ? overlapped.transferredBytes(0) : 0) };
  } finally {
    kernel32.CloseHandle(event);
    overlapped.free();
  }
}

const TRANSFERRED_OFFSET = 8;
