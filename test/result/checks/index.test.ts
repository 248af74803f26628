// A case -> all of its checks together, as they stand in a result.

import { describe, expect, test } from "vitest";
import { CHECK_CODES, checkCase } from "../../../src/result/checks/index.ts";
import { resultSchema } from "../../../src/result/schema.ts";
import { evidenceWith, REFUSED, resultWith } from "./fixture.ts";

describe("each check", () => {
  test("of a case in order passes, and says so in one sentence", () => {
    const checks = checkCase(evidenceWith());
    expect(checks.map(({ code }) => code)).toEqual(CHECK_CODES.slice(0, -2));
    expect(checks.filter(({ status }) => status !== "pass")).toEqual([]);
    expect(checks.filter(({ message }) => !/^[^.].*[^.]\.$/.test(message))).toEqual([]);
  });

  test("of a method without I/O passes, and says why it cannot be made where it needs a device", () => {
    const checks = checkCase(evidenceWith({ settings: { method: "null", nativeCall: "null" } }));
    expect(checks.filter(({ status }) => status !== "pass")).toEqual([]);
    const refused = checks.filter(({ message }) => REFUSED.test(message)).map(({ code }) => code);
    expect(refused).toEqual(
      expect.arrayContaining(["allocation", "kernel-bytes", "foreign-io", "queue-depth", "generator"]),
    );
  });

  test("stands in a valid document", () => {
    const result = resultWith();
    const cases = result.cases.map((each) => ({ ...each, checks: checkCase(evidenceWith()) }));
    expect(resultSchema.safeParse({ ...result, cases }).error).toBeUndefined();
  });

  test("is not made of a case without a finished round", () => {
    const evidence = evidenceWith();
    expect(checkCase({ ...evidence, case: { ...evidence.case, rounds: [], summary: null } })).toEqual([]);
  });
});
