// The fields of a document -> those that say something.

export type Fields = Readonly<Record<string, unknown>>;

export function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
