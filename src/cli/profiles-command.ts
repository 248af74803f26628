// `diskbench profiles`: the built-in profiles -> a list, or the text of one.

import { builtinProfileNames, describeBuiltinProfile } from "../profile/builtin.ts";
import { readProfileSource } from "./profile-source.ts";

export function profiles(name: string | undefined): void {
  if (name !== undefined) {
    process.stdout.write(readProfileSource(name).text);
    return;
  }
  const names = builtinProfileNames();
  const width = Math.max(...names.map((each) => each.length));
  for (const each of names) process.stdout.write(`${each.padEnd(width)}  ${describeBuiltinProfile(each) ?? ""}\n`);
}
