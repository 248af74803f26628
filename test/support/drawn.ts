// A source and a number of I/Os -> what it draws, in words.

import { ROW, ROW_LENGTH } from "../../src/workload/rows.ts";
import type { Source } from "../../src/workload/source.ts";

export interface Drawn {
  readonly operation: "read" | "write";
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

export function drawn(source: Source, ios: number): readonly Drawn[] {
  const rows = new Float64Array(ios * ROW_LENGTH);
  source.begin(rows, 0, rows.length);
  source.draw(rows, 0, rows.length);
  return Array.from({ length: ios }, (_, index) => {
    const at = (place: number): number => rows[index * ROW_LENGTH + place] ?? Number.NaN;
    return {
      operation: at(ROW.operation) === 0 ? "read" : "write",
      offsetBytes: at(ROW.offset),
      lengthBytes: at(ROW.length),
    };
  });
}
