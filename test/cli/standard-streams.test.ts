// Standard output and standard error that cannot be written -> exit code 3, why, and where what was measured is saved.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseResult } from "../../src/result/read-result.ts";
import { diskbench, resultIn, workplace, type Ended } from "../support/diskbench.ts";
import { describeWith } from "../support/requirements.ts";
import { undoAfterAll, type Undo } from "../support/undo.ts";

const PROFILE = {
  name: "p",
  rounds: 1,
  target: { path: "test.dat", size: "1MiB" },
  jobs: [{ name: "a", method: "simulated", duration: "100ms", warmup: 0 }],
};
const UNWRITTEN =
  /^diskbench: standard output: What was to be printed cannot be written \(write: (\w+) \d+, [^)]+\)\./m;

/** Has a shell start the command with a redirection. */
const redirected = (redirection: string): string[] => ["sh", "-c", `exec "$@" ${redirection}`, "sh"];

async function run(undo: Undo, redirection: string, ...words: readonly string[]): Promise<Ended & { where: string }> {
  const where = workplace(undo, { "p.json": PROFILE });
  const ended = await diskbench(undo, words, { directory: where, prefix: redirected(redirection) });
  return { ...ended, where };
}

describe.concurrent("standard output on a full disk", () => {
  const undo = undoAfterAll();
  let directory = "";
  let stored = "";
  beforeAll(async () => {
    directory = workplace(undo, { "p.json": PROFILE });
    expect((await diskbench(undo, ["run", "p.json", "--quiet"], { directory })).code).toBe(0);
    stored = join("results", readdirSync(join(directory, "results"))[0] ?? "");
  });

  test.for([
    ["run", "p.json", "--dry-run"],
    ["report", "STORED"],
    ["compare", "STORED", "STORED"],
    ["trend", "STORED"],
    ["ab", "p.json", "--aa", "--dry-run"],
    ["import", "fio --name=a --rw=read --size=1m"],
    ["methods"],
    ["devices", "--json"],
    ["profiles"],
    ["profiles", "quick"],
    ["validate", "p.json"],
    ["--help"],
    ["run", "--help"],
    ["--version"],
  ])("%s", async (words, { onTestFinished }) => {
    const { code, stderr } = await diskbench(
      onTestFinished,
      words.map((word) => (word === "STORED" ? stored : word)),
      { directory, prefix: redirected("> /dev/full") },
    );
    expect(code).toBe(3);
    expect(UNWRITTEN.exec(stderr)?.[1]).toBe("ENOSPC");
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test("init: the file is there all the same, and that is said", async ({ onTestFinished }) => {
    const { code, stderr, where } = await run(onTestFinished, "> /dev/full", "init", "new.json");
    expect(code).toBe(3);
    expect(stderr).toMatch(/ENOSPC.* new\.json was written\.$/m);
    expect(readdirSync(where)).toContain("new.json");
  });

  test("run: the result is saved, and where it is saved is said, also with --quiet", async ({ onTestFinished }) => {
    const { code, stderr, where } = await run(onTestFinished, "> /dev/full", "run", "p.json", "--quiet");
    expect(code).toBe(3);
    expect(UNWRITTEN.exec(stderr)?.[1]).toBe("ENOSPC");
    const path = /diskbench report (.*\.json)\.$/m.exec(stderr)?.[1] ?? "";
    expect(parseResult(readFileSync(path, "utf8"), path)).toEqual(resultIn(where));
    expect(resultIn(where).state).toBe("completed");
  });

  test("ab: the same", async ({ onTestFinished }) => {
    const words = ["ab", "p.json", "--aa", "--rounds", "4", "--quiet"];
    const { code, stderr, where } = await run(onTestFinished, "> /dev/full", ...words);
    expect(code).toBe(3);
    expect(stderr).toMatch(UNWRITTEN);
    expect(stderr).toContain(join(where, "results"));
  });

  test("what went wrong besides is said too", async ({ onTestFinished }) => {
    const where = workplace(onTestFinished, { "p.json": PROFILE });
    const environment = { DISKBENCH_SIMULATION: JSON.stringify({ errorRate: 1 }) };
    const words = ["run", "p.json", "--quiet"];
    const prefix = redirected("> /dev/full");
    const { code, stderr } = await diskbench(onTestFinished, words, { directory: where, environment, prefix });
    expect(code).toBe(3);
    expect(stderr).toContain("I/O failed");
    expect(stderr).toMatch(UNWRITTEN);
  });
});

describe.concurrent("standard output that takes nothing, or not all", () => {
  test("because it was opened to be read", async ({ onTestFinished }) => {
    const { code, stderr } = await run(onTestFinished, "1< /dev/null", "methods");
    expect(code).toBe(3);
    expect(UNWRITTEN.exec(stderr)?.[1]).toBe("EBADF");
  });

  test("because it is a directory", async ({ onTestFinished }) => {
    const { code, stderr } = await run(onTestFinished, "1< .", "methods");
    expect(code).toBe(3);
    expect(UNWRITTEN.exec(stderr)?.[1]).toBe("EBADF");
  });

  describeWith(["prlimit"], "because there is a limit to the size of a file", () => {
    test("what is left over of a write is not lost without a word", async ({ onTestFinished }) => {
      const where = workplace(onTestFinished, { "p.json": PROFILE });
      writeFileSync(join(where, "long.json"), JSON.stringify({ ...PROFILE, description: "x".repeat(9000) }));
      const prefix = ["prlimit", "--fsize=4096", ...redirected("> out.json")];
      const { code, stderr } = await diskbench(onTestFinished, ["profiles", "long.json"], { directory: where, prefix });
      expect(code).toBe(3);
      expect(UNWRITTEN.exec(stderr)?.[1]).toBe("EFBIG");
      expect(readFileSync(join(where, "out.json"))).toHaveLength(4096);
    });
  });

  describeWith(["strace"], "because its device fails", () => {
    test("EIO", async ({ onTestFinished }) => {
      const where = workplace(onTestFinished, { "p.json": PROFILE, "out.txt": "" });
      const strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write", "-P", join(where, "out.txt")];
      const prefix = [...redirected("> out.txt"), ...strace, "-e", "inject=write:error=EIO"];
      const { code, stderr } = await diskbench(onTestFinished, ["methods"], { directory: where, prefix });
      expect(code).toBe(3);
      expect(UNWRITTEN.exec(stderr)?.[1]).toBe("EIO");
    });
  });

  test("a file that was not filled does not stay: init", async ({ onTestFinished }) => {
    const where = workplace(onTestFinished);
    const prefix = ["prlimit", "--fsize=10"];
    const { code, stderr } = await diskbench(onTestFinished, ["init", "new.json"], { directory: where, prefix });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^diskbench: new\.json: the file cannot be written \(write: EFBIG/);
    expect(readdirSync(where)).toEqual([]);
  });
});

describe.concurrent("standard error on a full disk", () => {
  test("ends nothing, and the exit code tells", async ({ onTestFinished }) => {
    const { code, stdout, where } = await run(onTestFinished, "2> /dev/full", "run", "p.json", "--json");
    expect(code).toBe(3);
    expect(parseResult(stdout, "stdout")).toEqual(resultIn(where));
  });

  test("hides no graver exit code", async ({ onTestFinished }) => {
    expect((await run(onTestFinished, "2> /dev/full", "run", "nonesuch")).code).toBe(2);
  });

  test("is none of the business of who has nothing to say", async ({ onTestFinished }) => {
    const { code, stdout } = await run(onTestFinished, "2> /dev/full", "run", "p.json", "--quiet");
    expect(code).toBe(0);
    expect(stdout).toContain("Throughput");
  });
});

describe.concurrent("descriptors that are closed", () => {
  // Node puts /dev/null in their place: who closes them wants to hear nothing.
  test.for([">&-", "2>&-", "<&- >&- 2>&-"])("%s", async (redirection, { onTestFinished }) => {
    const { code, where } = await run(onTestFinished, redirection, "run", "p.json");
    expect(code).toBe(0);
    expect(resultIn(where).state).toBe("completed");
  });
});
