// A result -> its JSON document, laid out for both readers: indented where a person looks, one line per histogram.

import { visibleJson } from "../shared/visible-json.ts";
import type { RenderReport } from "./options.ts";

const LINE_COLUMNS = 110;
/** Of interest to programs only, or best read as rows of a table: one line each, whatever its length. */
const ONE_LINE_EACH: ReadonlySet<string> = new Set(["histogram", "intervals[]", "latencyNs", "order"]);

/** `key` is the name under which `value` stands; elements of a list stand under the list's name with `[]`. */
function layOut(value: unknown, key: string, indent: string): string {
  if (typeof value !== "object" || value === null || ONE_LINE_EACH.has(key)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const parts = Array.isArray(value)
    ? value.map((element) => layOut(element, `${key}[]`, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${JSON.stringify(name)}: ${layOut(member, name, inner)}`);
  const columns = parts.reduce((sum, part) => sum + part.length + 2, indent.length);
  if (parts.length === 0) return open + close;
  if (columns <= LINE_COLUMNS && parts.every((part) => !part.includes("\n")))
    return `${open} ${parts.join(", ")} ${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** The whole document; `parseResult` reads it back to the same value. Ends with a newline. */
export const renderJson: RenderReport = (result) => `${visibleJson(layOut(result, "", ""))}\n`;
