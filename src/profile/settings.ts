// `--set jobs.0.queueDepth=8` -> the same document with that value in that place.

import { type Failure, throwFailures } from "../shared/errors.ts";

export interface Setting {
  readonly path: string;
  readonly value: string;
}

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** Objects that a profile may leave out and that are made when something is set within them. */
const MADE_ON_DEMAND: readonly string[] = ["defaults", "target"];

const LONGEST_SHOWN = 200;

function refusal(setting: Setting, what: string, next: string): Failure {
  const typed = `${setting.path}=${setting.value}`;
  const shown = typed.length > LONGEST_SHOWN ? `${typed.slice(0, LONGEST_SHOWN)}...` : typed;
  return { code: "BAD_USAGE", where: `--set ${shown}`, what, next };
}

const FORMS = "Paths look like jobs.0.queueDepth, jobs[0].queueDepth or defaults.duration; entries count from 0";

function keysOf(path: string): readonly string[] | null {
  const keys = path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  return keys.every((key) => /^[\w$-]+$/.test(key)) ? keys : null;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What stands below `key`, a place to go on from; undefined when the way ends here. */
function step(container: Container, key: string, isFirst: boolean): Container | undefined {
  // Own keys only: `__proto__` and `constructor` lead nowhere.
  const inner: unknown = Object.hasOwn(container, key) ? Reflect.get(container, key) : undefined;
  if (isContainer(inner)) return inner;
  if (!isFirst || Array.isArray(container) || !MADE_ON_DEMAND.includes(key)) return undefined;
  if (inner === undefined) return (container[key] = {});
  // The short form of a target is its path.
  return typeof inner === "string" ? (container[key] = { path: inner }) : undefined;
}

/** Lists do not grow; objects take any key, and the schema judges it later. */
function canHold(container: Container, key: string): boolean {
  return Array.isArray(container) ? /^\d+$/.test(key) && Object.hasOwn(container, key) : key !== "__proto__";
}

function applySetting(document: unknown, setting: Setting): Failure | null {
  const keys = keysOf(setting.path);
  const last = keys?.at(-1);
  if (keys === null || last === undefined) return refusal(setting, "this is no path into a profile", FORMS);
  let container: Container | undefined = isContainer(document) ? document : undefined;
  for (const [index, key] of keys.slice(0, -1).entries()) {
    container = container === undefined ? undefined : step(container, key, index === 0);
  }
  if (container === undefined || !canHold(container, last)) {
    return refusal(setting, "this path leads nowhere in the profile", FORMS);
  }
  Reflect.set(container, last, valueOf(setting.value));
  return null;
}

/**
 * A copy of `document` with `settings` applied in order. Values are JSON, else texts; whether they are allowed is
 * for `resolveProfile` to say. Throws BAD_USAGE naming every path that leads nowhere.
 */
export function applySettings(document: unknown, settings: readonly Setting[]): unknown {
  const copy = structuredClone(document);
  throwFailures(settings.map((setting) => applySetting(copy, setting)).filter((failure) => failure !== null));
  return copy;
}
