// src/ and the libraries it uses -> dist/bundle/: few files, because node takes a millisecond to load each.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { defineConfig, type Plugin, type RolldownOptions } from "rolldown";

const ROOT = import.meta.dirname;
const LICENSE_FILE = /^(licen[cs]e|copying)/i;

/** What is bundled of others keeps its license, beside the bundle. */
const licenses: Plugin = {
  name: "licenses",
  generateBundle(_options, bundle) {
    const ids = Object.values(bundle).flatMap((output) => (output.type === "chunk" ? output.moduleIds : []));
    const folders = new Set(ids.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? []));
    if (folders.size === 0) return;
    const texts = [...folders].toSorted().map((folder) => licenseOf(folder));
    this.emitFile({ type: "asset", fileName: "licenses.txt", source: texts.join(`\n${"-".repeat(80)}\n\n`) });
  },
};

function licenseOf(folder: string): string {
  const file = readdirSync(folder).find((each) => LICENSE_FILE.test(each));
  if (file === undefined) throw new Error(`${folder} has no file with its license`);
  return `${relative(ROOT, folder)}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

/**
 * A file of the bundle for all that `entry` imports, and for no more: what it only imports when needed is left out. The
 * entry awaits nothing at its top level: what it waits for may need the same file. It is no system's own code either:
 * what systems share would lie beside calls that the others do not have.
 */
type Group = readonly [name: string, entry: string];

interface Entries {
  /** Each process and thread has its own files: they share nothing at run time, and loading two files takes longer. */
  readonly input: Readonly<Record<string, string>>;
  readonly prefix?: string;
  /** In the order in which they are loaded: a module belongs to the first one that imports it. */
  readonly groups?: readonly Group[];
  /** Whether files of an earlier build are deleted. */
  readonly cleanDir?: boolean;
}

function bundleOf({ input, prefix = "", groups = [], cleanDir = false }: Entries): RolldownOptions {
  let members: readonly (readonly [string, ReadonlySet<string>])[] | null = null;
  return {
    input: { ...input },
    platform: "node",
    // It is native code, and found by its own files.
    external: /^koffi/,
    preserveEntrySignatures: "allow-extension",
    plugins: [licenses],
    output: {
      dir: join(ROOT, "dist", "bundle"),
      cleanDir,
      // The comments that say which file of src/ a line is from stay.
      comments: { jsdoc: false, legal: false },
      entryFileNames: "[name].js",
      chunkFileNames: `${prefix}[name].js`,
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          {
            debugName: "what an entry imports",
            name(id, context) {
              // An entry awaits at its top level what may import a group again: in the same file they would wait for ever.
              if (context.getModuleInfo(id)?.isEntry === true) return null;
              members ??= groups.map(([name, entry]) => [name, importsOf(join(ROOT, "src", entry), context)]);
              return members.find(([, ids]) => ids.has(id))?.[0] ?? null;
            },
          },
        ],
      },
    },
  };
}

interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

function importsOf(entry: string, modules: Modules): ReadonlySet<string> {
  if (!existsSync(entry)) throw new Error(`there is no ${entry}`);
  const found = new Set<string>();
  const visit = (id: string): void => {
    const module = modules.getModuleInfo(id);
    if (found.has(id) || module === null) return;
    found.add(id);
    for (const imported of module.importedIds) visit(imported);
  };
  visit(entry);
  return found;
}

export default defineConfig([
  bundleOf({
    cleanDir: true,
    input: {
      main: "src/cli/main.ts",
      "status-signal": "src/shared/status-signal.ts",
    },
    groups: [
      ["start", "cli/main.ts"],
      // The engine is started before anything else is loaded.
      ["ahead", "engine/engine-ahead.ts"],
      ["measure", "cli/run-command.ts"],
    ],
  }),
  // It may be ended at any moment, and loads no native code, which would not bear that.
  bundleOf({ input: { "waiting-thread": "src/cli/waiting-thread.ts" }, prefix: "waiting-" }),
  bundleOf({
    input: { "engine-start": "src/engine/engine-start.ts" },
    prefix: "engine-",
    groups: [["workers", "engine/engine-workers.ts"]],
  }),
  bundleOf({ input: { worker: "src/engine/worker.ts" }, prefix: "worker-" }),
]);
