// `diskbench validate`: a profile -> whether it is one, and how many cases it makes.

import { loadProfile } from "../profile/load.ts";
import { readProfileSource } from "./profile-source.ts";
import { print } from "./standard-streams.ts";

export async function validate(name: string): Promise<void> {
  const { where, text } = readProfileSource(name);
  const { points, rounds: count } = loadProfile(text, where);
  const cases = `${points.length} case${points.length === 1 ? "" : "s"}`;
  const rounds = `${count} round${count === 1 ? "" : "s"}`;
  await print(`${where}: valid, ${cases} of ${rounds} each\n`);
}
