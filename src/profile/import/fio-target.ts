// The file options of a fio job -> the path and size of a profile's target.

import { formatSize } from "../../shared/units.ts";
import { isWithin, LIMITS } from "../../job/limits.ts";
import { DEFAULT_TARGET } from "../defaults.ts";
import type { FioJobOptions } from "./fio-job-options.ts";
import { holdsVariable } from "./fio-values.ts";

export interface FioTarget {
  readonly path: string;
  /** The part of the file that one clone of the job uses; null: all there is. */
  readonly regionBytes: number | null;
  /** What one clone reads and writes unless it is told an amount; null: as much as there is. */
  readonly sizeBytes: number | null;
  /** The file, which has room for the regions of all clones that had files of their own; null: as large as it is. */
  readonly fileBytes: number | null;
  /** The file as an earlier job that names it too has made it, where that is larger; else the region; null: not known. */
  readonly roomBytes: number | null;
}

/** The parts between colons; `\:` is a colon within a part (HOWTO, "filename"). */
function partsOf(text: string): readonly string[] {
  return text
    .split(/(?<!\\):/)
    .map((part) => part.replaceAll("\\:", ":"))
    .filter((part) => part !== "");
}

/** The one file or directory that an option names; null: none. */
function firstOf(options: FioJobOptions, name: string): string | null {
  const text = options.text(name);
  if (text === null || text === "") return null;
  const [first, ...others] = partsOf(text);
  if (others.length > 0) options.note("files", name, `${first} is used`);
  if (holdsVariable(text)) options.note("variable", name);
  return first ?? null;
}

const DEVICE = /^(?:\/dev\/(?!shm\/)|\\\\\.\\)/;

function pathOf(options: FioJobOptions): string {
  const file = firstOf(options, "filename");
  const directory = firstOf(options, "directory")?.replace(/[/\\]+$/, "");
  if (file !== null && DEVICE.test(file)) options.note("device", "filename");
  if (file !== null) return directory === undefined ? file : `${directory}/${file}`;
  // With a separator at its end it is a directory in which diskbench makes its file.
  return directory === undefined ? DEFAULT_TARGET.path : `${directory}/`;
}

function sizeOf(options: FioJobOptions, name: "size" | "filesize"): number | null {
  const percent = options.percent(name);
  if (percent !== null && percent !== 100) options.note("percent", name);
  if (percent !== null) return null;
  const bytes = options.size(name);
  return bytes === null || bytes === 0 ? null : options.limited(name, bytes, LIMITS.targetSizeBytes);
}

/** One file for all clones; where each of `clones` had files of its own it is as large as these together. */
function fileOf(options: FioJobOptions, clones: number, regionBytes: number | null): number | null {
  if (clones === 1 || options.has("filename")) return regionBytes;
  const all = regionBytes === null ? null : regionBytes * clones;
  const isPossible = all !== null && isWithin(LIMITS.targetSizeBytes, all);
  options.note(
    "own-files",
    "numjobs",
    isPossible
      ? `all threads use one file of ${formatSize(all)}, as large as the ${clones} of the original together`
      : null,
  );
  return isPossible ? all : regionBytes;
}

/** Jobs find what others of the same file name have made. */
function roomOf(
  options: FioJobOptions,
  path: string,
  regionBytes: number | null,
  earlier: readonly FioTarget[],
): number | null {
  if (regionBytes === null || !options.has("filename")) return regionBytes;
  return earlier.reduce((most, each) => (each.path === path ? Math.max(most, each.fileBytes ?? 0) : most), regionBytes);
}

/**
 * `filesize` is how large each file is and `size` how much is done, which also says the size where the former does not.
 * `leastBlockBytes`: of the blocks of both directions; `earlier`: the targets of the jobs before.
 */
export function fioTarget(
  options: FioJobOptions,
  clones: number,
  leastBlockBytes: number,
  earlier: readonly FioTarget[],
): FioTarget {
  const files = options.has("filename") ? 1 : (options.amount("nrfiles") ?? 1);
  const eachFile = sizeOf(options, "filesize");
  const filesBytes = eachFile !== null && Number.isSafeInteger(eachFile * files) ? eachFile * files : null;
  const share = filesBytes === null ? null : options.percent("size");
  // A share of the files is all that fio makes of them, and it is cut to whole blocks (fio 3.33).
  const exact = share === null || filesBytes === null ? null : Math.floor((filesBytes * share) / 100);
  const part = exact === null || share === 100 ? exact : exact - (exact % leastBlockBytes);
  const statedSize = part ?? sizeOf(options, "size");
  const regionBytes = part ?? filesBytes ?? statedSize;
  const path = pathOf(options);
  return {
    path,
    regionBytes,
    sizeBytes: statedSize ?? regionBytes,
    fileBytes: fileOf(options, clones, regionBytes),
    roomBytes: roomOf(options, path, regionBytes, earlier),
  };
}
