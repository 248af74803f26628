// The table of fields -> jobs, points, settings and texts: what TypeScript cannot follow through the table is held here.

import { describe, expect, expectTypeOf, test } from "vitest";
import { type JobField, JOB_FIELDS, JOB_FIELD_LIST } from "../../src/job/fields.ts";
import {
  DEFAULT_JOB,
  DEFAULT_VALUES,
  type Job,
  type JobPoint,
  type JobSettings,
  pointsOf,
  resolveJob,
  type RingSettings,
  type StatedJob,
  writeJob,
} from "../../src/job/job.ts";
import { profileDocument } from "../../src/profile/document.ts";
import { resolveProfile } from "../../src/profile/resolve.ts";
import { resultSchema } from "../../src/result/schema.ts";
import type { Method } from "../../src/shared/methods.ts";
import type { Caching, Flush } from "../../src/shared/vocabulary.ts";
import { jobOf } from "../support/builders.ts";
import { completedResult } from "../result/fixture.ts";
import { renderCsv } from "../report/writers.ts";

test("types follow the table", () => {
  expectTypeOf<Job["method"]>().toEqualTypeOf<readonly Method[]>();
  expectTypeOf<Job["caching"]>().toEqualTypeOf<readonly (Caching | null)[]>();
  expectTypeOf<Job["batch"]>().toEqualTypeOf<number | null>();
  expectTypeOf<Job["writeThrough"]>().toEqualTypeOf<boolean>();
  expectTypeOf<JobPoint["readPercent"]>().toEqualTypeOf<number | null>();
  expectTypeOf<JobSettings["caching"]>().toEqualTypeOf<Caching>();
  expectTypeOf<JobSettings["flush"]>().toEqualTypeOf<Flush>();
  expectTypeOf<JobSettings["ios"]>().toEqualTypeOf<number | null>();
  expectTypeOf<keyof JobSettings>().toEqualTypeOf<JobField>();
  expectTypeOf<StatedJob["blockSizeBytes"]>().toEqualTypeOf<readonly number[] | undefined>();
  expectTypeOf<RingSettings>().toEqualTypeOf<{ readonly polling: boolean; readonly submitThread: boolean }>();
});

describe("each field of the table", () => {
  const names = Object.keys(JOB_FIELDS);
  const first = completedResult([{ job: "a" }], 1);

  test("has a default, of its job and of a point", () => {
    expect(Object.keys(DEFAULT_JOB)).toEqual(names);
    expect(Object.keys(DEFAULT_VALUES)).toEqual(names);
    expect(Object.keys(pointsOf(jobOf())[0] ?? {})).toEqual(names);
  });

  test("is known to documents under the name that its value's unit leaves", () => {
    const { jobs } = profileDocument.parse({
      jobs: [
        Object.fromEntries(
          JOB_FIELD_LIST.flatMap((field) => (field.default === null ? [] : [[field.documentName, field.default]])),
        ),
      ],
    });
    const stated = JOB_FIELD_LIST.filter((field) => field.default !== null).map(({ name }) => name);
    expect(Object.keys(jobs[0] ?? {}).sort()).toEqual([...stated].sort());
    expect(JOB_FIELD_LIST.map(({ documentName }) => documentName)).toContain("blockSize");
    expect(JOB_FIELD_LIST.map(({ documentName }) => documentName)).toContain("bytes");
  });

  test("stands in the settings of a result, whose reader misses each", () => {
    for (const name of names) {
      const [only, ...others] = structuredClone(first.cases);
      const settings = Object.fromEntries(Object.entries(only?.settings ?? {}).filter(([key]) => key !== name));
      expect(resultSchema.safeParse({ ...first, cases: [{ ...only, settings }, ...others] }).success, name).toBe(false);
    }
  });

  test("has a column of CSV", () => {
    const [header = ""] = renderCsv(first, { color: false, width: 80, mebibytes: false }).split("\n");
    const columns = new Set(header.split(","));
    for (const name of names) {
      const column = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      expect(columns.has(column) || columns.has(`limit_${column}`), name).toBe(true);
    }
  });
});

test("what a job writes is read again as the same job", () => {
  const job = resolveJob(
    { operation: ["write", "mixed"], blockSizeBytes: [4096, 1000], batch: 4, onError: "continue" },
    {},
    "a",
  );
  expect(writeJob(job)).toMatchObject({ name: "a", blockSize: ["4KiB", "1000B"], batch: 4, duration: "10s" });
  expect(resolveProfile({ jobs: [writeJob(job)] }, "p.json").jobs).toEqual([job]);
});

test("a job's own word beats that of defaults", () => {
  expect(resolveJob({ polling: true }, { polling: false, queueDepth: [8] }, "b")).toMatchObject({
    polling: true,
    queueDepth: [8],
  });
});
