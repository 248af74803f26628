// A document -> its JSON, laid out for both readers: indented where a person looks, one line per histogram.

import { RESULT_SCHEMA } from "../result/version.ts";
import { jsonText, visibleJson } from "../shared/visible-json.ts";
import type { RenderPage } from "./page.ts";

const LINE_COLUMNS = 110;
/** Of interest to programs only, or best read as rows of a table: one line each, whatever its length. */
const ONE_LINE_EACH: ReadonlySet<string> = new Set(["histogram", "intervals[]", "latencyNs", "order"]);

/** Parts of a result that stand at one depth only, and stay the same object for as long as nothing in them changes. */
const KEPT: ReadonlySet<string> = new Set(["cases[]", "rounds[]"]);

/** Their text, for the next time: a run saves its result after each round, with all rounds before it. */
const keptText = new WeakMap<object, readonly string[]>();

/** Lines of what stands in a result twice, as one direction alone that is the total: spelled once. */
type Spelled = Map<object, string>;

const spell = (value: unknown): string => visibleJson(JSON.stringify(value));

function spellOnce(value: object, spelled: Spelled): string {
  const line = spelled.get(value) ?? spell(value);
  spelled.set(value, line);
  return line;
}

/**
 * The text in pieces, which are put together once and at the end: large results are tens of megabytes. One piece is one
 * line, several are several. `key` is the name under which `value` stands; elements of a list stand under the list's
 * name with `[]`.
 */
function layOut(value: unknown, key: string, indent: string, spelled: Spelled): readonly string[] {
  if (typeof value !== "object" || value === null) return [spell(value)];
  if (ONE_LINE_EACH.has(key)) return [spellOnce(value, spelled)];
  if (!KEPT.has(key)) return layOutParts(value, key, indent, spelled);
  const [first = "", ...others] = keptText.get(value) ?? layOutParts(value, key, indent, spelled);
  const pieces = others.length === 0 ? [first] : [first, others.join("")];
  keptText.set(value, pieces);
  return pieces;
}

function layOutParts(value: object, key: string, indent: string, spelled: Spelled): readonly string[] {
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const parts = Array.isArray(value)
    ? value.map((element) => layOut(element, `${key}[]`, inner, spelled))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => {
          const [first = "", ...others] = layOut(member, name, inner, spelled);
          return [`${spell(name)}: ${first}`, ...others];
        });
  if (parts.length === 0) return [open + close];
  const columns = parts.reduce((sum, [first = ""]) => sum + first.length + 2, indent.length);
  if (columns <= LINE_COLUMNS && parts.every((part) => part.length === 1)) {
    return [`${open} ${parts.map(([first]) => first).join(", ")} ${close}`];
  }
  const lines = parts.flatMap((part, index) => [index === 0 ? `${open}\n${inner}` : `,\n${inner}`, ...part]);
  return [...lines, `\n${indent}${close}`];
}

/** The whole document; `parseResult` reads that of a result back to the same value. Ends with a newline. */
export const documentJson = (document: unknown): string => [...layOut(document, "", "", new Map()), "\n"].join("");

/** Other documents have no bulk to be told apart from what a person reads. */
export const render: RenderPage = ({ document }) => (isResult(document) ? documentJson(document) : jsonText(document));

const isResult = (document: unknown): boolean =>
  typeof document === "object" && document !== null && "schema" in document && document.schema === RESULT_SCHEMA;
