// What the one who asks for a report may choose about its looks.

import type { Result } from "../result/result.ts";
import type { Render } from "./formats.ts";

export interface ReportOptions {
  /** Escape sequences for colours; only the table has any. */
  readonly color: boolean;
  /** Columns of the terminal; only the table minds. Below 40 counts as 40. */
  readonly width: number;
  readonly mebibytes: boolean;
}

export type RenderReport = Render<Result, ReportOptions>;
