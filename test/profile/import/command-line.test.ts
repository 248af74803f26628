// Command lines of fio and DiskSpd as people have them in scripts -> profiles.

import { describe, expect, it } from "vitest";
import { failuresThrownBy } from "../thrown.ts";
import { imported, job } from "./imported.ts";

const KIB = 1024;
const MIB = 1024 ** 2;

describe("a fio command line", () => {
  it("is read with one dash or two, with = or a blank, and quotes", () => {
    const { profile, first, notes } = imported(
      `sudo /usr/bin/fio -filename='/srv/my disk/a.dat' --direct 1 -iodepth=8 --time_based --runtime "20" \\
         -thread --rw=randwrite -ioengine libaio --bs=16k --size=1G -name=first\\ try`,
    );
    expect(profile.targets[0].path).toBe("/srv/my disk/a.dat");
    expect(first).toMatchObject({
      name: "first try",
      method: ["libaio"],
      operation: ["write"],
      queueDepth: [8],
      blockSizeBytes: [16 * KIB],
      durationSeconds: 20,
    });
    expect(notes.map(({ code }) => code)).toEqual(["idle"]);
  });

  it("begins a job at each --name; what stands before the first holds for all", () => {
    const { profile } = imported("fio --size=1g --runtime=5 --bs=8k --name=a --rw=read --name=b --stonewall --bs=4k");
    expect(profile.jobs.map((each) => [each.name, each.blockSizeBytes[0], each.operation[0]])).toEqual([
      ["a", 8 * KIB, "read"],
      ["b", 4 * KIB, "read"],
    ]);
  });

  it("takes only the jobs that --section names", () => {
    const { profile } = imported("fio --section=b --size=1g --runtime=5 --name=a --name=b --name=c");
    expect(profile.jobs.map(({ name }) => name)).toEqual(["b"]);
  });

  it("leaves to the shell what is the shell's, and to other files what is theirs", () => {
    const { losses, texts } = imported(
      "fio --name=a --size=1g --runtime=5 extra.fio --output=log.txt > out.txt 2>&1\nfio --name=b\n",
    );
    expect(losses).toEqual(["more-commands", "job-file"]);
    expect(texts).toContain("> out.txt 2>&1: this belongs to the shell; it is left out");
    expect(texts).toContain("output: these do not change what is measured; they are left out");
  });

  it("names a job that --readonly would have stopped", () => {
    expect(imported("fio --readonly --name=a --rw=write --size=1g --runtime=5").losses).toEqual(["refused"]);
    expect(imported("fio --readonly --name=a --rw=read --size=1g --runtime=5").losses).toEqual([]);
  });

  it.each([
    ["fio --rw=read --size=1g", "there is no job"],
    ["fio --name='a", "the quote ' is not closed"],
    ["iozone -a", "a command line of iozone"],
  ])("refuses %j", (text, what) => {
    expect(failuresThrownBy(() => imported(text))[0]?.what).toContain(what);
  });

  it("needs --format where the program is not named", () => {
    expect(() => imported("--name=a --size=1g --runtime=5")).toThrow("neither");
    expect(imported("--name=a --size=1g --runtime=5", { format: "fio" }).first.name).toBe("a");
    expect(() => imported("fio --name=a", { format: "diskspd" })).toThrow("not of diskspd");
  });
});

describe("further options of fio", () => {
  it("hold for all jobs of the file, which beats them as in fio", () => {
    const text = "[a]\nsize=1g\nrw=randread\nbs=8k";
    const { first, texts } = imported(text, { words: ["--runtime", "30", "--bs=4k"] });
    expect(first).toMatchObject({ durationSeconds: 30, blockSizeBytes: [8 * KIB] });
    expect(texts).toEqual(["--bs=4k: the file says otherwise and wins, as in the original; the file's value is used"]);
  });

  it("are refused when they are misspelt", () => {
    const [failure] = failuresThrownBy(() => imported(job("size=1g"), { words: ["--runtme=30"] }));
    expect(failure).toMatchObject({ what: "fio has no option runtme", next: "Did you mean runtime?" });
    expect(() => imported(job("size=1g"), { words: ["other.fio"] })).toThrow("one file is imported at a time");
    expect(() => imported("diskspd -b4K x.dat", { words: ["-o4"] })).toThrow("stand in its command line");
  });
});

describe("a DiskSpd command line", () => {
  it("becomes a profile that asks for the same", () => {
    const { profile, first, losses } = imported(
      '"C:\\Program Files\\DiskSpd\\diskspd.exe" -c1G -b8K -o16 -t4 -r -w30 -d20 -W3 -Suw -L -Zr -z7 "D:\\test data\\x.dat"',
    );
    expect(losses).toEqual([]);
    expect(profile).toMatchObject({
      seed: 7,
      rounds: 1,
      targets: [{ path: "D:\\test data\\x.dat", sizeBytes: 1024 * MIB }],
    });
    expect(first).toMatchObject({
      method: ["writefile"],
      operation: ["mixed"],
      readPercent: [70],
      pattern: ["random"],
      blockSizeBytes: [8 * KIB],
      queueDepth: [16],
      threads: [4],
      caching: ["unbuffered"],
      writeThrough: true,
      durationSeconds: 20,
      warmupSeconds: 3,
    });
  });

  it("fills in DiskSpd's own defaults, not diskbench's", () => {
    expect(imported("diskspd x.dat").first).toMatchObject({
      operation: ["read"],
      pattern: ["sequential"],
      blockSizeBytes: [64 * KIB],
      queueDepth: [2],
      threads: [1],
      caching: ["buffered"],
      durationSeconds: 10,
      warmupSeconds: 5,
    });
  });

  it.each<[string, object]>([
    ["-w", { operation: ["read"] }],
    ["-w100 -Zr", { operation: ["write"], flush: ["never"] }],
    ["-w100 -Zr -S", { caching: ["unbuffered"], flush: [null] }],
    ["-Sh", { caching: ["unbuffered"], writeThrough: true }],
    ["-h", { caching: ["unbuffered"], writeThrough: true }],
    ["-Sw -Su", { caching: ["unbuffered"], writeThrough: true }],
    ["-Su -Sw", { caching: ["unbuffered"], writeThrough: true }],
    ["-Sw", { caching: ["buffered"], writeThrough: true }],
    ["-Sm -Sw -o1", { method: ["mapped"], writeThrough: false }],
    ["-Sbw", { caching: ["buffered"], writeThrough: true }],
    ["-Sm -o1", { method: ["mapped"], queueDepth: [1] }],
    ["-Sm -Nv -w100 -Zr", { method: ["mapped"], flush: ["each"] }],
    ["-x -o8", { method: ["writefileex"], queueDepth: [8] }],
    ["-F6 -O3 -r", { threads: [6], queueDepth: [3] }],
    ["-b4K -r8b -b32K", { blockSizeBytes: [32 * KIB] }],
    ["/b4K /r", { blockSizeBytes: [4 * KIB] }],
    ["-rs100", { pattern: ["random"] }],
    ["-rs0", { pattern: ["sequential"] }],
  ])("translates %s", (options, expected) => {
    const { first } = imported(`diskspd ${options} x.dat`);
    expect(first).toMatchObject(expected);
  });

  it.each([
    ["-rdpct90/10:5/20", "distribution"],
    ["-rs30", "partly-random"],
    ["-r4K -b8K", "block-align"],
    ["-s128K", "stride"],
    ["-si -t2", "shared-offset"],
    ["-t2", "same-offset"],
    ["-g100i", "rate"],
    ["-i10 -j5", "think-time"],
    ["-fr", "hint"],
    ["-B1G", "offset"],
    ["-a0,1", "placement"],
    ["-ysstart", "events"],
    ["-w50 -Z", "content"],
    ["-w50 -Z1M,data.bin", "content"],
    ["-Sb -Su", "conflict"],
    ["-h -Sw", "conflict"],
    ["-r -s64K", "conflict"],
    ["-b$($size)k", "variable-value"],
    ["-o$depth", "variable-value"],
    ["-q7", "unknown"],
    ["-oX", "unreadable"],
    ["-t9999 -r", "limit"],
    ["-Sm -o4", "mapped-depth"],
  ])("names what %s loses", (options, code) => {
    expect(new Set(imported(`diskspd ${options} x.dat`).losses)).toEqual(new Set([code]));
  });

  it("says how large the target is from what is said of file and range", () => {
    expect(imported("diskspd -c1G x.dat").profile.targets[0].sizeBytes).toBe(1024 * MIB);
    expect(imported("diskspd -c1G -f100M x.dat").profile.targets[0].sizeBytes).toBe(100 * MIB);
    expect(imported("diskspd -B0:64M x.dat").profile.targets[0].sizeBytes).toBe(64 * MIB);
    expect(imported("diskspd -b4K -c256b x.dat").profile.targets[0].sizeBytes).toBe(MIB);
  });

  it("names drives as Windows does, and uses the first of several targets", () => {
    expect(imported("diskspd -b4K #2").profile.targets[0].path).toBe("\\\\.\\PhysicalDrive2");
    expect(imported("diskspd -b4K d:").profile.targets[0].path).toBe("\\\\.\\d:");
    const { profile, losses } = imported("diskspd a.dat b.dat");
    expect(profile.targets[0].path).toBe("a.dat");
    expect(losses).toEqual(["files"]);
  });

  it("does not read the XML that -X names", () => {
    expect(() => imported("diskspd -Xprofile.xml x.dat")).toThrow("does not describe a workload here");
  });
});
