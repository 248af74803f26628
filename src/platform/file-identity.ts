// Two identities of files -> whether they are those of one file.

import type { FileIdentity } from "./platform.ts";

export function sameIdentity(left: FileIdentity, right: FileIdentity): boolean {
  return left.device === right.device && left.inode === right.inode && left.birthTimeNs === right.birthTimeNs;
}
