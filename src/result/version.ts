// The name of the document's version, apart from its schema so that writers need no zod.

/** Stands first in every result; another number is another document. */
export const RESULT_SCHEMA = "diskbench-result/1";
