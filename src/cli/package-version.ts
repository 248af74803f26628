// A package.json -> the version in it.

import { readFileSync } from "node:fs";

/** The `version` of the package description at `url`. */
export function packageVersion(url: URL): string {
  const description: unknown = JSON.parse(readFileSync(url, "utf8"));
  const known = typeof description === "object" && description !== null && "version" in description;
  return known ? String(description.version) : "unknown";
}

/** diskbench's own version. */
export function ownVersion(): string {
  return packageVersion(new URL("../../package.json", import.meta.url));
}
