// Less than usual of what the system gives (locked memory, io_uring, open files) -> it works with less, or says why not.

import { chmodSync, readdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { diskbench, resultIn, workplace, type Ended } from "../support/diskbench.ts";
import { programInC } from "../support/c-program.ts";
import { describeWith, POWERLESS } from "../support/requirements.ts";
import { undoAfterAll, type Undo } from "../support/undo.ts";

const profileOf = (...jobs: readonly object[]): unknown => ({
  name: "limits",
  rounds: 1,
  target: { path: "test.dat", size: "4MiB" },
  defaults: { operation: "write", blockSize: "4KiB", ios: 400, warmup: 0 },
  jobs: jobs.map((job, index) => ({ name: `job-${index}`, ...job })),
});
const QUEUED = profileOf({ queueDepth: 8 });

interface Run extends Ended {
  readonly directory: string;
}

async function run(undo: Undo, profile: unknown, prefix: readonly string[], ...words: readonly string[]): Promise<Run> {
  const directory = workplace(undo, { "p.json": profile });
  chmodSync(directory, 0o755);
  const ended = await diskbench(undo, ["run", "p.json", "--quiet", ...words], { directory, prefix });
  return { ...ended, directory };
}

describeWith(["root", "setpriv", "prlimit"], "without the right to lock more memory than allowed", () => {
  const limited = (bytes: number): string[] => ["prlimit", `--memlock=${bytes}:${bytes}`, ...POWERLESS];

  test("io_uring does without registered buffers", async ({ onTestFinished }) => {
    const { code, directory } = await run(onTestFinished, QUEUED, limited(65_536));
    expect(code).toBe(0);
    const [only] = resultIn(directory).cases;
    expect(only?.settings.nativeOperations).toEqual(["IORING_OP_WRITE"]);
    expect(only?.rounds[0]?.total.ios).toBe(400);
  });

  test("all threads do without, rather than the first ones taking what the others need", async ({ onTestFinished }) => {
    const profile = profileOf({ queueDepth: 32, threads: 8, ios: 4800 });
    const { code, stderr, directory } = await run(onTestFinished, profile, limited(524_288));
    expect([code, stderr]).toEqual([0, ""]);
    expect(resultIn(directory).cases[0]).toMatchObject({
      settings: { nativeOperations: ["IORING_OP_WRITE"] },
      rounds: [{ total: { ios: 4800 } }],
    });
  });

  test("none at all: it works as far as the kernel lets it, or says what to raise", async ({ onTestFinished }) => {
    // Some kernels count the rings themselves against the limit, and some do not.
    const { code, stderr, directory } = await run(onTestFinished, QUEUED, limited(0));
    if (code === 0) {
      expect(resultIn(directory).cases[0]?.settings.nativeOperations).toEqual(["IORING_OP_WRITE"]);
    } else {
      expect(code).toBe(3);
      expect(stderr).toMatch(/^diskbench: jobs\[0\]\.method .*RLIMIT_MEMLOCK.*ulimit -l.*writefileex/);
      expect(readdirSync(directory)).toEqual(["p.json"]);
    }
  });

  test("with the right, the limit does not bind", async ({ onTestFinished }) => {
    const { code, directory } = await run(onTestFinished, QUEUED, ["prlimit", "--memlock=0:0"]);
    expect(code).toBe(0);
    expect(resultIn(directory).cases[0]?.settings.nativeOperations).toEqual(["IORING_OP_WRITE_FIXED"]);
  });
});

/** Lets one system call fail with a code for whatever it starts (seccomp(2)): `program <call> <errno> <command>...` */
const FORBID = `
  #include <errno.h>
  #include <linux/filter.h>
  #include <linux/seccomp.h>
  #include <stddef.h>
  #include <stdlib.h>
  #include <sys/prctl.h>
  #include <unistd.h>
  int main(int count, char **words) {
    if (count < 4) return 99;
    struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, atoi(words[1]), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | atoi(words[2])),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = 4, .filter = filter };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 98;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 97;
    execvp(words[3], words + 3);
    return 96;
  }
`;
const CALLS = { io_uring_setup: 425, io_uring_enter: 426, io_setup: process.arch === "arm64" ? 0 : 206 };
const ERRNO = { EPERM: 1, ENOSYS: 38 };

describeWith(["gcc"], "where a container forbids calls", () => {
  const undo = undoAfterAll();
  let program = "";
  beforeAll(() => {
    program = programInC(undo, FORBID);
  });
  const forbidding = (call: keyof typeof CALLS, code: keyof typeof ERRNO): string[] => [
    program,
    String(CALLS[call]),
    String(ERRNO[code]),
  ];

  test.for([
    ["EPERM", /io_uring is forbidden here \(EPERM\).*seccomp/],
    ["ENOSYS", /no io_uring, or a container's seccomp filter hides it \(ENOSYS\)/],
  ] as const)("io_uring by %s is refused by name, with what to use instead", async ([code, reason], context) => {
    const ended = await run(context.onTestFinished, QUEUED, forbidding("io_uring_setup", code));
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(reason);
    expect(ended.stderr).toMatch(
      /^diskbench: jobs\[0\]\.method .*Use method writefileex .* or writefile at queueDepth 1/,
    );
    expect(ended.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(readdirSync(ended.directory)).toEqual(["p.json"]);
  });

  test("kernel AIO is refused by name, with what to use instead", async ({ onTestFinished }) => {
    const profile = profileOf({ method: "writefileex", queueDepth: 8 });
    const { code, stderr, directory } = await run(onTestFinished, profile, forbidding("io_setup", "ENOSYS"));
    expect(code).toBe(3);
    expect(stderr).toMatch(/kernel AIO cannot be used here \(io_setup: ENOSYS\).*Use method writefile/);
    expect(readdirSync(directory)).toEqual(["p.json"]);
  });

  test("everything else works without io_uring, the fill too", async ({ onTestFinished }) => {
    const profile = profileOf({}, { method: "writefileex", queueDepth: 8 }, { method: "gather" }, { method: "mapped" });
    const { code, stderr, directory } = await run(onTestFinished, profile, forbidding("io_uring_setup", "EPERM"));
    expect([code, stderr]).toEqual([0, ""]);
    const { cases, targets } = resultIn(directory);
    expect(cases.map(({ settings }) => settings.nativeCall)).toEqual(["pwrite", "libaio", "pwritev", "mmap"]);
    expect(targets[0]?.allocation).toMatchObject({ writtenBytes: 4 * 2 ** 20, unwrittenBytes: 0, holeBytes: 0 });
  });

  test("methods says so", async ({ onTestFinished }) => {
    const directory = workplace(onTestFinished);
    const prefix = forbidding("io_uring_setup", "EPERM");
    const { code, stdout } = await diskbench(onTestFinished, ["methods", "--json"], { directory, prefix });
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { method: string; available: boolean; note: string }[];
    const find = (name: string): unknown => rows.find(({ method }) => method === name);
    expect(find("io_uring")).toMatchObject({ available: false, note: expect.stringContaining("forbidden") as unknown });
    expect(find("libaio")).toMatchObject({ available: true });
  });
});

describeWith(["prlimit"], "with few open files allowed", () => {
  const limited = (files: number): string[] => ["prlimit", `--nofile=${files}:${files}`];

  test("a run of a few threads fits into 128", async ({ onTestFinished }) => {
    const { code, stderr } = await run(onTestFinished, profileOf({ queueDepth: 8, threads: 3 }), limited(128));
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("too many threads are refused by the name of the limit, and nothing is left behind", async ({
    onTestFinished,
  }) => {
    const profile = profileOf({ queueDepth: 8, threads: 24 });
    const { code, stderr, directory } = await run(onTestFinished, profile, limited(110));
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^diskbench: jobs\[0\]\.threads .*24 threads .* need about 448 open files; 110 are left here \(ulimit -n\)/,
    );
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(["p.json"]);
  });

  test("not even enough to start is no bug of diskbench", async ({ onTestFinished }) => {
    const { code, stderr } = await run(onTestFinished, QUEUED, limited(24));
    expect(code).toBe(3);
    expect(stderr).toMatch(/EMFILE.*ulimit -n/);
    expect(stderr).not.toContain("mistake in diskbench");
  });
});
