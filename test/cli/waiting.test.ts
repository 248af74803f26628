// Calls of a platform that take their time -> each is a wait, with a word and an end; what is quick says nothing.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until, workplace } from "../support/diskbench.ts";
import { nbdServer } from "../support/nbd-file.ts";
import { describeWith } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";

interface Setting {
  readonly timeoutSeconds?: number;
  readonly quiet?: boolean;
}

/**
 * What runs `body` in a process of its own, with `waiting`; `on(files)`, which are watched; and `sleep(seconds)`, which
 * blocks its main thread.
 */
function wordsFor(undo: Undo, body: string, { timeoutSeconds = 30, quiet = false }: Setting = {}): string[] {
  const built = (name: string): string => JSON.stringify(new URL(`../../dist/cli/${name}.js`, import.meta.url).href);
  const script = `
    import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
    import { Waiting } from ${built("waiting")};
    import { watchPlatform } from ${built("watched-platform")};
    const waiting = new Waiting({ timeoutSeconds: ${timeoutSeconds}, quiet: ${quiet} });
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    const sleep = (seconds) => Atomics.wait(nobody, 0, 0, seconds * 1000);
    const on = (files) => watchPlatform({ files, volumes: {} }, waiting).files;
    ${body}
    waiting.close();`;
  return [join(workplace(undo, { "waits.mjs": script }), "waits.mjs")];
}

interface Done {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it beside others: mostly it sleeps. */
async function inProcess(words: readonly string[]): Promise<Done> {
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  return { status, signal, stdout, stderr };
}

describe.concurrent("a call about a file that does not come back", () => {
  test.for([
    ["an open file", `on({ statusOf: () => sleep(20) }).statusOf({ path: "/srv/disk" })`],
    ["a path, by an object of a class", `on(new (class { status() { sleep(20); } })()).status("/srv/disk")`],
    [
      "a name in a held directory",
      `on({ hold: () => ({ path: "/srv", look: () => sleep(20) }) }).hold("/srv").look("disk")`,
    ],
    [
      "a file in a directory that was located",
      `on({ locate: () => ({ directory: { path: "/srv", rename: () => sleep(20) }, name: "disk" }) })
         .locate("/srv/disk").directory.rename("disk", "other")`,
    ],
  ] as const)("is named, and ends the process in time: %s", async ([, body], { onTestFinished }) => {
    const { status, stderr } = await inProcess(wordsFor(onTestFinished, body, { timeoutSeconds: 1 }));
    expect(stderr.split("\n")[0]).toBe("Waiting for /srv/disk to answer");
    expect(stderr).toContain("diskbench: /srv/disk: It has not answered for 1 s.");
    expect(status).toBe(3);
  });

  test.for([
    ["it is looked at", `directory.look(name)`],
    ["its draft gets its name", `directory.rename(".draft", name)`],
    ["its draft is written", `files.write(directory.create(".draft", 0o666), "text")`],
    ["its draft is opened again, and closed", `files.close(directory.open(".draft", "read"))`],
  ] as const)("is named as the file that was located: %s", async ([, call], { onTestFinished }) => {
    const body = `
      const late = () => sleep(20);
      const held = {
        path: "/private/srv", look: late, rename: late,
        create: (name) => ({ path: "/private/srv/" + name }), open: (name) => ({ path: "/private/srv/" + name }),
      };
      const files = on({ locate: () => ({ directory: held, name: "disk" }), write: late, close: late });
      const { directory, name } = files.locate("/srv/disk");
      ${call};`;
    const child = spawn(process.execPath, wordsFor(onTestFinished, body), { stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [text] = (await once(child.stderr, "data")) as [Buffer];
    expect(text.toString()).toMatch(/^Waiting for \/srv\/disk to /);
  });

  test("is said to leave the test file, if there is one", async ({ onTestFinished }) => {
    const body = `
      waiting.wouldLeave(["/srv/disk", "/srv/other"]);
      on({ status: () => sleep(20) }).status("/srv/disk");`;
    const { stderr } = await inProcess(wordsFor(onTestFinished, body, { timeoutSeconds: 1 }));
    expect(stderr).toMatch(
      /^Waiting for .*\. If the command ends now, a test file may stay: \/srv\/disk, \/srv\/other$/m,
    );
    expect(stderr).toMatch(/^diskbench: .* a test file may stay: \/srv\/disk, \/srv\/other\. /m);
  });

  test("is named within a second", async ({ onTestFinished }) => {
    const body = `
      await new Promise((resolve) => setTimeout(resolve, 500));
      process.stdout.write("called");
      on({ status: () => sleep(8) }).status("/srv/disk");`;
    const child = spawn(process.execPath, wordsFor(onTestFinished, body), { stdio: ["ignore", "pipe", "pipe"] });
    await once(child.stdout, "data");
    const calledMs = performance.now();
    await Promise.race([once(child.stderr, "data"), once(child, "exit")]);
    expect(child.exitCode).toBeNull();
    // Four looks of 200 ms; the rest is for a machine that is busy.
    expect(performance.now() - calledMs).toBeLessThan(3000);
  });

  test("is named and ends the process also where that may take hardly any time", async ({ onTestFinished }) => {
    const body = `on({ status: () => sleep(20) }).status("/srv/disk");`;
    const { status, stderr } = await inProcess(wordsFor(onTestFinished, body, { timeoutSeconds: 0.1 }));
    expect(stderr).toMatch(
      /^Waiting for \/srv\/disk to answer\ndiskbench: \/srv\/disk: It has not answered for 0.1 s\./,
    );
    expect(status).toBe(3);
  });

  test("says nothing but the error under --quiet", async ({ onTestFinished }) => {
    const body = `on({ status: () => sleep(20) }).status("/srv/disk");`;
    const { status, stderr } = await inProcess(wordsFor(onTestFinished, body, { timeoutSeconds: 1.5, quiet: true }));
    expect(stderr).toMatch(/^diskbench: \/srv\/disk: It has not answered for 1.5 s\..*\n$/);
    expect(status).toBe(3);
  });
});

describe.concurrent("calls that come back", () => {
  test("say nothing while they are quick, however many there are, and give what they give", async ({
    onTestFinished,
  }) => {
    const done = await inProcess(
      wordsFor(
        onTestFinished,
        `
        const files = on({ statusOf: (file) => { sleep(0.05); return file.path.length; }, clock: 7 });
        let sum = files.clock;
        for (let call = 0; call < 40; call += 1) sum += files.statusOf({ path: "/a" });
        console.log(sum);`,
      ),
    );
    expect(done).toEqual({ status: 0, signal: null, stdout: "87\n", stderr: "" });
  });

  test("say nothing where each takes its time, in a longer look either", async ({ onTestFinished }) => {
    const done = await inProcess(
      wordsFor(
        onTestFinished,
        `
        const files = on({ status: () => sleep(0.3) });
        waiting.during("all of it", "to answer", () => { for (let call = 0; call < 8; call += 1) files.status("/a"); });`,
      ),
    );
    expect(done).toEqual({ status: 0, signal: null, stdout: "", stderr: "" });
  });

  test("say nothing where they only want a CPU", async ({ onTestFinished }) => {
    const body = `on({ status: () => { for (const end = performance.now() + 1500; performance.now() < end; ); } }).status("/a");`;
    const done = await inProcess(wordsFor(onTestFinished, body, { timeoutSeconds: 1 }));
    expect(done).toEqual({ status: 0, signal: null, stdout: "", stderr: "" });
  });

  test("are not ended in the middle of their work, and are told of once when they are always slow", async ({
    onTestFinished,
  }) => {
    const body = `
      const files = on({ flush: () => sleep(1.3) });
      for (let call = 0; call < 3; call += 1) files.flush({ path: "/a" });`;
    const { status, stderr } = await inProcess(wordsFor(onTestFinished, body, { timeoutSeconds: 0.5 }));
    expect([status, stderr]).toEqual([0, "Waiting for /a to be flushed\n"]);
  });

  test("leave signals as they were", async ({ onTestFinished }) => {
    const { status, stdout } = await inProcess(
      wordsFor(
        onTestFinished,
        `
        process.on("SIGINT", () => console.log("handled"));
        on({ status: () => sleep(1.5) }).status("/a");
        process.kill(process.pid, "SIGINT");
        await new Promise((resolve) => setTimeout(resolve, 100));`,
      ),
    );
    expect([status, stdout]).toEqual([0, "handled\n"]);
  });
});

describe.concurrent("a pipe whose other end does nothing", () => {
  const SIGINT_BIT = 2n;
  /** Signals for which the process has a handler (proc_pid_status(5)). */
  const caught = (processId: number | undefined): bigint =>
    BigInt(`0x${/^SigCgt:\s+(\w+)$/m.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1]}`);

  test.runIf(process.platform === "linux").for(["to be written to", "to be read"])(
    "is no reason to lose a signal that is sent long before the word: %s",
    async (wait, { onTestFinished }) => {
      const body = `
        process.on("SIGINT", () => undefined);
        process.stdout.write("called");
        waiting.during("/a", ${JSON.stringify(wait)}, () => sleep(20));`;
      const child = spawn(process.execPath, wordsFor(onTestFinished, body), { stdio: ["ignore", "pipe", "pipe"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      const ended = once(child, "exit");
      let said = "";
      child.stderr.on("data", (text: Buffer) => (said += text.toString()));
      await once(child.stdout, "data");
      await until("signals end the command", () => (caught(child.pid) & SIGINT_BIT) === 0n);
      // The word would be on its way by now if it came with that.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(said).toBe("");
      child.kill("SIGINT");
      expect(await ended).toEqual([null, "SIGINT"]);
    },
  );
});

test("a command without a wait is not kept by the thread that watches it", ({ onTestFinished }) => {
  const { status, signal } = spawnSync(process.execPath, wordsFor(onTestFinished, `process.exit(5)`), {
    timeout: 10_000,
  });
  expect([status, signal]).toEqual([5, null]);
});

describeWith(["root", "nbdkit", "nbdfuse", "/dev/fuse"], "a server that stops while a run looks at its file", () => {
  /** As a run has it: signals are handled, on the thread that waits. */
  const bodyFor = (path: string, fuseServerId: number): string => `
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => undefined);
    // The kernel asks at the first close whether closing is to be told, and without an answer lets no process end.
    closeSync(openSync(${JSON.stringify(path)}, "r"));
    const handle = openSync(${JSON.stringify(path)}, "r");
    process.kill(${fuseServerId}, "SIGSTOP");
    // A thread that is not stopped yet may take the request, and the kernel waits for what was taken, whatever happens.
    const tasks = "/proc/${fuseServerId}/task";
    const stateOf = (id) => readFileSync(tasks + "/" + id + "/stat", "utf8").replace(/^.*[)] /, "")[0];
    while (!readdirSync(tasks).every((id) => stateOf(id) === "T")) sleep(0.01);
    console.log("stopped");
    const files = on({ read: () => readSync(handle, Buffer.alloc(4096), 0, 4096, 0) });
    files.read({ path: ${JSON.stringify(path)} });
    closeSync(handle);`;

  test.concurrent.for([
    ["SIGINT", "stderr"],
    ["SIGTERM", "stderr"],
    ["SIGHUP", "stderr"],
    // What comes before the word is not lost.
    ["SIGINT", "stdout"],
  ] as const)(
    "is no reason to wait for it after %s, sent once %s has spoken",
    async ([signal, stream], { onTestFinished }) => {
      const { path, fuseServerId } = await nbdServer(onTestFinished, 2 ** 20);
      onTestFinished(() => void process.kill(fuseServerId, "SIGCONT"));
      const child = spawn(process.execPath, wordsFor(onTestFinished, bodyFor(path, fuseServerId)), {
        stdio: ["ignore", "pipe", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      const ended = once(child, "exit");
      let said = "";
      child[stream].setEncoding("utf8").on("data", (text: string) => (said += text));
      await until("a word", () => said.includes(stream === "stdout" ? "stopped" : `Waiting for ${path} to answer\n`));
      if (stream === "stdout") await new Promise((resolve) => setTimeout(resolve, 100));
      child.kill(signal);
      expect(await ended).toEqual([null, signal]);
    },
  );
});
