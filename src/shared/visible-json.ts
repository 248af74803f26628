// JSON text -> the same document, spelled so that a terminal, or a reader of logs, shows it and never obeys it.

// JSON lets these stand in texts as they are: control, formatting (also what turns the writing direction), separators.
const INVISIBLE = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");

/** What a runner of GitHub Actions takes for a command wherever it stands (github.com/actions/runner, ActionCommand.cs). */
const COMMAND = "##[";

/** `json` with `\u001b` and the like for whatever is not simply visible; line feeds between values stay. */
export function visibleJson(json: string): string {
  return json.replace(INVISIBLE, escaped).replaceAll(COMMAND, "##\\u005b");
}

/** `document` as a file or a pipe has it: indented, ending with a newline. */
export function jsonText(document: unknown): string {
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}
