// The flags of the commands as commander hands them over.

export interface ReportFlags {
  readonly format: string;
  readonly json?: true;
  readonly output?: readonly string[];
  readonly mebibytes?: true;
}

export interface RunFlags extends ReportFlags {
  readonly target?: readonly string[];
  /** Bytes. */
  readonly size?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly warmup?: number;
  readonly rounds?: number;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly dryRun?: true;
  readonly keep?: true;
  readonly force?: true;
  readonly allowFull?: true;
  readonly confirm?: readonly string[];
  /** Seconds. */
  readonly stallTimeout?: number;
  readonly strict?: true;
  readonly quiet?: true;
  readonly progress: boolean;
}
