// A key and a value's name under HKEY_LOCAL_MACHINE -> the texts that stand there.

import { ERROR } from "./constants.ts";
import type { Win32 } from "./kernel32.ts";
import { textList } from "./volumes-list.ts";

/** HKEY_LOCAL_MACHINE, a handle that is a negative 32-bit number. */
const LOCAL_MACHINE = 0x80000002 | 0;
/** RRF_RT_REG_SZ, RRF_RT_REG_EXPAND_SZ (expanded on the way) and RRF_RT_REG_MULTI_SZ. */
const TEXT_TYPES = 0x2 | 0x4 | 0x20;
const VALUE_BYTES = 8192;

export function registryTexts(win32: Win32, key: string, value: string): string[] {
  const data = Buffer.alloc(VALUE_BYTES);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  const code = win32.kernel32.RegGetValueW(LOCAL_MACHINE, key, value, TEXT_TYPES, null, data, size);
  return code === ERROR.SUCCESS ? textList(data.subarray(0, size.readUInt32LE())) : [];
}
