// A result document as an earlier diskbench wrote it -> the same document as this one writes it.

import { RESULT_SCHEMA } from "./version.ts";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One version of the document, and how a document of it becomes one of the next; of the last: itself. */
export interface Version {
  readonly schema: string;
  readonly step: (document: unknown) => unknown;
}

/** All versions that can be read, the oldest first. Version 1 begins with 0.1.0. */
const VERSIONS: readonly Version[] = [{ schema: RESULT_SCHEMA, step: (document) => document }];

/** Changes a parsed document of any version in `versions` into one of the latest. Null: it is of none of them. */
export function migrate(document: unknown, versions: readonly Version[] = VERSIONS): unknown {
  const schema = isObject(document) ? document["schema"] : undefined;
  const first = versions.findIndex((version) => version.schema === schema);
  return first === -1 ? null : versions.slice(first).reduce((before, { step }) => step(before), document);
}
