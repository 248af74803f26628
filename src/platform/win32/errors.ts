// GetLastError's number -> the name in winerror.h and the system's own sentence.

import { DiskbenchError, type Failure, type SystemError } from "../../shared/errors.ts";
import { ERROR } from "./constants.ts";
import type { Kernel32 } from "./kernel32.ts";

/** What disks, file systems, networks and drivers answer; any other code is shown by its number. */
const NAMES: Readonly<Record<number, string>> = {
  0: "ERROR_SUCCESS",
  1: "ERROR_INVALID_FUNCTION",
  2: "ERROR_FILE_NOT_FOUND",
  3: "ERROR_PATH_NOT_FOUND",
  4: "ERROR_TOO_MANY_OPEN_FILES",
  5: "ERROR_ACCESS_DENIED",
  6: "ERROR_INVALID_HANDLE",
  8: "ERROR_NOT_ENOUGH_MEMORY",
  14: "ERROR_OUTOFMEMORY",
  15: "ERROR_INVALID_DRIVE",
  19: "ERROR_WRITE_PROTECT",
  20: "ERROR_BAD_UNIT",
  21: "ERROR_NOT_READY",
  22: "ERROR_BAD_COMMAND",
  23: "ERROR_CRC",
  24: "ERROR_BAD_LENGTH",
  25: "ERROR_SEEK",
  26: "ERROR_NOT_DOS_DISK",
  27: "ERROR_SECTOR_NOT_FOUND",
  29: "ERROR_WRITE_FAULT",
  30: "ERROR_READ_FAULT",
  31: "ERROR_GEN_FAILURE",
  32: "ERROR_SHARING_VIOLATION",
  33: "ERROR_LOCK_VIOLATION",
  36: "ERROR_SHARING_BUFFER_EXCEEDED",
  38: "ERROR_HANDLE_EOF",
  39: "ERROR_HANDLE_DISK_FULL",
  50: "ERROR_NOT_SUPPORTED",
  53: "ERROR_BAD_NETPATH",
  54: "ERROR_NETWORK_BUSY",
  55: "ERROR_DEV_NOT_EXIST",
  59: "ERROR_UNEXP_NET_ERR",
  64: "ERROR_NETNAME_DELETED",
  65: "ERROR_NETWORK_ACCESS_DENIED",
  67: "ERROR_BAD_NET_NAME",
  80: "ERROR_FILE_EXISTS",
  82: "ERROR_CANNOT_MAKE",
  87: "ERROR_INVALID_PARAMETER",
  108: "ERROR_DRIVE_LOCKED",
  109: "ERROR_BROKEN_PIPE",
  110: "ERROR_OPEN_FAILED",
  111: "ERROR_BUFFER_OVERFLOW",
  112: "ERROR_DISK_FULL",
  120: "ERROR_CALL_NOT_IMPLEMENTED",
  121: "ERROR_SEM_TIMEOUT",
  122: "ERROR_INSUFFICIENT_BUFFER",
  123: "ERROR_INVALID_NAME",
  131: "ERROR_NEGATIVE_SEEK",
  145: "ERROR_DIR_NOT_EMPTY",
  148: "ERROR_PATH_BUSY",
  161: "ERROR_BAD_PATHNAME",
  167: "ERROR_LOCK_FAILED",
  170: "ERROR_BUSY",
  183: "ERROR_ALREADY_EXISTS",
  206: "ERROR_FILENAME_EXCED_RANGE",
  223: "ERROR_FILE_TOO_LARGE",
  225: "ERROR_VIRUS_INFECTED",
  231: "ERROR_PIPE_BUSY",
  232: "ERROR_NO_DATA",
  233: "ERROR_PIPE_NOT_CONNECTED",
  234: "ERROR_MORE_DATA",
  258: "WAIT_TIMEOUT",
  266: "ERROR_CANNOT_COPY",
  267: "ERROR_DIRECTORY",
  298: "ERROR_TOO_MANY_POSTS",
  303: "ERROR_DELETE_PENDING",
  395: "ERROR_CLOUD_FILE_ACCESS_DENIED",
  483: "ERROR_DEVICE_HARDWARE_ERROR",
  487: "ERROR_INVALID_ADDRESS",
  534: "ERROR_ARITHMETIC_OVERFLOW",
  665: "ERROR_FILE_SYSTEM_LIMITATION",
  995: "ERROR_OPERATION_ABORTED",
  996: "ERROR_IO_INCOMPLETE",
  997: "ERROR_IO_PENDING",
  998: "ERROR_NOACCESS",
  999: "ERROR_SWAPERROR",
  1005: "ERROR_UNRECOGNIZED_VOLUME",
  1006: "ERROR_FILE_INVALID",
  1100: "ERROR_END_OF_MEDIA",
  1106: "ERROR_INVALID_BLOCK_LENGTH",
  1110: "ERROR_MEDIA_CHANGED",
  1112: "ERROR_NO_MEDIA_IN_DRIVE",
  1117: "ERROR_IO_DEVICE",
  1127: "ERROR_DISK_OPERATION_FAILED",
  1132: "ERROR_MAPPED_ALIGNMENT",
  1150: "ERROR_OLD_WIN_VERSION",
  1167: "ERROR_DEVICE_NOT_CONNECTED",
  1168: "ERROR_NOT_FOUND",
  1224: "ERROR_USER_MAPPED_FILE",
  1231: "ERROR_NETWORK_UNREACHABLE",
  1235: "ERROR_REQUEST_ABORTED",
  1237: "ERROR_RETRY",
  1295: "ERROR_DISK_QUOTA_EXCEEDED",
  1300: "ERROR_NOT_ALL_ASSIGNED",
  1314: "ERROR_PRIVILEGE_NOT_HELD",
  1392: "ERROR_FILE_CORRUPT",
  1393: "ERROR_DISK_CORRUPT",
  1450: "ERROR_NO_SYSTEM_RESOURCES",
  1453: "ERROR_WORKING_SET_QUOTA",
  1454: "ERROR_PAGEFILE_QUOTA",
  1455: "ERROR_COMMITMENT_LIMIT",
  1460: "ERROR_TIMEOUT",
  1784: "ERROR_INVALID_USER_BUFFER",
  1785: "ERROR_UNRECOGNIZED_MEDIA",
  1816: "ERROR_NOT_ENOUGH_QUOTA",
  1920: "ERROR_CANT_ACCESS_FILE",
  4317: "ERROR_INVALID_OPERATION",
  4390: "ERROR_NOT_A_REPARSE_POINT",
  6000: "ERROR_ENCRYPTION_FAILED",
};

const FORMAT_MESSAGE_IGNORE_INSERTS = 0x200;
const FORMAT_MESSAGE_FROM_SYSTEM = 0x1000;
/** No line breaks in the text. */
const FORMAT_MESSAGE_MAX_WIDTH_MASK = 0xff;
const TEXT_FLAGS = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
const TEXT_CHARACTERS = 512;

/** The code's symbol, e.g. 32 -> `ERROR_SHARING_VIOLATION`; an unknown one is named by its number. */
export function errorName(code: number): string {
  return NAMES[code] ?? `error ${code}`;
}

/** The system's sentence for a code, in the system's language, without its full stop. */
function errorText(kernel32: Kernel32, code: number): string {
  const text = Buffer.alloc(TEXT_CHARACTERS * 2);
  const characters = kernel32.FormatMessageW(TEXT_FLAGS, 0, code, 0, text, TEXT_CHARACTERS, 0);
  const sentence = text
    .toString("utf16le", 0, characters * 2)
    .trim()
    .replace(/\.$/, "");
  return sentence === "" ? "no text for this code" : sentence;
}

export function systemError(kernel32: Kernel32, call: string, code: number): SystemError {
  return { call, code, name: errorName(code), text: errorText(kernel32, code) };
}

export function callFailed(
  kernel32: Kernel32,
  call: string,
  code: number,
  failure: Omit<Failure, "system">,
): DiskbenchError {
  return new DiskbenchError({ ...failure, system: systemError(kernel32, call, code) });
}

/** For a call that failed just now. */
export function lastErrorFailed(kernel32: Kernel32, call: string, failure: Omit<Failure, "system">): DiskbenchError {
  return callFailed(kernel32, call, kernel32.GetLastError(), failure);
}

/** Refusals for want of memory: a queue this deep is too much now, the same call may succeed later (WriteFile's page). */
export function isBackPressure(code: number): boolean {
  switch (code) {
    case ERROR.NOT_ENOUGH_MEMORY:
    case ERROR.NO_SYSTEM_RESOURCES:
    case ERROR.WORKING_SET_QUOTA:
    case ERROR.INVALID_USER_BUFFER:
    case ERROR.NOT_ENOUGH_QUOTA:
      return true;
    default:
      return false;
  }
}
