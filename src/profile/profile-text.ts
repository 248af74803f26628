// A profile document -> the JSON text of a profile file.

import { visibleJson } from "../shared/visible-json.ts";

/** Ends with a newline. */
export function profileText(document: object): string {
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}
