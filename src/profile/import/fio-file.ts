// The text of a fio job file -> its sections, as fio(1), "Job File Format", describes them.

import { MOST_OPTIONS, refuse, requireAtMost } from "./bounds.ts";
import type { FioSection, FioSetting, SettingReader } from "./fio-section.ts";

// fio cuts a line at the first of these, wherever it stands.
const COMMENT = /[;#].*$/;

/** Throws PROFILE_INVALID for what fio would not read either, and for `include`: no other file is opened. */
export function fioFileSections(text: string, where: string, reader: SettingReader): readonly FioSection[] {
  const sections: { readonly name: string; readonly settings: FioSetting[]; readonly isCommandLine: false }[] = [];
  let options = 0;
  for (const [index, full] of text.split("\n").entries()) {
    const line = full.replace(COMMENT, "").trim();
    if (line === "") continue;
    const place = `${where}: line ${index + 1}`;
    if (line.startsWith("[")) {
      const end = line.lastIndexOf("]");
      if (end < 2) refuse(place, "a section without a name", "Write it like [writer]");
      sections.push({ name: line.slice(1, end).trim(), settings: [], isCommandLine: false });
      continue;
    }
    if (/^include\s/.test(line)) {
      refuse(place, `${line} is not followed: no other file is opened`, "Put the contents of that file in its place");
    }
    options += 1;
    requireAtMost(where, options, MOST_OPTIONS, "options");
    const section = sections.at(-1);
    if (section === undefined) refuse(place, "an option stands before the first [section]");
    const equals = line.indexOf("=");
    const name = (equals === -1 ? line : line.slice(0, equals)).trim();
    const setting = reader.read(name, equals === -1 ? "" : line.slice(equals + 1).trim());
    if (setting !== null) section.settings.push(setting);
  }
  return sections;
}
