// A platform -> the same platform, on which no call about a file waits without a word.

import { join } from "node:path";
import { loadFiles } from "../platform/index.ts";
import { waitsForOthers } from "../platform/named-files.ts";
import type { Files, HeldDirectory, OpenFile, Platform } from "../platform/platform.ts";
import { type Wait, Waiting } from "./waiting.ts";

/** Verbs that may take their time; what all others ask is answered soon by any file system that works. */
const WORK: Readonly<Partial<Record<keyof Files | keyof HeldDirectory, Wait>>> = {
  reserve: "to get its space",
  resize: "to get its size",
  declareValid: "to get its size",
  allocation: "to tell where its data is",
  write: "to take what is written",
  flush: "to become durable",
  evict: "to leave the cache",
  // NFS writes back first.
  close: "to be closed",
  remove: "to be removed",
};
const WAIT_OF = new Map<string | symbol, Wait>(Object.entries(WORK));

/** What a verb is about: it begins with a path, or an open file; null: about neither. */
function pathIn(word: unknown): string | null {
  if (typeof word === "string") return word;
  return typeof word === "object" && word !== null && "path" in word && typeof word.path === "string"
    ? word.path
    : null;
}

/** Undefined: an answer. */
function waitFor(verb: string | symbol, word: unknown): Wait | undefined {
  const isPipe = verb === "write" && typeof word === "object" && word !== null && "handle" in word;
  return isPipe && waitsForOthers(Number(word.handle)) ? "to be read" : WAIT_OF.get(verb);
}

/**
 * `verbs`, of which each call is a wait; `instead` are some of them, done differently. All of them are, by what they have
 * in common: a verb that is new, and that nobody thought of here, would be the one that waits without a word.
 */
function watched<Verbs extends object>(
  verbs: Verbs,
  waiting: Waiting,
  pathOf: (word: unknown) => string | null = pathIn,
  instead: Partial<Verbs> = {},
  other: Wait = "to answer",
): Verbs {
  return new Proxy(verbs, {
    get(all, name) {
      const verb: unknown = Reflect.get(instead, name) ?? Reflect.get(all, name);
      if (typeof verb !== "function") return verb;
      return (...words: readonly unknown[]): unknown => {
        const call = (): unknown => Reflect.apply(verb, all, words);
        const path = pathOf(words[0]);
        return path === null ? call() : waiting.during(path, waitFor(name, words[0]) ?? other, call);
      };
    },
  });
}

/** Its verbs begin with an open file or a single name in it, or are about itself. */
function watchDirectory(directory: HeldDirectory, waiting: Waiting, other: Wait): HeldDirectory {
  const pathOf = (word: unknown): string =>
    typeof word === "string" ? join(directory.path, word) : (pathIn(word) ?? directory.path);
  return watched(directory, waiting, pathOf, {}, other);
}

/** `other`: what verbs wait for that are no work by themselves. */
export function watchFiles(files: Files, waiting: Waiting, other: Wait = "to answer"): Files {
  /** Files that were opened on behalf of another one: a draft means nothing to whoever asked for a result. */
  const meant = new WeakMap<object, string>();
  const pathOf = (word: unknown): string | null =>
    (typeof word === "object" && word !== null ? meant.get(word) : undefined) ?? pathIn(word);
  const instead: Partial<Files> = {
    hold: (path, links, make) => watchDirectory(files.hold(path, links, make), waiting, other),
    locate(path, make) {
      const { directory, name } = files.locate(path, make);
      const meaning = <File extends OpenFile | null>(file: File): File => {
        if (file !== null) meant.set(file, path);
        return file;
      };
      const opening: Partial<HeldDirectory> = {
        open: (...words) => meaning(directory.open(...words)),
        create: (...words) => meaning(directory.create(...words)),
        createMarked: (...words) => meaning(directory.createMarked(...words)),
      };
      return { directory: watched(directory, waiting, () => path, opening, other), name };
    },
  };
  return watched(files, waiting, pathOf, instead, other);
}

export function watchPlatform(platform: Platform, waiting: Waiting): Platform {
  const { files, volumes, evidence } = platform;
  return {
    ...platform,
    files: watchFiles(files, waiting),
    volumes: watched(volumes, waiting),
    ...(evidence === undefined ? {} : { evidence: watched(evidence, waiting) }),
  };
}

/** For a command that writes to `paths` and does nothing else: only whoever reads a pipe may keep it waiting. */
export async function loadFilesToWrite(paths: readonly string[]): Promise<Files> {
  const files = await loadFiles();
  if (!paths.some(waitsForOthers)) return files;
  return watchFiles(files, new Waiting({ timeoutSeconds: Infinity, quiet: false }));
}
