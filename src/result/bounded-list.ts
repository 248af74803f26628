// A schema of elements -> the schema of a list of them that gives up early on a list that is wrong throughout.

import { z } from "zod";

/** A list with a million wrong elements would otherwise take gigabytes of issues, of which ten are told. */
const MOST_ISSUES = 100;

/** Like `z.array(element)`, with at most a hundred issues, those of its lists within included. */
export function listOf<Element extends z.ZodType>(element: Element) {
  return z.array(z.unknown()).transform((values, context): z.output<Element>[] => {
    const elements: z.output<Element>[] = [];
    let left = MOST_ISSUES;
    for (let index = 0; index < values.length && left > 0; index += 1) {
      const parsed = element.safeParse(values[index]);
      if (parsed.success) elements.push(parsed.data);
      else {
        const issues = parsed.error.issues.slice(0, left);
        for (const issue of issues) {
          context.issues.push({ ...issue, path: [index, ...issue.path], input: undefined });
        }
        left -= issues.length;
      }
    }
    return elements;
  });
}
