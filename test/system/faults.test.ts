// Devices that fail and files that change under a run -> the same account whatever the method: counted, named, exit 3.

import { existsSync, readdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { diskbench, resultIn, start, until, workplace } from "../support/diskbench.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { describeWith } from "../support/requirements.ts";

const MEBIBYTE = 2 ** 20;

describeWith(["root", "nbdkit", "nbdfuse"], "a device that fails one I/O in ten", () => {
  const failing = (call: "pread" | "pwrite", name: string, rate = "10%"): string[] => [
    "--filter=error",
    "memory",
    String(MEBIBYTE),
    `error-${call}=${name}`,
    `error-${call}-rate=${rate}`,
  ];
  const profileFor = (path: string, more: object, jobs: readonly object[]): unknown => ({
    name: "faults",
    rounds: 1,
    target: { path, preallocate: "none", fill: "none" },
    defaults: { blockSize: "4KiB", duration: "60s", warmup: 0, ios: 1000, ...more },
    jobs,
  });
  const EVERY_WAY = [
    { name: "pwrite" },
    { name: "pwritev", method: "gather" },
    { name: "libaio", method: "libaio", queueDepth: 4 },
    { name: "ring", method: "io_uring" },
    { name: "deep-ring", method: "io_uring", queueDepth: 8 },
    { name: "vectored-ring", method: "gather", queueDepth: 8 },
  ];

  test.concurrent.for([
    ["read", "pread", "EIO"],
    ["write", "pwrite", "ENOSPC"],
  ] as const)("every %s is accounted for by every method", async ([operation, call, name], { onTestFinished }) => {
    const path = await nbdFile(onTestFinished, MEBIBYTE, failing(call, name));
    const profile = profileFor(path, { operation, onError: "continue" }, EVERY_WAY);
    const directory = workplace(onTestFinished, { "p.json": profile });
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json", "--quiet", "--force"], { directory });
    expect(code).toBe(3);
    const { cases, state } = resultIn(directory);
    expect(state).toBe("failed");
    expect(cases).toHaveLength(EVERY_WAY.length);
    for (const { id, failure, rounds } of cases) {
      const { errors, total } = rounds[0] ?? {};
      expect(failure, id).toMatchObject({ code: "IO_FAILED", system: { name } });
      expect(errors, id).toMatchObject({ short: 0, byCode: { [name]: errors?.failed } });
      expect(errors?.failed, id).toBeGreaterThan(40);
      expect((total?.ios ?? 0) + (errors?.failed ?? 0), id).toBe(1000);
      expect(stderr, id).toContain(`diskbench: ${id}: `);
    }
  });

  test.concurrent("stops the run where errors are not endured", async ({ onTestFinished }) => {
    const path = await nbdFile(onTestFinished, MEBIBYTE, failing("pread", "EIO"));
    const directory = workplace(onTestFinished, { "p.json": profileFor(path, { operation: "read" }, EVERY_WAY) });
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json", "--quiet", "--force"], { directory });
    expect(code).toBe(3);
    expect(stderr.match(/^diskbench: .*EIO/gm)).toHaveLength(1);
    const states = resultIn(directory).cases.map(({ state }) => state);
    expect(states.toSorted()).toEqual(["failed", ...Array.from({ length: EVERY_WAY.length - 1 }, () => "pending")]);
  });

  test.concurrent("ends a mapped read by SIGBUS, which is reported too", async ({ onTestFinished }) => {
    const path = await nbdFile(onTestFinished, MEBIBYTE, failing("pread", "EIO", "100%"));
    const profile = profileFor(path, { operation: "read" }, [{ name: "mapped", method: "mapped" }]);
    const directory = workplace(onTestFinished, { "p.json": profile });
    const { code, stderr } = await diskbench(onTestFinished, ["run", "p.json", "--quiet", "--force"], { directory });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^diskbench: mapped\/.*SIGBUS/m);
    expect(resultIn(directory).cases[0]?.failure?.code).toBe("ENGINE_LOST");
  });
});

describe.concurrent("a test file that changes under the run", () => {
  const PROFILE = {
    name: "changing",
    rounds: 2,
    // Too large to be written anew as a whole after the change, which would leave no trace of it.
    target: { path: "test.dat", size: "96MiB" },
    // Long enough for a busy machine to say that the first round goes on, and to be heard, before it is over.
    defaults: { blockSize: "4KiB", duration: "4s", warmup: "100ms", queueDepth: 4 },
  };
  const CHANGES = {
    "cut short": (path: string) => truncateSync(path, MEBIBYTE),
    lengthened: (path: string) => truncateSync(path, 97 * MEBIBYTE),
    "moved away": (path: string) => renameSync(path, `${path}.moved`),
    replaced: (path: string) => {
      renameSync(path, `${path}.moved`);
      writeFileSync(path, Buffer.alloc(96 * MEBIBYTE));
    },
  };

  test.for([
    ["cut short", "read"],
    ["cut short", "write"],
    ["lengthened", "write"],
    ["moved away", "write"],
    ["replaced", "read"],
  ] as const)("%s during a %s: TARGET_CHANGED, exit code 3", async ([change, operation], { onTestFinished }) => {
    const profile = { ...PROFILE, jobs: [{ name: "a", operation }] };
    const directory = workplace(onTestFinished, { "p.json": profile });
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    await command.says(/^\[1\/2\].*measure.*IOPS/m);
    CHANGES[change](join(directory, "test.dat"));
    const { code, stderr } = await command.ended;
    expect(code).toBe(3);
    const { state, cases } = resultIn(directory);
    expect(state).toBe("failed");
    expect(cases[0]).toMatchObject({ rounds: [], failure: { code: "TARGET_CHANGED" } });
    expect(cases[0]?.interruptedRound?.total.ios).toBeGreaterThan(0);
    expect(stderr).toMatch(/^diskbench: .*test\.dat: .* during the run/m);
    // Diskbench's own file is removed as long as it is known to be that. What took its place never is, nor what others
    // have written to while diskbench only read it.
    const left = readdirSync(directory).filter((name) => name.startsWith("test.dat"));
    expect(left).toEqual(
      {
        "cut short": operation === "read" ? ["test.dat"] : [],
        lengthened: [],
        "moved away": ["test.dat.moved"],
        replaced: ["test.dat", "test.dat.moved"],
      }[change],
    );
  });

  test("cut short while it is filled: the same, before anything is measured", async ({ onTestFinished }) => {
    const target = { path: "test.dat", size: "1GiB" };
    const profile = { ...PROFILE, target, jobs: [{ name: "a", operation: "read" }] };
    const directory = workplace(onTestFinished, { "p.json": profile });
    const command = start(onTestFinished, ["run", "p.json"], { directory });
    // The result is saved first as the fill begins.
    await until("the fill begins", () => existsSync(join(directory, "results")));
    truncateSync(join(directory, "test.dat"), MEBIBYTE);
    const { code, stderr } = await command.ended;
    expect(stderr).toMatch(/^diskbench: .*test\.dat: (Its size went from|After it was filled)/m);
    expect(code).toBe(3);
    const { state, cases, failures } = resultIn(directory);
    expect(state).toBe("failed");
    expect(failures[0]?.code).toBe("TARGET_CHANGED");
    expect(cases[0]?.rounds).toEqual([]);
    expect(existsSync(join(directory, "test.dat"))).toBe(false);
  });
});
