// A platform -> the same platform, with every call about a file watched: one that takes long is named.

import { join } from "node:path";
import { loadFiles } from "../platform/index.ts";
import { waitsForOthers } from "../platform/named-files.ts";
import type { Files, HeldDirectory, OpenFile, Platform } from "../platform/platform.ts";
import { type Wait, Waiting } from "./waiting.ts";

/** Verbs that may take long. A file system that works answers all others soon. */
const WORK: Readonly<Partial<Record<keyof Files | keyof HeldDirectory, Wait>>> = {
  reserve: "to be allocated",
  resize: "to be resized",
  declareValid: "to be resized",
  allocation: "to report its allocation",
  write: "to accept what is written",
  flush: "to be flushed",
  evict: "to leave the page cache",
  // NFS writes everything back first.
  close: "to be closed",
  remove: "to be removed",
};
const WAIT_OF = new Map<string | symbol, Wait>(Object.entries(WORK));

/** What a verb is about, by its first argument: a path, or an open file. Null: it is about neither. */
function pathIn(word: unknown): string | null {
  if (typeof word === "string") return word;
  return typeof word === "object" && word !== null && "path" in word && typeof word.path === "string"
    ? word.path
    : null;
}

/** Undefined: this is no work, so it waits for an answer. */
function waitFor(verb: string | symbol, word: unknown): Wait | undefined {
  const isPipe = verb === "write" && typeof word === "object" && word !== null && "handle" in word;
  return isPipe && waitsForOthers(Number(word.handle)) ? "to be read" : WAIT_OF.get(verb);
}

/**
 * `verbs`, with every call watched; `instead` replaces some of them. A proxy covers all verbs, so that none that is added
 * later can be forgotten here.
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

/** The first argument of its verbs is an open file or a name in it; without one the verb is about the directory. */
function watchDirectory(directory: HeldDirectory, waiting: Waiting, other: Wait): HeldDirectory {
  const pathOf = (word: unknown): string =>
    typeof word === "string" ? join(directory.path, word) : (pathIn(word) ?? directory.path);
  return watched(directory, waiting, pathOf, {}, other);
}

/** `other`: what the verbs that are no work wait for. */
export function watchFiles(files: Files, waiting: Waiting, other: Wait = "to answer"): Files {
  /** Open files -> the path that somebody asked for. A draft has a name that they have never seen. */
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

/** For a command that only writes to `paths`: nothing but the reader of a pipe can keep it waiting. */
export async function loadFilesToWrite(paths: readonly string[]): Promise<Files> {
  const files = await loadFiles();
  if (!paths.some(waitsForOthers)) return files;
  return watchFiles(files, new Waiting({ timeoutSeconds: Infinity, quiet: false }));
}
