// What a plan needs to know about the computer and about each target's place on it; plain data, typed by its schemas.

import type { Described } from "../shared/schema-parts.ts";
import type { machineSchema, targetFactsSchema } from "./facts-schema.ts";

export type { DeviceFacts } from "../platform/platform.ts";

export type Machine = Described<typeof machineSchema>;

/** A target's place: what is there now, and what it stands on. */
export type TargetFacts = Described<typeof targetFactsSchema>;
