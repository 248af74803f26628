// The zod schema of the result document -> the text of schemas/result.json, for scripts and editors.

import { z } from "zod";
import { listElements } from "../shared/schema-parts.ts";
import { resultSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema (draft 2020-12) of what `run` and `ab` write, ready to be stored. */
export function resultSchemaJson(): string {
  const $defs: Record<string, JsonSchema> = {};
  const { $schema, ...document } = jsonSchemaOf(resultSchema, $defs);
  return `${JSON.stringify({ $schema, title: "diskbench result", ...document, $defs }, null, 2)}\n`;
}

/** The parts that have names are added to `parts`. */
function jsonSchemaOf(schema: z.ZodType, parts: Record<string, JsonSchema>): JsonSchema {
  const { $defs, ...whole } = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const element = listElements.get(zodSchema)?.element;
      if (!(element instanceof z.ZodType)) return;
      const { $schema: _, ...items } = jsonSchemaOf(element, parts);
      jsonSchema.items = items;
    },
  });
  Object.assign(parts, $defs);
  return whole;
}
