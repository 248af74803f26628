// The results of two sides -> everything in which they differ beside the figures, and whether that forbids comparing.

import type { Result, ResultTarget } from "../result/result.ts";
import { BLOCKING_DIFFERENCES, type BlockingDifference, type Difference } from "./comparison.ts";
import { profileDifferences } from "./profile-differences.ts";

/** Options that change who may do what, not how I/O is done. */
const NOT_ABOUT_IO = /^(?:nosuid|suid|nodev|dev|noexec|exec|seclabel|context=.*|errors=.*|(?:usr|grp|prj|no)?quota)$/;

function mountOptions({ mountOptions: options }: ResultTarget): string {
  if (options === null) return "unknown";
  const relevant = options.split(",").filter((option) => !NOT_ABOUT_IO.test(option));
  return relevant.sort().join(",");
}

/** The kernel's name for a device changes between boots; its serial number does not. */
function device({ device: facts }: ResultTarget): string {
  if (facts === null) return "unknown";
  const { name, model, serial, sizeBytes } = facts;
  if (serial !== null) return [model, `serial ${serial}`].filter((part) => part !== null).join(", ");
  return `${model ?? name}, ${sizeBytes ?? "unknown"} bytes`;
}

interface Facet {
  readonly what: string;
  readonly severity: "blocking" | "notable" | "harmless";
  readonly text: (result: Result) => string;
}

const ofTargets =
  (text: (target: ResultTarget) => string) =>
  ({ targets }: Result): string =>
    targets.map(text).join("; ");

/** Everything but the profile, which is taken apart by itself. */
const FACETS: readonly Facet[] = [
  { what: "device", severity: "blocking", text: ofTargets(device) },
  { what: "file-system", severity: "blocking", text: ofTargets(({ fileSystem }) => fileSystem ?? "none") },
  { what: "mount-options", severity: "blocking", text: ofTargets(mountOptions) },
  { what: "cpu", severity: "notable", text: ({ machine }) => `${machine.cpuCount} x ${machine.cpuModel}` },
  { what: "kernel", severity: "notable", text: ({ machine }) => machine.operatingSystem },
  { what: "tool", severity: "notable", text: ({ tool }) => `diskbench ${tool.version}` },
  {
    what: "firmware",
    severity: "notable",
    text: ofTargets((target) => target.device?.firmware ?? "unknown"),
  },
  {
    what: "write-cache",
    severity: "notable",
    text: ofTargets((target) => target.device?.writeCache ?? "unknown"),
  },
  { what: "power", severity: "notable", text: ({ checks }) => checkText(checks, "power") },
  {
    what: "allocation",
    severity: "notable",
    text: ofTargets(({ kind, preallocate, fill }) => `${kind}, preallocate ${preallocate}, fill ${fill}`),
  },
  { what: "target-size", severity: "notable", text: ofTargets(({ sizeBytes }) => `${sizeBytes} bytes`) },
  { what: "node", severity: "harmless", text: ({ tool }) => tool.node },
  { what: "koffi", severity: "harmless", text: ({ tool }) => tool.koffi },
  { what: "host", severity: "harmless", text: ({ machine }) => machine.hostname },
  { what: "memory", severity: "harmless", text: ({ machine }) => `${machine.memoryBytes} bytes` },
  { what: "target", severity: "harmless", text: ofTargets(({ resolvedPath }) => resolvedPath) },
];

/** What a check says, where the result has that check. */
function checkText(checks: Result["checks"], code: string): string {
  const found = checks.find((check) => check.code === code);
  return found === undefined ? "unknown" : `${found.status}: ${found.message}`;
}

const unique = (results: readonly Result[], text: (result: Result) => string): string =>
  [...new Set(results.map(text))].join(" | ");

function isBlocking(what: string): what is BlockingDifference {
  return BLOCKING_DIFFERENCES.some((each) => each === what);
}

/**
 * All differences between two sides of one or more results each. A side whose own results differ in a fact differs
 * from the other in it.
 */
export function differencesBetween(
  baseline: readonly Result[],
  candidate: readonly Result[],
  allowed: readonly BlockingDifference[],
): readonly Difference[] {
  const severityOf = (what: string, severity: Facet["severity"]): Difference["severity"] =>
    isBlocking(what) && allowed.includes(what) ? "allowed" : severity;
  const [first] = baseline;
  const profiles = new Map<string, Difference>();
  for (const other of [...baseline.slice(1), ...candidate]) {
    for (const { harmless, ...texts } of first === undefined ? [] : profileDifferences(first.profile, other.profile)) {
      const [what, severity] = harmless ? ["profile-words", "harmless" as const] : ["profile", "blocking" as const];
      const difference: Difference = { what, severity: severityOf(what, severity), ...texts };
      profiles.set(JSON.stringify(difference), difference);
    }
  }
  const facets = FACETS.flatMap(({ what, severity, text }): readonly Difference[] => {
    const [before, after] = [unique(baseline, text), unique(candidate, text)];
    if (before === after && !before.includes(" | ")) return [];
    return [{ what, severity: severityOf(what, severity), baseline: before, candidate: after }];
  });
  return [...profiles.values(), ...facets];
}
