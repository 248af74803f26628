// The schemas of profiles and results -> schemas/*.json and profiles/schema.json, if they differ; a step of the build.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { schemaJson } from "../profile/schema-json.ts";
import { resultSchemaJson } from "./schema-json.ts";

const STORED = {
  "profiles/schema.json": schemaJson(),
  "schemas/profile.json": schemaJson(),
  "schemas/result.json": resultSchemaJson(),
};

// The same distance from src/result/ and from dist/result/.
const root = new URL("../../", import.meta.url);
mkdirSync(new URL("schemas/", root), { recursive: true });
for (const [path, text] of Object.entries(STORED)) {
  const file = new URL(path, root);
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
