// The types of the result document, made from its schema; importing them costs nothing at run time.

import type { histogramSchema, transfersSchema } from "../samples/round-schema.ts";
import type { Described } from "../shared/schema-parts.ts";
import type { roundSchema, surroundingsSchema } from "./round-schema.ts";
import type { resultSchema } from "./schema.ts";
import type { preparationSchema } from "./target-schema.ts";

export type Result = Described<typeof resultSchema>;
export type ResultState = Result["state"];
export type Tool = Result["tool"];
export type ResultTarget = Result["targets"][number];
export type TargetPreparation = Described<typeof preparationSchema>;
export type ResultFailure = Result["failures"][number];
export type Check = Result["checks"][number];

export type Pairing = NonNullable<Result["pairing"]>;
export type CaseResult = Result["cases"][number];
export type CaseMemberResult = NonNullable<CaseResult["members"]>[number];
export type Summary = NonNullable<CaseResult["summary"]>;
export type Spread = Summary["iops"];
export type Rates = NonNullable<Summary["read"]>;

export type Round = Described<typeof roundSchema>;
export type MemberRound = NonNullable<Round["members"]>[number];
export type Surroundings = Described<typeof surroundingsSchema>;
export type Transfers = Described<typeof transfersSchema>;
export type Histogram = Described<typeof histogramSchema>;
export type { LatencyNs } from "../samples/summary.ts";
