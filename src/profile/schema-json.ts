// The zod schema of the profile document -> the text of profiles/schema.json, for editors.

import { z } from "zod";
import { profileDocument } from "./document.ts";

/** The JSON Schema (draft 2020-12) of what a person may write, ready to be stored. */
export function schemaJson(): string {
  const schema = z.toJSONSchema(profileDocument, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ title: "diskbench profile", ...schema }, null, 2)}\n`;
}
