// Parts that the schemas of documents share -> the schemas, and the types made from them, which cost no zod when they run.

import { z } from "zod";

// By default zod generates code for each schema. The few documents that one command reads are done before that pays.
z.config({ jitless: true });

/** `T` with nothing in it that could be assigned to, however deep. */
type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

/** What a document holds where `Schema` describes it. */
export type Described<Schema extends z.ZodType> = Immutable<z.output<Schema>>;

export const text = z.string();
export const flag = z.boolean();
export const count = z.int().nonnegative();
export const amount = z.number().nonnegative();
export const textOrNull = text.nullable();
export const countOrNull = count.nullable();
export const amountOrNull = amount.nullable();

type Shape = z.core.$ZodLooseShape;

/** An object without a name of its own. */
export const group = <Fields extends Shape>(description: string, fields: Fields) =>
  z.strictObject(fields).describe(description);
export const groupOrNull = <Fields extends Shape>(description: string, fields: Fields) =>
  z.strictObject(fields).nullable().describe(description);

/** A part that documentation and JSON Schema describe once, under its name. */
export const part = <Fields extends Shape>(id: string, description: string, fields: Fields) =>
  z.strictObject(fields).meta({ id, description });

/** A list with a million wrong elements would otherwise take gigabytes of issues, of which ten are told. */
const MOST_ISSUES = 100;

/** What the lists of `listOf` are lists of, for who writes a schema down. */
export const listElements = z.registry<{ readonly element: unknown }>();

/** Like `z.array(element)`, with at most a hundred issues, those of its lists within included. */
export function listOf<Element extends z.ZodType>(element: Element) {
  const list = z.array(z.unknown()).transform((values, context): z.output<Element>[] => {
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
  return list.register(listElements, { element });
}
