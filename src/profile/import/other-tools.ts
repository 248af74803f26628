// A text that is neither of fio nor a command line of DiskSpd -> what it is, and what to do with it.

import { commandNames } from "./command-start.ts";
import { fioOptionName } from "./fio-options.ts";

export interface Recognised {
  /** `a command line of elbencho, which is not read` */
  readonly what: string;
  readonly next: string;
}

/** Programs that measure or exercise disks, by the name they are started with. */
const TOOLS =
  "elbencho vdbench iozone sysbench ior mdtest bonnie++ bonnie hdparm dd ioping iometer dynamo fs_mark fs-mark filebench stress-ng postmark dbench tiobench sqlio crystaldiskmark diskmark64 kdiskmark winsat ezfio bench-fio fio-plot warp cosbench rados pgbench s3bench blktrace".split(
    " ",
  );
const TOOL_NAMES = new Set(TOOLS);

const WRITE_ONE = "Write what it does as a profile: diskbench init makes one to start from";

/** Files of other tools, by what stands in them. */
const FILES: readonly (readonly [is: (text: string) => boolean, recognised: Recognised])[] = [
  [
    (text) => text.startsWith("<") && /<Profile\b/i.test(text),
    {
      what: "this is an XML profile of DiskSpd, which is not read yet",
      next: "Give DiskSpd's options as a command line: diskspd -b4K -o8 ... file",
    },
  ],
  [
    (text) => text.startsWith("<"),
    { what: "this is XML or a web page", next: "Give the job file or command line in it as plain text" },
  ],
  [
    (text) => /^Version \d+\.\d+/.test(text) && text.includes("'ACCESS SPECIFICATIONS"),
    { what: "this is a configuration of Iometer, which is not read yet", next: WRITE_ONE },
  ],
  [
    (text) => text.startsWith("{") && text.includes('"fio version"'),
    { what: "this is a result of fio, not a job", next: "Give the job file or the command line that it came from" },
  ],
  [
    (text) => text.startsWith("{"),
    { what: "this is JSON", next: "A profile of diskbench needs no import: diskbench run FILE" },
  ],
  [
    (text) => /^[ \t]*(?:sd|wd|rd|hd|fsd|fwd|host)=/m.test(text),
    { what: "this is a parameter file of vdbench, which is not read yet", next: WRITE_ONE },
  ],
];

/** The tool that `line` runs; null: none that is known. */
export const toolOf = (line: string): string | null => commandNames(line).find((name) => TOOL_NAMES.has(name)) ?? null;

/** `first`: the first line that is no comment. Null: it is nothing that is known. */
export function recogniseOther(text: string, first: string): Recognised | null {
  const file = FILES.find(([is]) => is(text.trimStart()));
  if (file !== undefined) return file[1];
  const tool = toolOf(first);
  if (tool !== null) return { what: `this is a command line of ${tool}, which is not read`, next: WRITE_ONE };
  const [, option = ""] = /^\s*([\w-]+)\s*(?:=|$)/.exec(first) ?? [];
  if (option === "" || fioOptionName(option) === null) return null;
  return {
    what: `these are options of fio that stand before any [section]: ${option} comes first`,
    next: "Put them behind a line such as [job], or where another file includes them",
  };
}
