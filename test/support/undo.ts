// Things set up for a test -> taken down again in reverse order, whatever happens in between.

import { afterAll } from "vitest";

/** Takes note of how to undo something. Vitest's `onTestFinished` is such a function. */
export type Undo = (action: () => void) => void;

/** Runs every action, last first, whatever becomes of the others; then throws the first error, if there was one. */
function undoAll(actions: readonly (() => void)[]): void {
  const errors: unknown[] = [];
  for (const action of actions.toReversed()) {
    try {
      action();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/**
 * For what `beforeAll` sets up. Call it in the body of `describe`: vitest takes no note of an `afterAll` that is
 * called later.
 */
export function undoAfterAll(): Undo {
  const actions: (() => void)[] = [];
  afterAll(() => undoAll(actions));
  return (action) => actions.push(action);
}

/** Runs `body`, then undoes what it noted, also when it fails. */
export async function withCleanup<Result>(body: (undo: Undo) => Result | Promise<Result>): Promise<Result> {
  const actions: (() => void)[] = [];
  try {
    return await body((action) => actions.push(action));
  } finally {
    undoAll(actions);
  }
}
