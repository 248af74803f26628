// Results as earlier versions wrote them -> results like today's, or a clear refusal.

import { expect, test } from "vitest";
import { migrate } from "../../src/result/migrate.ts";
import { parseResult } from "../../src/result/read-result.ts";
import { failuresThrownBy } from "../profile/thrown.ts";
import { completedResult } from "./fixture.ts";

test("every version leads to the next one, up to the last", () => {
  const rename = (from: string, to: string, schema: string) => (document: unknown) => {
    const { [from]: value, ...others } = Object(document) as Record<string, unknown>;
    return { ...others, [to]: value, schema };
  };
  const versions = [
    { schema: "x/1", step: rename("speed", "rate", "x/2") },
    { schema: "x/2", step: rename("rate", "iops", "x/3") },
    { schema: "x/3", step: (document: unknown) => document },
  ];
  expect(migrate({ schema: "x/1", speed: 7 }, versions)).toEqual({ schema: "x/3", iops: 7 });
  expect(migrate({ schema: "x/2", rate: 7 }, versions)).toEqual({ schema: "x/3", iops: 7 });
  expect(migrate({ schema: "x/3", iops: 7 }, versions)).toEqual({ schema: "x/3", iops: 7 });
  expect(migrate({ schema: "x/4", iops: 7 }, versions)).toBeNull();
  expect(migrate([1], versions)).toBeNull();
});

test("a version that is not known is refused with what to do", () => {
  const [failure] = failuresThrownBy(() =>
    parseResult(JSON.stringify(completedResult([{ job: "a" }], 1)).replace("result/1", "result/2"), "new.json"),
  );
  expect(failure).toMatchObject({ code: "RESULT_INVALID", where: "new.json: schema" });
  expect(failure?.what).toBe('found "diskbench-result/2", can read "diskbench-result/1"');
  expect(failure?.next).toContain("or a newer one");
});
