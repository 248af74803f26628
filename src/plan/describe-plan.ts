// A Plan -> the text that `--dry-run` prints: 80 columns, nothing but what is known before anything is touched.

import { groupBy } from "../shared/lists.ts";
import { printable } from "../shared/printable.ts";
import { wrap } from "../shared/text.ts";
import { counted, formatDuration, formatSize, humanBytes, humanSeconds } from "../shared/units.ts";
import type { Case, Plan, PlannedTarget } from "./plan.ts";

const LINE_WIDTH = 80;

/** `text` as lines that begin with `indent`, the first of them with `first`. Names and paths can hold anything. */
function lines(text: string, indent: string, first = indent): readonly string[] {
  return wrap(printable(text.replaceAll(/\s+/g, " ")), LINE_WIDTH, indent, first);
}

function describeHead({ profile, cases, rounds, seed }: Plan): readonly string[] {
  const head = `${profile.name}: ${counted(cases.length, "case")}, ${counted(rounds, "round")} each, seed ${seed}`;
  return [...lines(head, ""), ...(profile.description === null ? [] : lines(profile.description, ""))];
}

function describeFate({ kind, sizeBytes, fill, preallocate, fillBytes, facts, written }: PlannedTarget): string {
  const size = humanBytes(sizeBytes);
  const access = written ? "its contents are overwritten" : "only read";
  if (kind === "device") return `${size} of a device, used as it is; ${access}`;
  if (kind === "existing-file") {
    const filling = fillBytes === 0 ? "" : `, filled with ${fill} bytes first`;
    return `${size} of a file that is not diskbench's own${filling}; ${access}, never resized or removed`;
  }
  const origin = facts.existing === null ? "a new file" : "diskbench's own file, reused if it fits";
  const filling = preallocate === "fill" ? `filled with ${fill} bytes first` : `preallocate ${preallocate}`;
  return `${size}: ${origin}; ${filling}; removed at the end unless kept`;
}

function describePlace({ fileSystem, mountPoint, device, freeBytes, totalBytes }: PlannedTarget["facts"]): string {
  const sector = device?.logicalSectorBytes ?? null;
  const parts = [
    fileSystem === null ? null : `${fileSystem}${mountPoint === null ? "" : ` at ${mountPoint}`}`,
    device === null ? null : `device ${[device.name, device.model].filter((part) => part !== null).join(", ")}`,
    sector === null ? null : `sectors of ${formatSize(sector)}`,
    freeBytes === null
      ? null
      : `${humanBytes(freeBytes)}${totalBytes === null ? "" : ` of ${humanBytes(totalBytes)}`} free`,
  ];
  return parts.filter((part) => part !== null).join(", ") || "nothing is known about its place";
}

function describeAlignment({ directIo }: PlannedTarget["facts"]): string {
  const { offsetAlignmentBytes, basis } = directIo;
  const alignment =
    offsetAlignmentBytes === null ? "alignment unknown" : `aligned to ${formatSize(offsetAlignmentBytes)}`;
  return `unbuffered I/O: ${offsetAlignmentBytes === 0 ? "not to be had" : alignment} (${basis})`;
}

function describeTarget(target: PlannedTarget): readonly string[] {
  const inner = "    ";
  return [
    `  ${printable(target.facts.resolvedPath)}`,
    ...lines(describeFate(target), inner),
    ...lines(describePlace(target.facts), inner),
    ...lines(describeAlignment(target.facts), inner),
  ];
}

/** Warm-up and what ends the measured window. */
function describeTimes({ settings: { warmupSeconds, durationSeconds }, ios }: Case): string {
  const warmup = warmupSeconds === 0 ? "" : `${formatDuration(warmupSeconds)} + `;
  return `${warmup}${formatDuration(durationSeconds)}${ios === null ? "" : ` or ${ios} I/Os`}`;
}

const NUMBER_WIDTH = 4;

const longest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, text.length), 0);

/** One line per case; an id that is too long for its column gets a line of its own. */
function describeCases(cases: readonly Case[]): readonly string[] {
  const ids = cases.map(({ id }) => printable(id));
  const callWidth = longest(["native call", ...cases.map(({ settings }) => settings.nativeCall)]);
  const timesWidth = longest(["per round", ...cases.map(describeTimes)]);
  const roomForId = Math.max(20, LINE_WIDTH - NUMBER_WIDTH - callWidth - timesWidth - 6);
  const idWidth = Math.min(roomForId, longest(ids));
  const row = (number: string, id: string, call: string, times: string): readonly string[] => {
    const start = number.padStart(NUMBER_WIDTH);
    const rest = `${call.padEnd(callWidth)}  ${times}`;
    return id.length <= idWidth
      ? [`${start}  ${id.padEnd(idWidth)}  ${rest}`]
      : [`${start}  ${id}`, `${" ".repeat(NUMBER_WIDTH + idWidth + 4)}${rest}`];
  };
  return [
    ...row("#", "case", "native call", "per round"),
    ...cases.flatMap((one, index) =>
      row(String(one.index + 1), ids[index] ?? "", one.settings.nativeCall, describeTimes(one)),
    ),
  ];
}

function describeOrder({ order }: Plan): readonly string[] {
  const rounds = groupBy(order, ({ roundIndex }) => roundIndex);
  return [...rounds].flatMap(([roundIndex, entries]) =>
    lines(entries.map(({ caseIndex }) => caseIndex + 1).join(" "), "      ", `  round ${roundIndex + 1}: `),
  );
}

/** The whole text, lines ended by line feeds. */
export function describePlan(plan: Plan): string {
  const all = [
    ...describeHead(plan),
    "",
    plan.targets.length === 1 ? "Target" : "Targets",
    ...plan.targets.flatMap(describeTarget),
    "",
    "Cases",
    ...describeCases(plan.cases),
    "",
    "Order of cases",
    ...describeOrder(plan),
    "",
    `Estimated time: ${humanSeconds(plan.estimatedSeconds)}`,
    ...plan.notes.flatMap((note) => lines(`${note}.`, "  ", "- ")),
  ];
  return `${all.map((line) => line.trimEnd()).join("\n")}\n`;
}
