// The source tree -> proof that it keeps its own rules: who imports whom, and what stands in one place only.

import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { PACKAGES } from "./support/requirements.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The text without comments, so that rules about code do not judge words. */
  readonly code: string;
}

function readTree(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js)$/.test(entry.name))
    .map((entry) => {
      const absolute = join(entry.parentPath, entry.name);
      const text = readFileSync(absolute, "utf8");
      const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
      return { path: relative(root, absolute).split(sep).join("/"), text, code };
    });
}

const source = readTree("src");
const everything = [...source, ...readTree("test"), ...readTree("bin")];

interface Wall {
  /** Folders of `src` that it may import besides itself and `shared`, and what these may import in turn. */
  readonly mayImport: readonly string[];
  /** Of what else it may know the types, which cost nothing when it runs. */
  readonly mayImportTypes?: readonly string[];
  readonly why: string;
}

/** By folder of `src`. `cli` may import everything, and nothing imports `cli`. ARCHITECTURE.md shows the same. */
const WALLS: Readonly<Record<string, Wall>> = {
  shared: { mayImport: [], why: "everybody speaks its words, so it knows nobody" },
  stats: { mayImport: [], why: "mathematics is the same for any numbers" },
  job: { mayImport: [], why: "what a job can say does not depend on who reads it" },
  platform: { mayImport: [], mayImportTypes: ["job"], why: "native calls serve everybody and decide nothing" },
  machine: { mayImport: ["platform"], why: "facts are read, not judged" },
  rules: { mayImport: ["job", "machine"], why: "an objection needs the words and the facts, not a whole profile" },
  profile: { mayImport: ["job", "rules"], why: "a profile is valid before anybody plans with it" },
  samples: { mayImport: ["stats"], why: "what was measured is plain data, whoever measured it" },
  workload: { mayImport: [], why: "a stream of I/Os is pure: the same seed gives the same one anywhere" },
  plan: {
    mayImport: ["job", "rules", "profile", "machine", "workload"],
    why: "a plan is decided before anything is touched",
  },
  target: { mayImport: ["plan", "machine", "platform"], why: "files are made ready as planned, by handles" },
  engine: {
    mayImport: ["plan", "platform", "samples", "workload"],
    why: "one round at a time: it knows no result, and loads nothing that would disturb a window",
  },
  result: {
    mayImport: ["profile", "machine", "plan", "samples", "stats"],
    why: "the document is made of data, not of a run",
  },
  run: {
    mayImport: ["plan", "target", "engine", "result"],
    why: "the one place in which targets, engine and result meet",
  },
  compare: {
    mayImport: ["result", "stats"],
    why: "a verdict rests on documents alone, so that it can be given anywhere and later",
  },
  report: { mayImport: ["result", "compare", "stats"], why: "text is made of documents, and never of a run" },
};

/** What of `node:fs` works on an open handle, or on nothing. `appendFileSync` is given one here. */
const BY_HANDLE: readonly string[] = ["constants", "closeSync", "readSync", "writeSync", "appendFileSync"];

/**
 * Whoever looks at a file by its path and uses it again by that path may use another one: somebody exchanges them in
 * between. So paths are named here alone; everything else goes through these, and works on handles.
 */
const MAY_NAME_FILES: Readonly<Record<string, string>> = {
  "src/platform/named-files.ts": "opens what a person named, once, and looks at it by the handle",
  "src/platform/linux/held-directory.ts": "lists a held directory, and says where a handle's file is, by /proc/self/fd",
  "src/platform/win32/held-directory.ts": "works in a directory that nobody can rename while it is held",
  "src/platform/linux/block-device.ts": "asks for free space and follows a path for words only",
  "src/platform/linux/device-traffic.ts": "reads /proc and /sys",
  "src/platform/linux/kernel-text.ts": "reads /proc and /sys",
  "src/platform/linux/memory.ts": "opens memory without a name by /proc/<process>/fd",
  "src/platform/linux/open-files.ts": "reads /proc",
  "src/platform/linux/process-state.ts": "reads /proc",
  "src/platform/linux/process-times.ts": "reads /proc",
  "src/platform/linux/scheduling-delay.ts": "reads /proc",
  "src/platform/linux/statx.ts": "reads /sys",
  "src/platform/linux/sysfs.ts": "reads /sys",
  "src/profile/builtin.ts": "reads diskbench's own profiles",
  "src/result/write-schemas.ts": "writes schemas of diskbench's own when it is built",
  "src/cli/standard-streams.ts": "writes to the two descriptors that every process has",
  "src/cli/package-version.ts": "reads diskbench's own package.json",
};

const importsOf = ({ code }: SourceFile): readonly string[] =>
  [...code.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)["']([^"']+)["']/gm)].map(([, name]) => name ?? "");

/** The file as it runs: what it imports of types only is not there. */
const withoutTypes = (file: SourceFile): SourceFile => ({
  ...file,
  code: file.code.replaceAll(/^(?:import|export) type [^"'=]*["'][^"']+["'];?$/gm, ""),
});

const folderOf = (path: string): string => path.split("/")[1] ?? "";

/** Folders of `src` that a file imports, its own left out. */
function importedFolders(file: SourceFile): readonly string[] {
  return importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((name) => folderOf(posix.normalize(posix.join(posix.dirname(file.path), name))))
    .filter((folder) => folder !== folderOf(file.path));
}

/** Paths of the files whose code matches. */
const filesWith = (pattern: RegExp, files = source): readonly string[] =>
  files.filter(({ code }) => pattern.test(code)).map(({ path }) => path);

describe("the source tree", () => {
  test("is there, and every folder has its rule", () => {
    expect(source.length).toBeGreaterThan(50);
    const folders = new Set(source.map(({ path }) => folderOf(path)));
    expect([...folders].filter((folder) => folder !== "cli" && !(folder in WALLS))).toEqual([]);
  });

  test("imports in one direction only", () => {
    const wrong = source
      .filter(({ path }) => folderOf(path) !== "cli")
      .flatMap((file) => {
        const folder = folderOf(file.path);
        const allowed = ["shared", ...allowedBelow(folder)];
        const forTypes = [...allowed, ...(WALLS[folder]?.mayImportTypes ?? [])];
        return [
          ...importedFolders(withoutTypes(file)).filter((name) => !allowed.includes(name)),
          ...importedFolders(file).filter((name) => !forTypes.includes(name)),
        ].map((name) => `${file.path} imports ${name}`);
      });
    expect(wrong).toEqual([]);
  });

  test("shows its walls in ARCHITECTURE.md as they are here", () => {
    const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const names = (folders: readonly string[]): string => folders.map((folder) => `\`${folder}\``).join(", ");
    const rows = Object.entries(WALLS).map(([folder, { mayImport, mayImportTypes = [], why }]) => {
      const types = mayImportTypes.length === 0 ? [] : [`types of ${names(mayImportTypes)}`];
      const may = [...(mayImport.length === 0 ? [] : [names(mayImport)]), ...types].join("; ");
      return `| \`${folder}\` | ${may === "" ? "nothing" : may} | ${why} |`;
    });
    expect(page).toContain(rows.join("\n"));
  });

  test("loads no zod into the engine, which takes the types of documents without their schemas", () => {
    const files = new Map(source.map((file) => [file.path, file]));
    const loaded = new Set(["src/engine/engine-process.ts", "src/engine/worker.ts"]);
    const packages = new Set<string>();
    for (const path of loaded) {
      const file = files.get(path);
      if (file === undefined) continue;
      for (const name of importsOf(withoutTypes(file))) {
        if (name.startsWith(".")) loaded.add(posix.normalize(posix.join(posix.dirname(path), name)));
        else packages.add(name);
      }
    }
    expect(packages).toContain("node:worker_threads");
    expect(packages).not.toContain("zod");
  });

  test("asks for the platform in one file only", () => {
    expect(filesWith(/process\.platform/)).toEqual(["src/platform/index.ts"]);
  });

  test("calls native code from platform/ only", () => {
    const users = source.filter((file) => importsOf(file).some((name) => name.startsWith("koffi")));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ path }) => !path.startsWith("src/platform/")).map(({ path }) => path)).toEqual([]);
  });

  test("opens, looks at and changes files by their paths in few places, each for a reason", () => {
    const users = source.flatMap((file) => {
      const names = [...file.text.matchAll(/import\s*\{([^}]*)\}\s*from "node:fs(?:\/promises)?"/g)].flatMap(
        ([, list = ""]) => list.split(",").map((name) => name.trim().replace(/ as .*/, "")),
      );
      const whole = /from "node:fs(?:\/promises)?"/.test(file.text) && names.length === 0;
      return whole || names.some((name) => name !== "" && !BY_HANDLE.includes(name)) ? [file.path] : [];
    });
    expect(users.filter((path) => !(path in MAY_NAME_FILES))).toEqual([]);
    expect(Object.keys(MAY_NAME_FILES).filter((path) => !users.includes(path))).toEqual([]);
  });

  test("writes to the terminal and sets exit codes in cli/ only", () => {
    const pattern = /process\.(stdout|stderr|exitCode)|\bconsole\./;
    expect(filesWith(pattern).filter((path) => !path.startsWith("src/cli/"))).toEqual([]);
  });

  test("knows in one file what becomes of what it prints", () => {
    expect(filesWith(/process\.(stdout|stderr)/)).toEqual(["src/cli/standard-streams.ts"]);
    // A thread's own streams are written by the main thread, which may be what has to be spoken of.
    expect(filesWith(/\bwriteSync\b/)).toEqual(["src/cli/waiting-thread.ts"]);
  });

  test("ends the process in cli/ only", () => {
    expect(filesWith(/process\.(exit|abort|reallyExit)\b/).filter((path) => !path.startsWith("src/cli/"))).toEqual([]);
  });

  test("has no default export and no file without a subject", () => {
    expect(filesWith(/^export default\b/m)).toEqual([]);
    expect(everything.filter(({ path }) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.)/.test(path))).toEqual([]);
  });

  test("begins every file with a line that says what it turns into what", () => {
    const silent = everything.filter(({ text }) => !/^(#!.*\n)?\/\/ \S.*\S/.test(text)).map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  test("leaves nothing for later", () => {
    // Spelled with gaps, so that this file does not find itself.
    const later = /TO[D]O|FIX[M]E|not [i]mplemented/;
    expect(everything.filter(({ text }) => later.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("every Debian package that a test may ask for is in the one list, and the list is sorted", () => {
    const listed = readFileSync(join(root, "test/debian-packages.txt"), "utf8").trimEnd().split("\n");
    expect(listed).toEqual(listed.toSorted());
    const asked = Object.values(PACKAGES).flatMap((names) => names.split(" "));
    expect(asked.filter((name) => !listed.includes(name))).toEqual([]);
  });
});

/** A folder may also import what the folders it may import are made of: types pass through. */
function allowedBelow(folder: string): readonly string[] {
  const direct = WALLS[folder]?.mayImport ?? [];
  return [...new Set([...direct, ...direct.flatMap(allowedBelow)])];
}
