// The name of a built-in profile -> its file and text, from the package's profiles/ folder.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadProfile } from "./load.ts";

// The same distance from src/profile/ and from dist/profile/.
const folder = new URL("../../profiles/", import.meta.url);

export interface BuiltinProfile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** Names of the profiles that come with diskbench, in alphabetical order. */
export function builtinProfileNames(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && file !== "schema.json")
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

/** The built-in profile of that name; null when there is none. */
export function readBuiltinProfile(name: string): BuiltinProfile | null {
  if (!builtinProfileNames().includes(name)) return null;
  const path = fileURLToPath(new URL(`${name}.json`, folder));
  return { name, path, text: readFileSync(path, "utf8") };
}

/** What the built-in profile of that name is for, in its own words; null when there is none. */
export function describeBuiltinProfile(name: string): string | null {
  const builtin = readBuiltinProfile(name);
  return builtin === null ? null : loadProfile(builtin.text, builtin.path).description;
}
