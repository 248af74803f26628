// Command lines as they are pasted, wrapped and mangled, and files of other tools -> what is read, and what is said of the rest.

import { describe, expect, it } from "vitest";
import { failuresThrownBy } from "../thrown.ts";
import { imported } from "./imported.ts";

const FIO = "--name=a --rw=randread --bs=8k --size=1g --runtime=5 --filename=a.dat";
const DISKSPD = "-b8K -o4 -r -c1G a.dat";
const KIB = 1024;

describe("a command line within something else", () => {
  it.each<[string, readonly string[]]>([
    [`fio ${FIO}`, []],
    [`$ sudo fio ${FIO}`, []],
    [`root@host:~# fio ${FIO}`, []],
    [`time fio ${FIO}`, []],
    [`LD_PRELOAD=x.so fio ${FIO}`, []],
    [`sudo env A=b /opt/fio/bin/fio-3.36 ${FIO}`, []],
    [`cd /mnt && fio ${FIO}`, []],
    [`mkdir -p x; fio ${FIO}`, []],
    [`time nice -n 19 fio ${FIO}`, ["placement"]],
    [`ionice -c 3 fio ${FIO}`, ["placement"]],
    [`sudo taskset -c 0-3 fio ${FIO}`, ["placement"]],
    [`numactl --cpunodebind=0 fio ${FIO}`, ["placement"]],
    [`timeout 60 fio ${FIO}`, ["started"]],
    [`bash -c "fio ${FIO}"`, ["started"]],
    [`docker run --rm -v /data:/data image fio ${FIO}`, ["elsewhere"]],
    [`docker run --rm \\\n  -v /data:/data image \\\n  fio ${FIO}`, ["elsewhere"]],
    [`docker run --rm xridge/fio ${FIO}`, ["elsewhere"]],
    [`docker run --name fio -it fio fio ${FIO}`, ["elsewhere"]],
    [`podman exec -it bench fio ${FIO}`, ["elsewhere"]],
    [`kubectl exec -it fio -- fio ${FIO}`, ["elsewhere"]],
    [`kubectl exec pod -- sh -c "fio ${FIO}"`, ["elsewhere"]],
    [`ssh host 'fio ${FIO}'`, ["elsewhere"]],
  ])("is found in %j", (line, codes) => {
    const { first, profile, codes: found } = imported(line);
    expect(first).toMatchObject({ name: "a", pattern: ["random"], blockSizeBytes: [8 * KIB], durationSeconds: 5 });
    expect(profile.targets[0].path).toBe("a.dat");
    expect(found).toEqual(codes);
  });

  it.each([
    `& "C:\\Program Files\\DiskSpd\\diskspd.exe" ${DISKSPD}`,
    `PS C:\\> .\\diskspd.exe ${DISKSPD}`,
    `C:\\tools>diskspd ${DISKSPD}`,
    `$out = & 'C:\\run\\diskspd.exe' ${DISKSPD}`,
    "diskspd -b8K `\n  -o4 `\r\n  -r -c1G a.dat",
    "diskspd -b8K` \n -o4`\n -r -c1G a.dat",
    "diskspd -b8K ^\r\n -o4 ^\r\n -r -c1G a.dat",
    "diskspd `-b8K `-o4 `-r `-c1G a.dat",
    "diskspd \u2013b8K \u2014o4 \u2212r -c1G a.dat",
    "diskspd -b8K -o4 -r -c1G a.dat > out.txt",
    "diskspd > out.txt -b8K 2>&1 -o4 -r -c1G a.dat",
    "diskspd\u00a0-b8K\u00a0-o4 -r -c1G \u201ca.dat\u201d",
  ])("of DiskSpd is read whole: %j", (line) => {
    const { profile, first, losses } = imported(line);
    expect(losses).toEqual([]);
    expect(profile.targets[0]).toMatchObject({ path: "a.dat", sizeBytes: 1024 ** 3 });
    expect(first).toMatchObject({ pattern: ["random"], blockSizeBytes: [8 * KIB], queueDepth: [4] });
  });

  it.each([
    "fio --name=a `\n --rw=randread `\n --bs=8k --size=1g --runtime=5 --filename=a.dat",
    "fio --name=a ^\r\n --rw=randread --bs=8k --size=1g --runtime=5 --filename=a.dat",
    "fio --name=a \\  \n --rw=randread --bs=8k --size=1g --runtime=5 --filename=a.dat",
    "fio \u2013name=a \u2013\u2013rw=randread -\u2013bs=8k \u2014size=1g --runtime=5 --filename=a.dat",
    "fio --name=a --rw=randread 2> /dev/null --bs=8k --size=1g --runtime=5 --filename=a.dat",
    "fio --name=a --rw=randread --bs=8k --size=1g --runtime=5 --filename=a.dat 2>/dev/null",
    "fio --name=a --rw=randread --bs=8k --size=1g --runtime=5 --filename=a.dat &> log",
    "fio --name=a --rw=randread --bs=8k --size=1g --runtime=5 --filename=a.dat 2>&1 | tee log",
    "fio --name=a --rw=randread --bs=8k --size=1g --runtime=5 --filename=\u201ca.dat\u201d",
    "fio --name=a --rw=randread --bs=8k --size=1g --runtime=5 --filename=\u2018a.dat\u2019",
    "fio\u00a0--name=a\u00a0--rw=randread --bs=8k --size=1g --runtime=5 --filename=a.dat",
  ])("of fio is read whole: %j", (line) => {
    const { profile, first, losses } = imported(line);
    expect(losses).toEqual([]);
    expect(profile.targets[0].path).toBe("a.dat");
    expect(first).toMatchObject({ name: "a", pattern: ["random"], blockSizeBytes: [8 * KIB], durationSeconds: 5 });
  });

  it("says what was typography, and which word is read as what", () => {
    const { texts } = imported("fio \u2013name=a --size=1g --runtime=5 --description=\u201cone two\u201d");
    expect(texts).toContain(
      "\u2013name=a: this is typography, as word processors and web pages put it in; it is read as --name=a",
    );
    expect(texts).toContain(
      "\u201c: this is typography, as word processors and web pages put it in; it is read as it was typed",
    );
    expect(imported("fio --name=a --size=1g --runtime=5 \u2013\u2013frob=1").losses).toEqual(["unknown"]);
  });

  it("hands redirections back as the shell's, with the number before them", () => {
    expect(imported(`fio ${FIO} 2> /dev/null`).texts).toEqual([
      "2> /dev/null: this belongs to the shell; it is left out",
    ]);
  });

  it("keeps a command in brackets as one word", () => {
    const { profile, losses } = imported("diskspd -b8K -r (dir C:\\run\\file?.dat)");
    expect(profile.targets[0].path).toBe("(dir C:\\run\\file?.dat)");
    expect(losses).toEqual(["variable"]);
    expect(imported("fio --name=a --size=1g --runtime=5 --filename=$(mktemp -p /srv)").profile.targets[0].path).toBe(
      "$(mktemp -p /srv)",
    );
  });
});

describe("what is nothing to import", () => {
  it.each([
    ["elbencho -w -b 1m /mnt/x", "a command line of elbencho"],
    ["sudo sysbench fileio run", "a command line of sysbench"],
    ["./vdbench -f job.vdb", "a command line of vdbench"],
    ["dd if=/dev/zero of=x bs=1M", "a command line of dd"],
    ["bonnie++ -d /tmp", "a command line of bonnie++"],
    ["time nice ior -w", "a command line of ior"],
    ["docker run image hdparm -t /dev/sda", "a command line of hdparm"],
    ['<?xml version="1.0"?>\n<Profile><TimeSpans/></Profile>', "an XML profile of DiskSpd"],
    ["<Profile>\n</Profile>", "an XML profile of DiskSpd"],
    ["<!DOCTYPE html>\n<html></html>", "a web page"],
    ["* comment\nsd=sd1,lun=/dev/sdb\nwd=wd1,sd=sd1", "a parameter file of vdbench"],
    ["hd=default,user=root", "a parameter file of vdbench"],
    ["Version 1.1.0\n'TEST SETUP ===\n'ACCESS SPECIFICATIONS ===\n", "a configuration of Iometer"],
    ['{\n  "fio version" : "fio-3.33"\n}', "a result of fio"],
    ['{"name":"x","jobs":[]}', "this is JSON"],
    ["bs=128k\niodepth=64\n", "options of fio that stand before any [section]: bs"],
    ["- command: fio --name=a", "fio stands in this line, behind what is not known to start it"],
    ["docker run image", "neither"],
    ["good morning", "neither"],
  ])("is called by its name: %j", (text, what) => {
    const [failure] = failuresThrownBy(() => imported(text));
    expect(failure).toMatchObject({ code: "PROFILE_INVALID" });
    expect(failure?.what).toContain(what);
    expect(failure?.next).toBeTruthy();
  });
});
