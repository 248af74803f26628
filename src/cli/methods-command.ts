// `diskbench methods`: this machine -> every method, what it calls here, and whether it can be used now.

import { jsonText } from "../shared/visible-json.ts";
import { loadPlatform } from "../platform/index.ts";
import { backendFor, BACKEND_TRAITS, METHODS, methodsOf, type Method } from "../shared/methods.ts";
import type { System } from "../shared/vocabulary.ts";
import { printGrid } from "./print-grid.ts";
import { print } from "./standard-streams.ts";

interface MethodRow {
  readonly method: Method;
  /** What it calls at queue depth 1 and deeper; null: it cannot go there. */
  readonly nativeCallAtDepth1: string | null;
  readonly nativeCallDeeper: string | null;
  readonly available: boolean;
  readonly note: string;
}

const OTHER: Readonly<Record<System, string>> = { linux: "Windows only", windows: "Linux only" };

function describeCall(system: System, method: Method, depth: number): string | null {
  const backend = backendFor(system, method, depth, null);
  if (backend === null) return null;
  const { nativeCall, queued } = BACKEND_TRAITS[backend];
  if (depth > 1 && !queued) return null;
  return backend === "io-uring-vectored" ? "io_uring (vectored)" : nativeCall;
}

export async function methods(flags: { readonly json?: true }): Promise<void> {
  const platform = await loadPlatform();
  const { system } = platform;
  const here = methodsOf(system);
  const rows = METHODS.map((method): MethodRow => {
    const depth1 = describeCall(system, method, 1);
    const deeper = describeCall(system, method, 2);
    if (!here.includes(method)) {
      return { method, nativeCallAtDepth1: null, nativeCallDeeper: null, available: false, note: OTHER[system] };
    }
    const backend = backendFor(system, method, deeper === null ? 1 : 2, null);
    const trouble = backend === null ? null : platform.unavailability(backend);
    return {
      method,
      nativeCallAtDepth1: depth1,
      nativeCallDeeper: deeper,
      available: trouble === null,
      note: trouble === null ? "" : `${trouble.reason}; use ${trouble.instead}`,
    };
  });
  if (flags.json === true) {
    await print(jsonText(rows));
    return;
  }
  await printGrid(
    ["Method", "At queue depth 1", "Deeper", "Here"],
    rows.map(({ method, nativeCallAtDepth1, nativeCallDeeper, available, note }) => [
      method,
      nativeCallAtDepth1 ?? "-",
      nativeCallDeeper ?? "-",
      note === "" ? (available ? "yes" : "no") : note,
    ]),
  );
}
