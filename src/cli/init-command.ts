// `diskbench init`: nothing -> a profile to start from, in a new file.

import { starterProfile } from "../profile/starter.ts";
import { writeNewProfile } from "./new-file.ts";

export async function init(file: string): Promise<void> {
  await writeNewProfile(file, starterProfile());
  process.stdout.write(`${file} written; run it with: diskbench run ${file}\n`);
}
