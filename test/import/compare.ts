// A combination of fio's options -> what fio does, what the imported profile does, and the notes that tell of the rest.

import { importProfile } from "../../src/profile/import/import-profile.ts";
import type { ImportNote } from "../../src/profile/import/import-notes.ts";
import { parseSizeBytes } from "../../src/shared/units.ts";
import type { Undo } from "../support/undo.ts";
import type { Combination } from "./combination.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { fioLoads } from "./fio-loads.ts";
import { ownLoads, type ProfileDocument } from "./own-loads.ts";
import { reasonFor } from "./reasons.ts";

interface Imported {
  readonly document: ProfileDocument;
  readonly notes: readonly ImportNote[];
}

export function importOf({ file, words }: Combination): Imported {
  const text = file ?? ["fio", ...words].map((word) => `'${word}'`).join(" ");
  const request = {
    text: file === null ? text.replace("'fio'", "fio") : text,
    format: "fio",
    where: "job.fio",
    name: "job",
  } as const;
  const { document, notes } = importProfile({ ...request, words: file === null ? [] : words });
  return { document: document as unknown as ProfileDocument, notes };
}

interface Explained {
  readonly difference: Difference;
  readonly note: ImportNote | null;
}

export async function compare(
  undo: Undo,
  combination: Combination,
): Promise<{ explained: readonly Explained[]; notes: readonly ImportNote[] }> {
  const { document, notes } = importOf(combination);
  const fio = await fioLoads(undo, combination);
  const size = document.target?.size;
  const own = await ownLoads(
    undo,
    document,
    Math.max(fio.fileSizeBytes, size === undefined ? 0 : (parseSizeBytes(String(size)) ?? 0)),
  );
  const differences = differencesOf(fio, own, combination.isTimed);
  return { notes, explained: differences.map((difference) => ({ difference, note: reasonFor(difference, notes) })) };
}

export const told = ({ job, kind, fio, own }: Difference): string =>
  `${job === "" ? "" : `${job}: `}${kind}: fio ${fio}; diskbench ${own}`;
