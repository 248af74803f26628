// Job files and command lines made to hurt -> a valid profile or failures that can be shown, quickly, and nothing else.

import { expandPoints } from "../../../src/job/points.ts";
import { impossiblePoints } from "../../../src/rules/judge-points.ts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printable } from "../../../src/shared/printable.ts";
import { DISKSPD_OPTIONS } from "../../../src/profile/import/diskspd-options.ts";
import { FIO_NAMES } from "../../../src/profile/import/fio-options.ts";
import { importProfile } from "../../../src/profile/import/import-profile.ts";
import { noteText } from "../../../src/profile/import/import-notes.ts";
import { IMPORT_FORMATS } from "../../../src/profile/import/source.ts";
import { loadProfile } from "../../../src/profile/load.ts";
import { jsonText } from "../../../src/shared/visible-json.ts";
import { cpuMilliseconds, damagedTexts, HOSTILE_RUNS, hostileTexts, OBEYED, tame } from "../../support/hostile.ts";
import { imported } from "./imported.ts";

const CODES = ["PROFILE_INVALID"] as const;

const JOB_FILE = `[global]
ioengine=libaio
direct=1
size=64m
runtime=5
filename=/srv/a.dat:/srv/b.dat
[one]
rw=randrw:4
rwmixread=70
bssplit=4k/60:64k/40
iodepth=32
numjobs=4
[two]
stonewall
rw=write
bs=2300
fsync=8
description=a text
rate=1m,2m
`;
const FIO_LINE = `fio --name=a --rw=randwrite --bs=4k --size='1g' --filename="/srv/a b.dat" -iodepth 8 --ioengine=io_uring --time_based`;
const DISKSPD_LINE = `diskspd -c64M -b4K -o8 -t2 -r -w30 -d2 -W1 -Suw -Z1M "C:\\test data\\x.dat" other.dat`;

const VALUES = [
  "0",
  "1",
  "4k",
  "1g",
  "-1",
  "1e9",
  "99999999999999999999",
  "0x",
  "50%",
  "4k-64k",
  "1k,2k,3k",
  ":",
  ",",
  "/",
  "",
  "$X",
  "${X}",
  "1:2:3:4:5",
  "none",
];
const values = fc.oneof(fc.constantFrom(...VALUES), hostileTexts, fc.nat().map(String));
const names = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...FIO_NAMES) }, { weight: 1, arbitrary: hostileTexts });
const fioLine = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(names, values).map(([name, value]) => `${name}=${value}`) },
  { weight: 1, arbitrary: names },
  { weight: 1, arbitrary: hostileTexts },
);
const section = fc
  .tuple(fc.oneof(fc.constantFrom("global", "a", "b"), hostileTexts), fc.array(fioLine, { maxLength: 8 }))
  .map(([name, lines]) => [`[${name}]`, ...lines].join("\n"));

const quoted = fc
  .tuple(fc.constantFrom("", "'", '"', "\\", "'\"", "^\n", "\\\n", " ", "; ", "| ", "> "), values)
  .map(([mark, text]) => mark + text);
const fioWord = fc
  .tuple(fc.constantFrom("--", "-", "---", ""), names, fc.constantFrom("=", " ", ""), fc.oneof(values, quoted))
  .map((parts) => parts.join(""));
const diskspdWord = fc
  .tuple(
    fc.constantFrom("-", "/", "--"),
    fc.constantFrom(...DISKSPD_OPTIONS.map(({ prefix }) => prefix), "q", "X"),
    fc.oneof(values, quoted),
  )
  .map((parts) => parts.join(""));

function checkText(text: string, format: (typeof IMPORT_FORMATS)[number]): void {
  const made = tame(CODES, () => importProfile({ text, format, where: "job.fio", name: "job", words: [] }));
  if (made === null) return;
  const json = jsonText(made.document);
  if (OBEYED.test(json)) expect(JSON.stringify(json)).toBe("nothing that a terminal obeys");
  expect(JSON.parse(json)).toEqual(made.document);
  // As `diskbench validate` does it.
  expect(impossiblePoints(expandPoints(loadProfile(json, "job.json")))).toEqual([]);
  for (const note of made.notes) {
    const shown = printable(noteText(note));
    if (OBEYED.test(shown) || shown.includes("\n") || shown.length > 4000) expect(shown).toBe("fit to be shown");
  }
}

function checkTexts(
  texts: fc.Arbitrary<string>,
  share: number,
  format: (typeof IMPORT_FORMATS)[number] = "auto",
): void {
  fc.assert(
    fc.property(texts, (text) => checkText(text, format)),
    { numRuns: Math.ceil(HOSTILE_RUNS * share) },
  );
}

describe("whatever an imported file holds", () => {
  test("job files of every option with any value", () => {
    checkTexts(
      fc.array(section, { minLength: 1, maxLength: 4 }).map((sections) => sections.join("\n")),
      0.35,
    );
  });

  test("command lines of fio", () => {
    checkTexts(
      fc.array(fioWord, { maxLength: 8 }).map((words) => `fio --name=a ${words.join(" ")}`),
      0.25,
    );
  });

  test("command lines of DiskSpd", () => {
    checkTexts(
      fc
        .tuple(fc.array(diskspdWord, { maxLength: 8 }), values)
        .map(([words, target]) => `diskspd ${words.join(" ")} ${target}`),
      0.2,
    );
  });

  test("damaged texts", () => {
    checkTexts(
      damagedTexts(
        [JOB_FILE, FIO_LINE, DISKSPD_LINE],
        ["[", "]", "=", "\n", "'", '"', "\\", "--", "-b", ";", "include "],
      ),
      0.15,
    );
  });

  test("any text, by whatever name", () => {
    for (const format of IMPORT_FORMATS)
      checkTexts(fc.oneof(fc.string({ unit: "binary" }), hostileTexts), 0.02, format);
  });
});

test("nothing is looked up in the environment", () => {
  process.env["DISKBENCH_TEST_SECRET"] = "s3cr3t";
  const job = ["name", "filename", "directory", "bs", "size", "description", "ioengine", "rw", "verify"];
  for (const form of ["$DISKBENCH_TEST_SECRET", "${DISKBENCH_TEST_SECRET}", "%DISKBENCH_TEST_SECRET%"]) {
    const file = imported(["[a]", "runtime=1", ...job.map((name) => `${name}=${form}`)].join("\n"));
    const line = imported(`diskspd -b4K "${form}"`);
    expect(JSON.stringify([file.document, file.texts, line.document, line.texts])).not.toContain("s3cr3t");
  }
});

describe("size", () => {
  const many = (count: number, each: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => each(index)).join("\n");
  test.each([
    [
      "jobs that all say much",
      `[global]\n${many(2000, (index) => `rate=${index}`)}\n${many(500, (index) => `[j${index}]\nrate=1`)}`,
    ],
    ["unknown options", `[a]\n${many(4900, (index) => `o${index}=1`)}`],
    ["jobs with files of their own", many(500, (index) => `[a]\nfilename=f${index}:g\nsize=${index + 1}m`)],
    ["block sizes", `[a]\nbssplit=${many(200_000, () => "4k/1").replaceAll("\n", ":")}`],
    ["files", `[a]\nfilename=${"a:".repeat(500_000)}`],
    ["quotes", `fio --name=a ${"'a' ".repeat(4000)}`],
    ["backslashes", `fio --name=${"\\".repeat(1_000_000)}`],
    ["brackets", "[".repeat(1_000_000)],
    ["blanks", `${" \t".repeat(500_000)}[a]`],
    ["lines", "\n".repeat(1_000_000)],
    ["variables before a program", "a=b ".repeat(250_000)],
    ["folders before a program", `${"a/".repeat(500_000)}fi`],
  ])("many %s take no time", (_, text) => {
    const start = cpuMilliseconds();
    checkText(text, "auto");
    expect(cpuMilliseconds() - start).toBeLessThan(5000);
  });
});
