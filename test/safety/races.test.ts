// Another user who exchanges names without rest, in a directory of his own -> no file of ours is written to or removed.

import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { updateResultFile, writeFileAtomically } from "../../src/result/store.ts";
import { DiskbenchError } from "../../src/shared/errors.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { temporaryDirectory } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import { ATTACK_SECONDS, PATIENCE_MS, WIDENED_SECONDS } from "./length.ts";
import { ATTACKER, startRacer } from "./racer.ts";

const { files } = linuxPlatform;

/** A directory of the attacker's, and one of ours in which something precious is. */
function places(): { readonly his: string; readonly ours: string; readonly precious: string } {
  const his = temporaryDirectory(onTestFinished);
  const ours = temporaryDirectory(onTestFinished);
  for (const directory of [his, ours]) chmodSync(directory, 0o755);
  chownSync(his, ATTACKER, ATTACKER);
  const precious = join(ours, "precious.dat");
  writeFileSync(precious, "precious", { mode: 0o600 });
  return { his, ours, precious };
}

/** However busy the machine is: fewer of either prove nothing. */
const LEAST_EACH = 11;

const FAST = "as fast as it can";
const WIDENED = "with wide windows";
type Speed = typeof FAST | typeof WIDENED;

/** Calls that follow a name, or change what it leads to. */
const CALLS = "openat,openat2,linkat,newfstatat,readlinkat,renameat,renameat2,unlinkat";

/** Keeps this process in the kernel for half a millisecond after each of them: more time to exchange the name. */
async function widenWindows(): Promise<void> {
  const log = join(temporaryDirectory(onTestFinished), "strace.log");
  const words = ["-f", "-q", "-o", log, "-p", String(process.pid), "-e", `inject=${CALLS}:delay_exit=500`];
  const strace = spawn("strace", words, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(strace, "exit");
  let complaint = "";
  strace.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  onTestFinished(async () => {
    strace.kill("SIGINT");
    await ended;
    expect(readFileSync(log, "utf8")).toMatch(/ renameat2?\(.*\(DELAYED\)| unlinkat\(.*\(DELAYED\)/);
  });
  while (!/^TracerPid:\t[1-9]/m.test(readFileSync("/proc/self/status", "utf8"))) {
    expect(strace.exitCode, complaint).toBeNull();
    await sleep(10);
  }
}

/** Does `attempt` again and again while the attack goes on; counts how often it was let do, and how often refused. */
async function underAttack(speed: Speed, attempt: (turn: number) => void): Promise<{ done: number; refused: number }> {
  const counts = { done: 0, refused: 0 };
  if (speed === WIDENED) await widenWindows();
  const endMs = performance.now() + (speed === WIDENED ? WIDENED_SECONDS : ATTACK_SECONDS) * 1000;
  for (let turn = 0; performance.now() < endMs || Math.min(counts.done, counts.refused) < LEAST_EACH; turn++) {
    try {
      attempt(turn);
      counts.done += 1;
    } catch (thrown) {
      if (!(thrown instanceof DiskbenchError)) throw thrown;
      counts.refused += 1;
    }
    if (turn % 50 === 0) await sleep(1);
  }
  return counts;
}

/** An attack that was never met proves nothing, nor does one that let nothing be done. Hundreds of each are usual. */
function expectBoth(done: number, refused: number): void {
  expect(done).toBeGreaterThanOrEqual(LEAST_EACH);
  expect(refused).toBeGreaterThanOrEqual(LEAST_EACH);
}

describeWith(["root", "gcc", "strace"], "names that another user exchanges without rest", () => {
  test.each([
    ["a run's result", FAST, updateResultFile],
    ["a report", FAST, writeFileAtomically],
    ["a run's result", WIDENED, updateResultFile],
    ["a report", WIDENED, writeFileAtomically],
  ] as const)(
    "for a link and a pipe: %s, written %s, is written into no file of ours",
    async (_, speed, write) => {
      const { his, precious } = places();
      const [result, link] = [join(his, "r.json"), join(his, "link")];
      writeFileSync(result, "{}");
      symlinkSync(precious, link);
      lchownSync(link, ATTACKER, ATTACKER);
      await startRacer(onTestFinished, result, link, { pipe: true });
      const { done, refused } = await underAttack(speed, (turn) => {
        write(files, result, `{"turn":${turn}}`);
        expect(readFileSync(precious, "utf8")).toBe("precious");
      });
      expectBoth(done, refused);
      expect(readFileSync(precious, "utf8")).toBe("precious");
    },
    PATIENCE_MS,
  );

  test.each([FAST, WIDENED] as const)(
    "for the directory and a link to one of ours, %s: no file of ours is removed, and none made there",
    async (speed) => {
      const { his, ours } = places();
      const [directory, link] = [join(his, "d"), join(his, "link")];
      mkdirSync(directory);
      chownSync(directory, ATTACKER, ATTACKER);
      symlinkSync(ours, link);
      lchownSync(link, ATTACKER, ATTACKER);
      await startRacer(onTestFinished, directory, link, { pipe: false });
      const { done, refused } = await underAttack(speed, () => {
        const held = files.hold(directory, "none");
        try {
          const file = held.create("precious.dat", 0o644);
          held.remove(file);
          files.close(file);
        } finally {
          held.close();
        }
      });
      expectBoth(done, refused);
      expect(readdirSync(ours)).toEqual(["precious.dat"]);
      expect(readFileSync(join(ours, "precious.dat"), "utf8")).toBe("precious");
    },
    PATIENCE_MS,
  );
});
