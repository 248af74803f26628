// The table of fields -> the table of a job's fields in the README, which must say the same.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { defaultText, JOB_FIELD_LIST, type NamedField } from "../../src/job/fields.ts";
import type { Kind } from "../../src/job/kinds.ts";
import { writeValue } from "../../src/job/kinds.ts";

const PAGE = join(import.meta.dirname, "..", "..", "README.md");

const code = (text: string): string => `\`${text}\``;

function valuesOf(kind: Kind): string {
  switch (kind.type) {
    case "word":
      // The names of all methods have a table of their own.
      return kind.words.length > 5 ? "see [methods](#methods)" : kind.words.map(code).join(", ");
    case "flag":
      return "`true`, `false`";
    case "flush":
      return "`never`, `end`, `each`, `every N`";
    default: {
      const { minimum, maximum } = kind.limits;
      const least = String(writeValue(kind, minimum));
      return maximum === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `${least} to ${writeValue(kind, maximum)}`;
    }
  }
}

function rowOf(field: NamedField): string {
  const standard = field.default === null ? defaultText(field) : code(defaultText(field));
  const list = field.sweeps ? "yes" : "";
  return `| ${code(field.documentName)} | ${field.description} | ${valuesOf(field.kind)} | ${standard} | ${list} |`;
}

it("the README has each field of a job as the table of fields has it", () => {
  const page = readFileSync(PAGE, "utf8");
  const head = ["| field of a job | what it says | values | default | list |", "|---|---|---|---|---|"];
  const rows = [...head, ...JOB_FIELD_LIST.map(rowOf)];
  const renewed = page.replace(
    /(<!-- job fields -->\n)[\s\S]*?(\n<!-- end -->)/,
    (_, before: string, after: string) => before + rows.join("\n") + after,
  );
  expect(page).toContain("<!-- job fields -->");
  if (process.env["DISKBENCH_WRITE_DOCS"] === "1") writeFileSync(PAGE, renewed);
  expect(readFileSync(PAGE, "utf8")).toBe(renewed);
});
