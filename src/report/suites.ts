// Cases, and what tests there are of each -> a suite per job.

import { groupBy } from "../shared/lists.ts";
import type { Suite, Test } from "./page.ts";

/** The first has `ofAll`, what is about no single case. */
export function suitesOf<Case extends { readonly job: string }>(
  ofAll: readonly Test[],
  cases: readonly Case[],
  testsOf: (each: Case) => readonly Test[],
): readonly Suite[] {
  const jobs = groupBy(cases, ({ job }) => job);
  return [
    { name: "diskbench", tests: ofAll },
    ...Array.from(jobs, ([name, ofJob]) => ({ name, tests: ofJob.flatMap(testsOf) })),
  ];
}
