// One I/O in a hundred failed by the device -> the errors of the result are those of the device's own log, each time.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resultIn, start, workplace } from "../support/diskbench.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { temporaryDirectory } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import { withCleanup, type Undo } from "../support/undo.ts";

const RUNS_PER_METHOD = process.env["DISKBENCH_FULL"] === "1" ? 25 : 3;
const IOS = 4000;
const SIZE_BYTES = 16 * 2 ** 20;

const METHODS = {
  pwrite: {},
  io_uring: { queueDepth: 8 },
  libaio: { queueDepth: 4 },
  pwritev: {},
} as const;
const OPERATIONS = ["read", "write", "mixed"] as const;
/** Smaller than what a fill writes at once, so that the log tells them apart; FUSE hands each on in one piece. */
const BLOCK_SIZES = [4096, 16_384, 65_536] as const;

const pick = <Value>(values: readonly [Value, ...Value[]], index: number): Value =>
  values[index % values.length] ?? values[0];

/** Transfers of one length in nbdkit's log, and how many of whatever length were answered with an error. */
function transfersIn(log: string, lengthBytes: number): { readonly transfers: number; readonly failed: number } {
  const asked = log.matchAll(
    new RegExp(` (Read|Write) id=\\d+ offset=0x\\w+ count=0x${lengthBytes.toString(16)} `, "g"),
  );
  const failed = log.matchAll(/ \.\.\.\w+ id=\d+ return=-1 error=EIO$/gm);
  return { transfers: [...asked].length, failed: [...failed].length };
}

interface Account {
  readonly counted: number;
  readonly logged: number;
}

async function account(undo: Undo, method: keyof typeof METHODS, index: number): Promise<Account> {
  const files = temporaryDirectory(undo);
  const [logFile, errorFile] = [join(files, "log"), join(files, "errors-on")];
  const rates = ["error-pread-rate=1%", "error-pwrite-rate=1%", `error-file=${errorFile}`];
  const path = await nbdFile(undo, SIZE_BYTES, [
    "--filter=log",
    "--filter=error",
    "memory",
    String(SIZE_BYTES),
    `logfile=${logFile}`,
    ...rates,
  ]);
  const blockSize = pick(BLOCK_SIZES, Math.floor(index / OPERATIONS.length));
  const job = { method, ...METHODS[method], operation: pick(OPERATIONS, index), blockSize };
  const profile = {
    name: "one-percent",
    rounds: 1,
    seed: index,
    target: { path, preallocate: "fill", fill: "random" },
    defaults: { duration: "60s", warmup: 0, ios: IOS, onError: "continue" },
    jobs: [job],
  };
  const directory = workplace(undo, { "p.json": profile });
  const command = start(undo, ["run", "p.json", "--force"], { directory });
  // The fill is over: from here on the device fails.
  await command.says(/^\[1\/1\]/m);
  writeFileSync(errorFile, "");
  const { code, stderr } = await command.ended;
  const log = transfersIn(readFileSync(logFile, "utf8"), blockSize);
  const { state, cases } = resultIn(directory);
  const { errors, total, outsideWindow } = cases[0]?.rounds[0] ?? {};
  const counted = errors?.failed ?? -1;
  const what = `${method}, ${JSON.stringify(job)}\n${stderr}`;
  expect({ failed: counted, short: errors?.short, byCode: errors?.byCode }, what).toEqual({
    failed: log.failed,
    short: 0,
    byCode: log.failed === 0 ? {} : { EIO: log.failed },
  });
  expect([code, state], what).toEqual(log.failed === 0 ? [0, "completed"] : [3, "failed"]);
  // None is missing among those that succeeded either.
  expect((total?.ios ?? 0) + (outsideWindow?.ios ?? 0) + counted, what).toBe(log.transfers);
  return { counted, logged: log.failed };
}

describeWith(["root", "nbdkit", "nbdfuse"], `a device that fails one I/O in a hundred, ${RUNS_PER_METHOD} runs`, () => {
  const lines: string[] = [];
  afterAll(() => void process.stdout.write(`${lines.join("\n")}\n`));

  test.each(Object.keys(METHODS) as (keyof typeof METHODS)[])("by %s", async (method) => {
    const accounts: Account[] = [];
    for (let index = 0; index < RUNS_PER_METHOD; index += 1) {
      accounts.push(await withCleanup((undo) => account(undo, method, index)));
    }
    const counted = accounts.reduce((sum, each) => sum + each.counted, 0);
    const logged = accounts.reduce((sum, each) => sum + each.logged, 0);
    lines.push(`    ${method}: ${accounts.length} runs, ${counted} errors in results, ${logged} in nbdkit's logs`);
    // One in a hundred, as far as chance goes: that many runs without an error would mean that none was injected.
    expect(counted).toBeGreaterThan((accounts.length * IOS) / 200);
  });
});
