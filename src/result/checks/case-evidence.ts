// What checks look at, and the few words that all of them use.

import { BACKEND_TRAITS, type BackendTraits, touchesTarget } from "../../shared/methods.ts";
import type { CaseResult, Check, Result, ResultTarget } from "../result.ts";
import { reads, writes } from "../../shared/operations.ts";

/** Every check, in the order in which they stand in a result. Each has a page under docs/checks/. */
export const CHECK_CODES = [
  "sums",
  "memory",
  "allocation",
  "cache-size",
  "content",
  "kernel-bytes",
  "foreign-io",
  "queue-depth",
  "generator",
  "pauses",
  "steady",
  "samples",
  "spread",
  "clock",
  "power",
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

/** What an I/O costs without any I/O, in nanoseconds of one CPU. */
export interface OwnCost {
  /** One turn of the measured loop over the null method. */
  readonly loopNs: number;
  /** One native call that does next to nothing. */
  readonly callNs: number;
}

/** A case whose last round is over. */
export interface CaseEvidence {
  readonly case: CaseResult;
  readonly target: ResultTarget;
  readonly machine: Result["machine"];
  /** Null: it was not measured. */
  readonly ownCost: OwnCost | null;
}

export type CaseCheck = (evidence: CaseEvidence) => Check;

type Facts = Check["facts"];

const checkOf =
  (status: Check["status"]) =>
  (code: CheckCode, message: string, facts: Facts): Check => ({ code, status, message, facts });
export const pass = checkOf("pass");
export const warn = checkOf("warn");
export const fail = checkOf("fail");

/** A check that cannot be made passes, and says why. */
export function cannotBeChecked(code: CheckCode, why: string, facts: Facts = {}): Check {
  return pass(code, `Cannot be checked: ${why}.`, { ...facts, cannotBeChecked: why });
}

export function traitsOf({ case: { settings } }: CaseEvidence): BackendTraits {
  return BACKEND_TRAITS[settings.backend];
}

export function touchesMedium({ case: { settings } }: CaseEvidence): boolean {
  return touchesTarget(settings.backend);
}

/** Whether Windows itself is played by something that has no disks of its own. */
export const isWine = ({ machine }: CaseEvidence): boolean => machine.operatingSystem.includes("(Wine ");

export const readsOf = ({ case: { settings } }: CaseEvidence): boolean => reads(settings.operation);
export const writesOf = ({ case: { settings } }: CaseEvidence): boolean => writes(settings.operation);

export function sumOver<Entry>(list: readonly Entry[], figure: (entry: Entry) => number): number {
  return list.reduce((sum, entry) => sum + figure(entry), 0);
}

/** A ratio in words: 0.0234 -> "2.3 %". Never rounded up to 100 %, which would hide what is missing. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  if (value >= 10 && (value < 99.5 || value >= 100)) return `${value.toFixed(0)} %`;
  return `${value < 100 ? (Math.floor(value * 10) / 10).toFixed(1) : value.toFixed(0)} %`;
}
