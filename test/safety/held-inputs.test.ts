// Files and words that were to make diskbench hang, swell or talk -> a refusal in no time that gives nothing away.

import { closeSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readProfileSource } from "../../src/cli/profile-source.ts";
import { loadProfile } from "../../src/profile/load.ts";
import { importProfile } from "../../src/profile/import/import-profile.ts";
import { applySettings } from "../../src/profile/settings.ts";
import { readResultFile } from "../../src/result/read-result.ts";
import { matchesCase } from "../../src/shared/case-pattern.ts";
import { diskbench, workplace } from "../support/diskbench.ts";
import { failureOf } from "../support/failures.ts";
import { temporaryDirectory } from "../support/places.ts";

/** On a quiet machine none takes a fifth of this. */
const NO_TIME_SECONDS = 5;

function inNoTime<Made>(run: () => Made): Made {
  const start = process.cpuUsage();
  const made = run();
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(NO_TIME_SECONDS);
  return made;
}

const SECRET = "root:$6$Xy7qLm0p$kT9vB3nRw5:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n";
const LEAKED_CHARACTERS = 16;

/** The longest piece of the secret that a text has is no longer than what shows where a mistake is. */
function expectKept(text: string): void {
  for (let at = 0; at + LEAKED_CHARACTERS <= SECRET.length; at++) {
    expect(text).not.toContain(SECRET.slice(at, at + LEAKED_CHARACTERS));
  }
}

const readers: Readonly<Record<string, (path: string) => unknown>> = {
  "a result": (path) => readResultFile(path),
  "a profile": (path) => {
    const { text, where } = readProfileSource(path);
    return loadProfile(text, where);
  },
};

describe.each(Object.entries(readers))("as %s", (_, read) => {
  const place = (): string => join(temporaryDirectory(onTestFinished), "x.json");

  test("a link to an endless device is refused, not read", () => {
    const path = place();
    symlinkSync("/dev/zero", path);
    expect(inNoTime(() => failureOf(() => read(path))).what).toContain("This is a device");
  });

  test("a file of 100 GiB, all hole, is refused and not read to its end", () => {
    const path = place();
    closeSync(openSync(path, "wx"));
    truncateSync(path, 100 * 2 ** 30);
    const before = process.memoryUsage().rss;
    expect(inNoTime(() => failureOf(() => read(path))).where).toContain(path);
    expect(process.memoryUsage().rss - before).toBeLessThan(1e9);
  });

  test("a directory is called that", () => {
    const path = place();
    mkdirSync(path);
    expect(failureOf(() => read(path)).system?.name).toBe("EISDIR");
  });

  test("a file of secrets stays one", () => {
    const path = place();
    writeFileSync(path, SECRET);
    const { code, what, cause = "", next = "" } = failureOf(() => read(path));
    expect(code).toMatch(/_INVALID$/);
    expectKept(`${what} ${cause} ${next}`);
  });
});

test("a file of secrets that is imported stays one", async () => {
  const directory = workplace(onTestFinished, { shadow: SECRET });
  const { code, stdout, stderr } = await diskbench(onTestFinished, ["import", "shadow"], { directory });
  expect([code, stdout]).toEqual([2, ""]);
  expectKept(stderr);
});

const profile = (more: object): string => JSON.stringify({ name: "p", jobs: [{ name: "j" }], ...more });

test.each([
  ["blanks", `${" ".repeat(500_000)}${profile({})}`],
  ["stars in a gate's pattern", profile({ gates: [{ metric: "iops", min: 1, case: "*".repeat(5000) }] })],
])("a profile with very many %s is read in no time", (_, text) => {
  expect(inNoTime(() => loadProfile(text, "p.json")).jobs).toHaveLength(1);
});

test("very many stars are compared with a case in no time", () => {
  const id = "a/pwrite/read/random/4KiB/q1/t1".repeat(1000);
  expect(inNoTime(() => matchesCase("*4KiB".repeat(5000), { id, job: "a" }))).toBe(false);
});

test.each([
  ["deep objects", `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`],
  ["a number beyond all", profile({ rounds: 0 }).replace(":0", ":1e999")],
  ["a key twice", '{"name":"a","name":"b","jobs":[{}]}'],
  ["a prototype", '{"__proto__":{"polluted":1},"jobs":[{}]}'],
  ["26 million cases", profile({ jobs: [{ blockSize: sizes(300), queueDepth: counts(300), threads: counts(300) }] })],
])("a profile with %s is refused in no time", (_, text) => {
  expect(inNoTime(() => failureOf(() => loadProfile(text, "p.json"))).code).toBe("PROFILE_INVALID");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

function raise(thrown: unknown): never {
  throw thrown;
}

function counts(many: number): readonly number[] {
  return Array.from({ length: many }, (_, index) => index + 1);
}

function sizes(many: number): readonly number[] {
  return counts(many).map((count) => count * 4096);
}

test.each(["\t", "\r", "\n", "\u001b", "\u0085", "\u009b", "\u0000"])(
  "a job's name with %j in it is refused",
  (character) => {
    const text = profile({ jobs: [{ name: `a${character}b` }] });
    expect(failureOf(() => loadProfile(text, "p.json"))).toMatchObject({ code: "PROFILE_INVALID" });
  },
);

test.each([
  ["of 10^5 levels", { path: "a.".repeat(100_000) + "a", value: "1" }],
  ["of 10^6 digits", { path: "rounds", value: "9".repeat(1_000_000) }],
  ["into a list's length", { path: "jobs.length", value: "1e9" }],
  ["to a place beyond a list", { path: "jobs.4294967295.name", value: "x" }],
])("--set %s is refused in no time", (_, setting) => {
  const document: unknown = JSON.parse(profile({}));
  const set = (): unknown => loadProfile(JSON.stringify(applySettings(document, [setting])), "p.json");
  expect(inNoTime(() => failureOf(set)).code).toMatch(/BAD_USAGE|PROFILE_INVALID/);
});

test.each([
  ["brackets", `fio --name=${"(".repeat(900_000)}`],
  ["colons", `[a]\nfilename=${":".repeat(900_000)}`],
  ["variables", `[a]\nfilename=${"${A}".repeat(220_000)}`],
  ["digits", `[a]\nsize=${"9".repeat(900_000)}`],
  ["a prototype for a section", "[__proto__]\nrw=read\n[constructor]\nrw=read\n"],
])("a job to import of %s is read or refused in no time", (_, text) => {
  inNoTime(() => {
    try {
      importProfile({ text, format: "auto", where: "job.fio", name: "job", words: [] });
    } catch (thrown) {
      // A mistake of diskbench's is passed on.
      expect(failureOf(() => raise(thrown)).code).toBe("PROFILE_INVALID");
    }
  });
  expect(({} as Record<string, unknown>)["rw"]).toBeUndefined();
});
