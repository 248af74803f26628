// A descriptor -> durable data: the flush that all file back ends share (fdatasync(2)).

import { bind, lastErrno } from "./libc.ts";

const fdatasync = bind<(fd: number) => number>("int fdatasync(int fd)");

/** 0, or minus errno. The data and what is needed to read it back; timestamps may stay behind. */
function syncFile(fd: number): number {
  return fdatasync(fd) === 0 ? 0 : -lastErrno();
}

/** The same for several: 0, or minus errno of the first that failed. */
export function syncFiles(fds: Int32Array): number {
  for (const fd of fds) {
    const result = syncFile(fd);
    if (result !== 0) return result;
  }
  return 0;
}
