// `diskbench validate`: a profile -> whether it is one, and how many cases it makes.

import { loadProfile } from "../profile/load.ts";
import { readProfileSource } from "./profile-source.ts";
import { print } from "./standard-streams.ts";
import { counted } from "../shared/units.ts";

export async function validate(name: string): Promise<void> {
  const { where, text } = readProfileSource(name);
  const { points, rounds } = loadProfile(text, where);
  await print(`${where}: valid, ${counted(points.length, "case")} of ${counted(rounds, "round")} each\n`);
}
