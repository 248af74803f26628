// A result, or the part of it that is one case -> the facts beside its figures in which results can differ.

import type { CaseResult, Result, ResultTarget } from "../result/result.ts";

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

export interface Facet {
  readonly what: string;
  readonly severity: "blocking" | "notable" | "harmless";
  readonly text: (result: Result) => string;
}

const ofTargets =
  (text: (target: ResultTarget) => string) =>
  ({ targets }: Result): string =>
    targets.map(text).join("; ");

/** Everything but the profile, which is taken apart by itself. */
export const FACETS: readonly Facet[] = [
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

function checkText(checks: Result["checks"], code: string): string {
  const found = checks.find((check) => check.code === code);
  return found === undefined ? "unknown" : `${found.status}: ${found.message}`;
}

/** The result as if it had been made for `cases` alone, of its own or renamed: with their targets only. */
export function partOf(result: Result, cases: readonly CaseResult[]): Result {
  const paths = new Set(cases.map(({ settings }) => settings.target));
  return { ...result, cases, targets: result.targets.filter(({ resolvedPath }) => paths.has(resolvedPath)) };
}
