// The types of the result document, made from its schema; importing them costs nothing at run time.

import type { z } from "zod";
import type { preparationSchema } from "./machine-schema.ts";
import type { histogramSchema, roundSchema, surroundingsSchema, transfersSchema } from "./round-schema.ts";
import type { resultSchema } from "./schema.ts";

/** `T` with nothing in it that could be assigned to, however deep. */
type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

export type Result = Immutable<z.output<typeof resultSchema>>;
export type ResultState = Result["state"];
export type Tool = Result["tool"];
export type ResultTarget = Result["targets"][number];
export type TargetPreparation = Immutable<z.output<typeof preparationSchema>>;
export type ResultFailure = Result["failures"][number];
export type Check = Result["checks"][number];

export type Pairing = NonNullable<Result["pairing"]>;
export type CaseResult = Result["cases"][number];
export type Summary = NonNullable<CaseResult["summary"]>;
export type Spread = Summary["iops"];
export type Rates = NonNullable<Summary["read"]>;

export type Round = Immutable<z.output<typeof roundSchema>>;
export type Surroundings = Immutable<z.output<typeof surroundingsSchema>>;
export type Transfers = Immutable<z.output<typeof transfersSchema>>;
export type Histogram = Immutable<z.output<typeof histogramSchema>>;
export type { LatencyNs, LatencyPercentile } from "../samples/summary.ts";
