// The schema of results and the columns of CSV -> the tables in docs/result.md, which must say the same.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resultSchemaJson } from "../../src/result/schema-json.ts";
import { completedResult } from "./fixture.ts";
import { renderCsv } from "../report/writers.ts";

const PAGE = join(import.meta.dirname, "..", "..", "docs", "result.md");

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema | false;
  readonly prefixItems?: readonly Schema[];
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const DOCUMENT = JSON.parse(resultSchemaJson()) as Schema;
const PARTS = DOCUMENT.$defs ?? {};

const nameOf = ({ $ref }: Schema): string | undefined => $ref?.replace("#/$defs/", "");
const isNull = ({ type }: Schema): boolean => type === "null";
/** What is there when it is not null. */
const present = (schema: Schema): Schema => {
  const others = (schema.anyOf ?? []).filter((each) => !isNull(each));
  return others.length === 1 ? (others[0] as Schema) : schema;
};
const elementOf = ({ items }: Schema): Schema | undefined => (items === false ? undefined : items);

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "boolean",
  object: "object",
};

/** In words, with a link to the part that it is. */
function typeOf(schema: Schema): string {
  const part = nameOf(schema);
  if (part !== undefined) return `[${part}](#${part.toLowerCase()})`;
  if (schema.enum !== undefined) {
    const listed = schema.enum.map((word) => `\`${String(word)}\``);
    return listed.length > 12 ? "a name" : listed.join(", ");
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const).replaceAll('"', "")}\``;
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((each) => (isNull(each) ? "null" : typeOf(each))).join(" or ");
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeOf).join(", ")}]`;
  const element = elementOf(schema);
  if (schema.type === "array") return `list${element === undefined ? "" : ` of ${typeOf(element)}`}`;
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => WORDS[type] ?? type).join(" or ");
  return WORDS[String(schema.type)] ?? "anything";
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^iops$/, "1/s"],
  [/bytesPerSecond/, "bytes/s"],
  [/bytes$/i, "bytes"],
  [/seconds$/i, "s"],
  [/NsPerIo$/, "ns"],
  [/Ns$/, "ns"],
  [/Percent$|^weight$/, "%"],
];

/** By the field's own name, or by that of the part in which it is. */
const unitOf = (field: string, part: string): string =>
  UNITS.find(([pattern]) => pattern.test(field) || pattern.test(part))?.[1] ?? "";

interface Row {
  readonly field: string;
  readonly type: string;
  readonly unit: string;
  readonly meaning: string;
}

/** The fields of an object; those of objects without a name of their own stand under it. */
function rowsOf(schema: Schema, part: string, prefix = ""): readonly Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]): readonly Row[] => {
    const inner = present(field);
    const element = present(elementOf(inner) ?? {});
    const isList = element.properties !== undefined;
    const meaning = field.description ?? inner.description ?? PARTS[nameOf(inner) ?? ""]?.description ?? "";
    const unit = inner.properties === undefined ? unitOf(name, part) : "";
    return [
      {
        field: prefix + name,
        type: isList ? `list${inner === field ? "" : " or null"}` : typeOf(field),
        unit,
        meaning,
      },
      ...rowsOf(isList ? element : inner, part, `${prefix}${name}${isList ? "[]" : ""}.`),
    ];
  });
}

/** Names of parts in the order in which a reader comes to them. */
function partsBelow(schema: Schema, seen: Set<string> = new Set()): Set<string> {
  const name = nameOf(schema);
  if (name !== undefined && !seen.has(name)) {
    seen.add(name);
    partsBelow(PARTS[name] ?? {}, seen);
  }
  const below = [...Object.values(schema.properties ?? {}), ...(schema.anyOf ?? []), elementOf(schema) ?? {}];
  for (const each of below) if (Object.keys(each).length > 0) partsBelow(each, seen);
  return seen;
}

const tableOf = (rows: readonly Row[]): readonly string[] => [
  "| field | type | unit | meaning |",
  "|---|---|---|---|",
  ...rows.map(({ field, type, unit, meaning }) => `| \`${field}\` | ${type} | ${unit} | ${meaning} |`),
];

const SECTIONS: readonly (readonly [name: string, description: string, rows: readonly Row[]])[] = [
  ["document", "The whole.", rowsOf(DOCUMENT, "")],
  ...[...partsBelow(DOCUMENT)].map((name) => {
    const part = PARTS[name] ?? {};
    return [name, part.description ?? "", rowsOf(part, name)] as const;
  }),
];

const [CSV_HEADER = ""] = renderCsv(completedResult([{ job: "a" }]), {
  color: false,
  width: 80,
  mebibytes: false,
}).split("\n");
const COLUMNS = CSV_HEADER.split(",");

/** Columns of a case's settings, which are named after them. */
const settingOf = (column: string): Row | undefined => {
  const name = column.replace(/^limit_/, "").replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return rowsOf(PARTS["settings"] ?? {}, "settings").find(({ field }) => field === name);
};

const TABLES: Readonly<Record<string, string>> = {
  fields: SECTIONS.flatMap(([name, description, rows]) => [`### ${name}`, "", description, "", ...tableOf(rows), ""])
    .join("\n")
    .trimEnd(),
  "csv-settings": [
    "| column | meaning |",
    "|---|---|",
    ...COLUMNS.flatMap((column) => {
      const setting = settingOf(column);
      return setting === undefined ? [] : [`| \`${column}\` | ${setting.meaning} |`];
    }),
  ].join("\n"),
};

test.each(Object.keys(TABLES))("docs/result.md has the table %s as the code has it; npm run docs writes it", (name) => {
  const page = readFileSync(PAGE, "utf8");
  const renewed = page.replace(
    new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- end -->)`),
    (_, before: string, after: string) => `${before}${TABLES[name] ?? ""}\n${after}`,
  );
  expect(page).toContain(`<!-- ${name} -->`);
  if (process.env["DISKBENCH_WRITE_DOCS"] === "1") writeFileSync(PAGE, renewed);
  expect(readFileSync(PAGE, "utf8")).toBe(renewed);
});

test("every field and every part says what it means", () => {
  const silent = SECTIONS.flatMap(([name, description, rows]) => [
    ...(description === "" ? [name] : []),
    ...rows.filter(({ meaning }) => meaning === "").map(({ field }) => `${name}: ${field}`),
  ]);
  expect(silent).toEqual([]);
  expect(SECTIONS.length).toBeGreaterThan(15);
});

test("every column of CSV is explained, and nothing else", () => {
  const [, section = ""] = readFileSync(PAGE, "utf8").split("\n## CSV\n");
  const explained = [...section.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(new Set(explained)).toEqual(new Set(COLUMNS));
  expect(explained).toHaveLength(COLUMNS.length);
});
