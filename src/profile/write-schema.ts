// The profile's schema -> profiles/schema.json, rewritten only when it differs; a step of the build.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { schemaJson } from "./schema-json.ts";

// The same distance from src/profile/ and from dist/profile/.
const schemaFile = new URL("../../profiles/schema.json", import.meta.url);
const text = schemaJson();
if (!existsSync(schemaFile) || readFileSync(schemaFile, "utf8") !== text) writeFileSync(schemaFile, text);
