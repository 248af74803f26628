// The tables of options -> the tables in docs/import.md, which must say the same.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DISKSPD_OPTIONS } from "../../../src/profile/import/diskspd-options.ts";
import { FIO_ENGINES } from "../../../src/profile/import/fio-engines.ts";
import { FIO_OPTIONS } from "../../../src/profile/import/fio-options.ts";
import { NOTE_WORDS, type NoteCode } from "../../../src/profile/import/import-notes.ts";

const PAGE = join(import.meta.dirname, "..", "..", "..", "docs", "import.md");

interface Row {
  readonly option: string;
  readonly field: string | null;
  readonly note: NoteCode | null;
}

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** Options with one fate in one line: first what becomes a field, then what is lost, then what does not matter. */
function tableOf(rows: readonly Row[]): string {
  const lines = new Map<string, string[]>();
  const sorted = [
    ...rows.filter(({ field }) => field !== null),
    ...rows.filter(({ field, note }) => field === null && note !== null),
    ...rows.filter(({ field, note }) => field === null && note === null),
  ];
  for (const { option, field, note } of sorted) {
    const words = note === null ? null : NOTE_WORDS[note];
    const fate =
      field !== null
        ? field.split(", ").map(code).join(", ")
        : words === null
          ? "nothing: it does not change what is measured"
          : `${words.isLoss ? "**lost**: " : ""}${words.why}; ${words.instead}`;
    lines.set(fate, [...(lines.get(fate) ?? []), code(option)]);
  }
  return [
    "| option | becomes |",
    "|---|---|",
    ...Array.from(lines, ([fate, options]) => `| ${options.join(", ")} | ${fate} |`),
  ].join("\n");
}

const TABLES: Readonly<Record<string, string>> = {
  "fio-options": tableOf(
    Array.from(FIO_OPTIONS, ([option, fate]) => ({
      option,
      field: fate.kind === "field" ? fate.field : null,
      note: fate.kind === "lost" ? fate.note : null,
    })),
  ),
  "fio-engines": [
    "| ioengine | method |",
    "|---|---|",
    ...Array.from(
      FIO_ENGINES,
      ([name, { method, note }]) => `| ${code(name)} | ${code(method)}${note === null ? "" : ", the nearest"} |`,
    ),
  ].join("\n"),
  "diskspd-options": tableOf(
    DISKSPD_OPTIONS.map(({ prefix, form, field, note }) => ({ option: `-${prefix}${form}`, field, note })),
  ),
};

it.each(Object.keys(TABLES))("docs/import.md has the table %s as the importer has it", (name) => {
  const page = readFileSync(PAGE, "utf8");
  const renewed = page.replace(
    new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- end -->)`),
    (_, before: string, after: string) => before + (TABLES[name] ?? "") + after,
  );
  expect(page).toContain(`<!-- ${name} -->`);
  if (process.env["DISKBENCH_WRITE_DOCS"] === "1") writeFileSync(PAGE, renewed);
  expect(readFileSync(PAGE, "utf8")).toBe(renewed);
});
