// Plan -> the text of --dry-run.

import { describe, expect, it } from "vitest";
import { describePlan } from "../../src/plan/describe-plan.ts";
import { existing, GIBIBYTE, planFor } from "./fixture.ts";

describe("describePlan", () => {
  const text = describePlan(
    planFor(
      {
        name: "demo",
        description: "A demonstration with a description that is long enough to be broken into two lines.",
        rounds: 2,
        seed: 7,
        targets: [{ path: "a.dat", size: "256MiB" }, "sdb"],
        jobs: [
          {
            name: "w",
            operation: "write",
            blockSize: "4KiB",
            queueDepth: 8,
            ios: 500,
            warmup: "500ms",
            duration: "2s",
          },
          { name: "a-job-with-a-rather-long-name", method: "mapped", warmup: 0, duration: "2s" },
        ],
      },
      { facts: [{}, { resolvedPath: "/dev/sdb", existing: existing(4 * GIBIBYTE, { kind: "block-device" }) }] },
    ),
  );

  it("never goes beyond 80 columns", () => {
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text.endsWith("\n")).toBe(true);
  });

  it("names the run, its targets and what is done to them", () => {
    expect(text).toContain("demo: 4 cases, 2 rounds each, seed 7");
    expect(text).toContain("/mnt/disk/a.dat");
    expect(text).toContain("256 MiB: a new file; filled with random bytes first");
    expect(text).toContain("ext4 at /mnt/disk, device nvme0n1, Example SSD, sectors of 512B");
    expect(text).toContain("4.00 GiB of a device, used as it is; its contents are overwritten");
  });

  it("lists every case with its native call and its times", () => {
    expect(text).toMatch(
      /1 {2}w\/writefile\/write\/random\/4KiB\/q8\/t1\/target-a\.dat\s+io_uring\s+500ms \+ 2s or 500 I\/Os/,
    );
    expect(text).toMatch(/3 {2}a-job-with-a-rather-long-name\/mapped\/\S+\s+mmap\s+2s\n/);
  });

  it("gives the order of every round, and time and notes", () => {
    expect(text).toMatch(/round 1: [1-4]( [1-4]){3}\n/);
    expect(text).toMatch(/round 2: [1-4]( [1-4]){3}\n/);
    expect(text).toMatch(/Estimated time: \d+s/);
    expect(text).toContain("- Writes up to 256 MiB to fill targets");
  });

  it("lets no name or path reach the terminal's controls", () => {
    const evil = describePlan(planFor({ description: "a\u001b[2Jb", target: "x\u001b]0;y\u0007" }));
    // oxlint-disable-next-line no-control-regex -- control characters are what it is about
    expect(evil).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("turns no writing direction, whoever named the profile, its jobs and its target", () => {
    const name = "a\u202eb\u2066c";
    const evil = describePlan(planFor({ name, description: name, target: name, jobs: [{ name }] }));
    expect(evil).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    expect(evil.match(/a\\u\{202e\}b/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it("keeps a long path whole, so that it can be copied", () => {
    const resolvedPath = `/mnt/${"long ".repeat(30)}name.dat`;
    expect(describePlan(planFor({}, { facts: [{ resolvedPath }] }))).toContain(`\n  ${resolvedPath}\n`);
  });
});
