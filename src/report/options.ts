// What the one who asks for a report may choose about its looks.

import type { Result } from "../result/result.ts";

export interface Looks {
  /** Escape sequences for colours; only tables have any. */
  readonly color: boolean;
  /** Columns of the terminal; only tables mind. Below 40 counts as 40. */
  readonly width: number;
}

export interface ReportOptions extends Looks {
  readonly mebibytes: boolean;
}

/** Writes `Subject`, a result or a comparison. */
export type Render<Subject, Options> = (subject: Subject, options: Options) => string;

export type RenderReport = Render<Result, ReportOptions>;
