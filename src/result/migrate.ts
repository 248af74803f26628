// A result document as an earlier diskbench wrote it -> the same document as this one writes it.

import { RESULT_SCHEMA } from "./version.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields that came after the first results of a version were written. */
interface Addition {
  /** Where they belong: names with dots between, `[]` for every element of a list. */
  readonly at: string;
  /** What it means that a document lacks them. */
  readonly absent: Fields;
}

const ROUND: Fields = {
  completionsPerWait: null,
  submittingSeconds: null,
  pauses: null,
  stopped: null,
  surroundings: null,
  threads: null,
  startedColdBasis: null,
};
const PAUSES: Fields = { waitsForCpu: null };
const INTERVAL: Fields = { read: null, write: null };
const RATES: Fields = { ios: null };

/** To add a field to the schema, say here what older results mean by not having it. Nothing else changes in a version. */
const ADDITIONS: readonly Addition[] = [
  { at: "", absent: { pairing: null } },
  { at: "machine", absent: { headroom: null } },
  { at: "targets[]", absent: { memoryBasis: null } },
  { at: "targets[].device", absent: { firmware: null, polls: null } },
  { at: "targets[].allocation", absent: { encryptedBytes: 0 } },
  { at: "cases[].settings", absent: { batch: null, polling: false, submitThread: false } },
  { at: "cases[].rounds[]", absent: ROUND },
  { at: "cases[].rounds[].pauses", absent: PAUSES },
  { at: "cases[].interruptedRound", absent: ROUND },
  { at: "cases[].interruptedRound.pauses", absent: PAUSES },
  { at: "cases[].rounds[].intervals[]", absent: INTERVAL },
  { at: "cases[].interruptedRound.intervals[]", absent: INTERVAL },
  { at: "cases[].summary", absent: RATES },
  { at: "cases[].summary.read", absent: RATES },
  { at: "cases[].summary.write", absent: RATES },
];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The values at a place; none where the document has nothing there, which the schema will complain about. */
function valuesAt(value: unknown, steps: readonly string[]): readonly unknown[] {
  const [step, ...others] = steps;
  if (step === undefined) return [value];
  if (step === "[]") return Array.isArray(value) ? value.flatMap((element) => valuesAt(element, others)) : [];
  return isObject(value) && Object.hasOwn(value, step) ? valuesAt(value[step], others) : [];
}

const stepsOf = (place: string): readonly string[] => (place === "" ? [] : place.replaceAll("[]", ".[]").split("."));

function complete(document: unknown, additions: readonly Addition[]): unknown {
  for (const { at, absent } of additions) {
    for (const found of valuesAt(document, stepsOf(at))) {
      if (!isObject(found)) continue;
      for (const [name, value] of Object.entries(absent)) if (!Object.hasOwn(found, name)) found[name] = value;
    }
  }
  return document;
}

/** One version of the document, and how a document of it becomes one of the next; the last: a complete one of its own. */
export interface Version {
  readonly schema: string;
  readonly step: (document: unknown) => unknown;
}

/** All versions that can be read, the oldest first. */
const VERSIONS: readonly Version[] = [{ schema: RESULT_SCHEMA, step: (document) => complete(document, ADDITIONS) }];

/** Changes a parsed document of any version in `versions`, in place, into the latest. Null: it is of none of them. */
export function migrate(document: unknown, versions: readonly Version[] = VERSIONS): unknown {
  const schema = isObject(document) ? document["schema"] : undefined;
  const first = versions.findIndex((version) => version.schema === schema);
  return first === -1 ? null : versions.slice(first).reduce((before, { step }) => step(before), document);
}
