// The cases of a job -> one heading with what they have in common, and for each case a label with what sets it apart.

import { JOB_FIELD_LIST, type NamedField } from "../job/fields.ts";
import type { CaseResult } from "../result/result.ts";
import { groupBy } from "../shared/lists.ts";

type Settings = CaseResult["settings"];

interface Dimension {
  readonly text: (settings: Settings) => string;
  /** What goes without saying in a heading. */
  readonly usual?: string;
  /** Stands in the label even when no case differs in anything. */
  readonly essential?: true;
}

const textOf =
  ({ name, inLabel }: NamedField) =>
  (settings: Settings): string => {
    const value = settings[name];
    return value === null || inLabel === null ? "" : inLabel.text(value);
  };

/** A field's own dimension, or one with the field before it. */
function dimensionOf(field: NamedField, before: Dimension | undefined): Dimension {
  const { inLabel } = field;
  const usual = inLabel?.usual;
  const text = textOf(field);
  return {
    text: before === undefined ? text : (settings) => before.text(settings) + text(settings),
    ...(usual === undefined || inLabel === null ? {} : { usual: inLabel.text(usual) }),
    ...(inLabel?.always === true ? { essential: true } : {}),
  };
}

/** Beside the method, of which it is a part. */
const CALL: Dimension = { text: ({ method, nativeCall }) => (nativeCall === method ? "" : `via ${nativeCall}`) };

/** In the order in which they are read. An empty text is left out. */
const DIMENSIONS: readonly Dimension[] = JOB_FIELD_LIST.reduce<Dimension[]>((dimensions, field) => {
  if (field.inLabel === null) return dimensions;
  const before = field.inLabel.joined === true ? dimensions.pop() : undefined;
  dimensions.push(dimensionOf(field, before));
  if (field.name === "method") dimensions.push(CALL);
  return dimensions;
}, []);

const TARGET: Dimension = { text: ({ target }) => `on ${target}` };

export interface LabelledCase {
  readonly label: string;
  readonly case: CaseResult;
}

/** The cases of one job, in the order of the result. */
export interface CaseGroup {
  readonly heading: string;
  readonly cases: readonly LabelledCase[];
}

function labelGroup(job: string, cases: readonly CaseResult[], dimensions: readonly Dimension[]): CaseGroup {
  const textsOf = ({ text }: Dimension): readonly string[] => cases.map(({ settings }) => text(settings));
  const differs = (dimension: Dimension): boolean => new Set(textsOf(dimension)).size > 1;
  const different = dimensions.filter(differs);
  const inLabel = different.length > 0 ? different : dimensions.filter(({ essential }) => essential === true);
  const common = dimensions
    .filter((dimension) => !inLabel.includes(dimension))
    .map((dimension) => ({ text: textsOf(dimension)[0] ?? "", usual: dimension.usual }))
    .filter(({ text, usual }) => text !== "" && text !== usual)
    .map(({ text }) => text);
  const labels = cases.map(({ settings }) =>
    inLabel
      .map(({ text }) => text(settings))
      .filter(Boolean)
      .join(" "),
  );
  // Cases that differ in nothing named here are told apart by their ids.
  const ambiguous = new Set(labels).size < labels.length;
  return {
    heading: [`${job}:`, ...common].join(" "),
    cases: cases.map((each, index) => ({
      label: ambiguous ? each.id : (labels[index] ?? each.id),
      case: each,
    })),
  };
}

/** Groups cases by job, jobs in the order of their first case. */
export function groupCases(cases: readonly CaseResult[]): readonly CaseGroup[] {
  const jobs = groupBy(cases, ({ job }) => job);
  const severalTargets = new Set(cases.map(({ settings }) => settings.target)).size > 1;
  const dimensions = severalTargets ? [...DIMENSIONS, TARGET] : DIMENSIONS;
  return Array.from(jobs, ([job, ofJob]) => labelGroup(job, ofJob, dimensions));
}
