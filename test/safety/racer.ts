// Two names in another user's directory -> a program of that user's that exchanges what they lead to, without rest.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { programInC } from "../support/c-program.ts";
import type { Undo } from "../support/undo.ts";

export const ATTACKER = 65534;

/**
 * `first` and `second` are exchanged, the second's thing staying under the first name for a moment only. With `pipe`
 * what stands under the first name is by turns a file, for 64 exchanges, and a pipe that stays open, so that whoever
 * writes there goes on to open it. A link that was replaced is laid anew.
 */
const SOURCE = `
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void spin(long ns) {
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < ns);
}

int main(int count, char **words) {
  const char *first = words[1], *second = words[2];
  int pipes = atoi(words[3]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (setgid(65534) || setuid(65534)) return 1;
  char spare[4096], target[4096] = "";
  snprintf(spare, sizeof spare, "%s.spare", second);
  if (readlink(second, target, sizeof target - 1) < 0) return 1;
  for (unsigned long turn = 0; count == 4; turn++) {
    struct stat found;
    if (lstat(second, &found) || !S_ISLNK(found.st_mode)) {
      unlink(spare);
      if (pipes && !symlink(target, spare)) rename(spare, second);
    }
    int wants_pipe = turn / 64 % 2 == 1;
    if (pipes && !wants_pipe && (lstat(first, &found) || S_ISFIFO(found.st_mode))) {
      close(open(spare, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0666));
      rename(spare, first);
    }
    if (pipes && wants_pipe && (lstat(first, &found) || S_ISREG(found.st_mode))) {
      unlink(spare);
      mkfifo(spare, 0666);
      int held = open(spare, O_RDWR | O_NONBLOCK);
      rename(spare, first);
      (void)held;
      if (turn % 64 == 63) for (int each = 16; each < 900; each++) close(each);
    }
    renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
    spin(6000);
    renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
    spin(20000 + turn % 40 * 1000);
  }
}
`;

/** Starts it; it ends with the test. */
export async function startRacer(
  undo: Undo,
  first: string,
  second: string,
  { pipe }: { pipe: boolean },
): Promise<void> {
  const program = programInC(undo, SOURCE);
  const child: ChildProcess = spawn(program, [first, second, pipe ? "1" : "0"], { stdio: "ignore" });
  await once(child, "spawn");
  undo(() => void child.kill("SIGKILL"));
}
