// A package.json -> the version in it.

import { readFileSync } from "node:fs";

export function packageVersion(url: URL): string {
  const description: unknown = JSON.parse(readFileSync(url, "utf8"));
  const known = typeof description === "object" && description !== null && "version" in description;
  return known ? String(description.version) : "unknown";
}

export function ownVersion(): string {
  return packageVersion(new URL("../../package.json", import.meta.url));
}
