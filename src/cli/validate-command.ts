// `diskbench validate`: a profile -> whether it is one, and how many cases it makes.

import { impossiblePoints } from "../profile/impossible-points.ts";
import { parseProfile } from "../profile/load.ts";
import { throwFailures } from "../profile/lists.ts";
import { expandPoints } from "../profile/points.ts";
import { readProfileSource } from "./profile-source.ts";
import { print } from "./standard-streams.ts";

export async function validate(name: string): Promise<void> {
  const { where, text } = readProfileSource(name);
  const profile = parseProfile(text, where);
  const points = expandPoints(profile);
  throwFailures(impossiblePoints(points));
  const cases = `${points.length} case${points.length === 1 ? "" : "s"}`;
  const rounds = `${profile.rounds} round${profile.rounds === 1 ? "" : "s"}`;
  await print(`${where}: valid, ${cases} of ${rounds} each\n`);
}
