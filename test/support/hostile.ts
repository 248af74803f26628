// Nothing -> documents made to hurt whoever reads them, and what must hold for each of them.

import * as fc from "fast-check";
import { expect } from "vitest";
import { printable } from "../../src/shared/printable.ts";
import { DiskbenchError, type Failure, formatFailure } from "../../src/shared/errors.ts";

/** Documents for each parser; DISKBENCH_HOSTILE_RUNS may ask for more. */
export const HOSTILE_RUNS = Math.max(7000, Number(process.env["DISKBENCH_HOSTILE_RUNS"] ?? 0));

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "then",
  "",
  "0",
  "length",
];
const TEXTS = [
  ...KEYS,
  "../../../etc/passwd",
  "..\\..\\windows\\system32",
  "\\\\server\\share\\x",
  "\\\\.\\PhysicalDrive0",
  "C:\\x",
  "CON",
  "nul.json",
  "/dev/sda",
  "a\u0000b",
  "\u001b[2J\u001b]0;x\u0007",
  "\u009b31m",
  "\u202egnp.exe",
  "\ud800",
  "\r\n::error::x",
  "%0A::set-env name=x::y",
  "=HYPERLINK(A1)",
  "@SUM(1)",
  "<script>alert(1)</script>",
  "![x](http://x/) | `a` **b**",
  "]]>&lt;!--",
  "NaN",
  "-Infinity",
  "1e999",
  "-0",
  "every 9999999",
  "4KiB",
  "${HOME}",
  "%s%n",
  "x".repeat(3000),
  "\\u0000",
  "\ufeff",
  "\u2028",
];

export const hostileTexts = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
);

const NUMBERS = [-0, -1, 0.5, 1e-320, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 4096, 1e21];

const wide = (value: unknown): unknown => Array.from({ length: 100 }, () => value);
const deep = (value: unknown): unknown => Array.from({ length: 100 }).reduce((inner) => [inner], value);

/** Any JSON value; objects may have keys that stand for something in JavaScript. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileTexts },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...NUMBERS, null, true, false, [], {}, [[]], [null]) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: hostileTexts.map(wide) },
  { weight: 1, arbitrary: hostileTexts.map(deep) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(hostileTexts, fc.constantFrom<unknown>(1, "x", [], null)), { maxLength: 4 })
      .map((entries): unknown => JSON.parse(objectText(entries))),
  },
);

/** As text, because only text can have `__proto__` as an own key of a literal. */
function objectText(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((each, index) => [index, each] as const) : Object.entries(value);
  return [path, ...entries.flatMap(([key, each]) => pathsIn(each, [...path, key]))];
}

type Mutation = "replace" | "remove" | "add" | "repeat" | "rename";

function setOwn(target: object, key: string | number, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
}

interface Change {
  readonly at: number;
  readonly mutation: Mutation;
  readonly key: string;
  readonly value: unknown;
}

/** Changes `document` in place, below its top. A place that an earlier change took away is left alone. */
function change(document: unknown, paths: readonly Path[], { at, mutation, key, value }: Change): void {
  const path = paths[at % paths.length] ?? [];
  const parent: unknown = path
    .slice(0, -1)
    .reduce<unknown>((holder, step) => Reflect.get(Object(holder), step), document);
  const last = path.at(-1) ?? "";
  if (typeof parent !== "object" || parent === null) return;
  const found: unknown = Reflect.get(parent, last);
  if (mutation === "replace") setOwn(parent, last, value);
  else if (mutation === "add") {
    const holder = typeof found === "object" && found !== null ? found : parent;
    if (Array.isArray(holder)) holder.push(value);
    else setOwn(holder, key, value);
  } else if (Array.isArray(parent)) {
    if (mutation === "remove") parent.splice(Number(last), 1);
    else parent.push(...Array.from({ length: 10 }, () => found));
  } else {
    Reflect.deleteProperty(parent, last);
    if (mutation === "rename") setOwn(parent, key, found);
  }
}

/** The texts of one of `documents` after one to three changes of its values. */
export function mutatedDocuments(documents: readonly unknown[]): fc.Arbitrary<string> {
  const bases = documents.map((document) => ({
    text: JSON.stringify(document),
    paths: pathsIn(document).filter((path) => path.length > 0),
  }));
  const changes = fc.record<Change>({
    at: fc.nat(),
    mutation: fc.constantFrom<Mutation>("replace", "replace", "replace", "remove", "add", "repeat", "rename"),
    key: hostileTexts,
    value: hostileValues,
  });
  return fc
    .tuple(fc.constantFrom(...bases), fc.array(changes, { minLength: 1, maxLength: 3 }))
    .map(([{ text, paths }, several]) => {
      const copy: unknown = JSON.parse(text);
      // Some values are the same object each time: one change would put it into itself, or change what the next document gets.
      for (const each of several) change(copy, paths, { ...each, value: JSON.parse(JSON.stringify(each.value)) });
      return JSON.stringify(copy);
    });
}

/** The texts of `documents` with characters cut out, put in or repeated anywhere. */
export function damagedTexts(texts: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const damage = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.oneof(fc.constantFrom(...pieces), hostileTexts));
  return fc.tuple(fc.constantFrom(...texts), fc.array(damage, { minLength: 1, maxLength: 4 })).map(([text, damages]) =>
    damages.reduce((broken, [at, cut, insert]) => {
      const place = at % (broken.length + 1);
      return broken.slice(0, place) + insert + broken.slice(place + cut);
    }, text),
  );
}

/** Whatever a terminal could obey, a line feed apart. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
export const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const KEYS_BEFORE = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length);

/** CPU time of this process: a machine that is busy with other things makes nothing slower by this clock. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Far more than any document takes. */
const PATIENCE_MS = 2000;
const LONGEST_FAILURE = 4000;

/**
 * What `read` gives back; null when it throws the failures of one of `codes`, which are then fit to be shown. Fails the
 * test for any other error, for changed prototypes, and for what takes too long.
 */
export function tame<Value>(codes: readonly Failure["code"][], read: () => Value): Value | null {
  const start = cpuMilliseconds();
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof DiskbenchError)) throw thrown;
    for (const failure of thrown.failures) {
      expect(codes).toContain(failure.code);
      const text = printable(formatFailure(failure));
      if (OBEYED.test(text) || text.includes("\n") || text.length > LONGEST_FAILURE)
        expect(text).toBe("fit to be shown");
    }
    return null;
  } finally {
    const tookMs = cpuMilliseconds() - start;
    if (tookMs > PATIENCE_MS) expect(tookMs).toBeLessThan(PATIENCE_MS);
    expect(PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length)).toEqual(KEYS_BEFORE);
  }
}
