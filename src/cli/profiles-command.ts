// `diskbench profiles`: the built-in profiles -> a list, or the text of one.

import { builtinProfileNames, describeBuiltinProfile } from "../profile/builtin.ts";
import { readProfileSource } from "./profile-source.ts";
import { print } from "./standard-streams.ts";

export async function profiles(name: string | undefined): Promise<void> {
  if (name !== undefined) {
    await print(readProfileSource(name).text);
    return;
  }
  const names = builtinProfileNames();
  const width = Math.max(...names.map((each) => each.length));
  await print(names.map((each) => `${each.padEnd(width)}  ${describeBuiltinProfile(each) ?? ""}\n`).join(""));
}
