// The pages about checks -> one for each, in one shape, true to the code.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CHECK_CODES, STRICT_CHECKS } from "../../../src/result/checks/index.ts";

describe("the pages about checks", () => {
  const page = (name: string): string => readFileSync(join(import.meta.dirname, "../../../docs/checks", name), "utf8");

  test.each(CHECK_CODES)("%s has one that says what it says, how, and what to do", (code) => {
    const text = page(`${code}.md`);
    expect(text).toMatch(new RegExp(`^# ${code}\n`));
    expect(text.match(/^## .*$/gm)).toEqual(["## What it says", "## How", "## What to do"]);
  });

  test("name the checks whose warnings count under --strict", () => {
    const [, list = ""] = /--strict`[^:]*: ([^.]*)\./.exec(page("README.md")) ?? [];
    expect([...list.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code)).toEqual(STRICT_CHECKS);
  });
});
