// A test file that is cut while a job runs -> failures counted by name, or the change found out; exit code 3 in any case.

import assert from "node:assert/strict";
import { mkdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { CaseResult } from "../../src/result/result.ts";
import { Command, filesIn, onlyCase, resultOf, underWine, writeProfile, type Ended } from "./host.ts";
import { temporaryDirectory } from "./temporary.ts";

const LEFT_BYTES = 4096;
const SECOND_ROUND = /^\[2\/2\].*measure.*IOPS/m;

const directory = temporaryDirectory("truncation");

interface Way {
  readonly method: string;
  readonly queueDepth?: number;
  readonly completion?: string;
}

const WAYS: readonly Way[] = [
  { method: "writefile" },
  { method: "writefile", queueDepth: 8, completion: "port" },
  { method: "writefile", queueDepth: 8, completion: "event" },
  { method: "writefile", queueDepth: 8, completion: "poll" },
  { method: "writefileex", queueDepth: 8 },
  { method: "gather", queueDepth: 8 },
];

const nameOf = ({ method, completion }: Way): string => [method, completion].filter(Boolean).join(" ");

/** Cuts the file in the window of the second of two rounds. Exit code 3, the first round kept, no file left. */
async function cutUnder(way: Way, operation: string, size: string): Promise<{ case: CaseResult; ended: Ended }> {
  const place = join(directory, `${operation}-${nameOf(way)}`);
  mkdirSync(place);
  const profile = writeProfile(place, {
    name: "cut",
    rounds: 2,
    target: { path: "cut.dat", size },
    defaults: { duration: "1s", warmup: "100ms", blockSize: "4KiB" },
    jobs: [{ name: "cut", operation, ...way }],
  });
  const command = new Command(place, ["run", profile, "--json"]);
  try {
    await command.says(SECOND_ROUND);
    assert.ok(statSync(join(place, "cut.dat")).size > LEFT_BYTES);
    truncateSync(join(place, "cut.dat"), LEFT_BYTES);
    const ended = await command.ended;
    const result = resultOf(ended, 3);
    assert.equal(result.state, "failed");
    const cut = onlyCase(result);
    assert.equal(cut.state, "failed");
    assert.equal(cut.rounds.length, 1);
    assert.ok((cut.rounds[0]?.total.ios ?? 0) > 0);
    assert.deepEqual(filesIn(place), ["profile.json", "results"]);
    return { case: cut, ended };
  } finally {
    command.kill();
  }
}

void describe("a file that is cut while a job runs", { concurrency: 2 }, () => {
  for (const way of WAYS) {
    void test(`fails reads by ${nameOf(way)} by name`, async () => {
      const { case: cut, ended } = await cutUnder(way, "read", "8MiB");
      const { errors, total } = cut.interruptedRound ?? {};
      assert.ok(errors !== undefined && errors.failed > 0 && errors.failed <= (way.queueDepth ?? 1));
      assert.deepEqual(errors.byCode, { ERROR_HANDLE_EOF: errors.failed });
      assert.ok((total?.ios ?? 0) > 0, "what was read before counts");
      assert.equal(cut.failure?.code, "TARGET_CHANGED");
      assert.match(ended.stderr, /from 8388608 to 4096 bytes.*\(ReadFile(Scatter|Ex)?: ERROR_HANDLE_EOF 38/);
    });
  }

  for (const operation of ["read", "write"]) {
    const skip = underWine ? false : "Windows lets nobody cut a file that is mapped (ERROR_USER_MAPPED_FILE)";
    void test(`ends the engine in a mapped ${operation}, and the page is named`, { skip }, async () => {
      const { case: cut, ended } = await cutUnder({ method: "mapped" }, operation, "8MiB");
      assert.equal(cut.failure?.code, "TARGET_CHANGED");
      assert.match(ended.stderr, /from 8388608 to 4096 bytes.*STATUS_\w+.*page of a mapped file.*truncated/);
      assert.ok((cut.interruptedRound?.total.ios ?? 0) > 0, "what was counted before is kept");
    });
  }

  // The others regrow it in the same way.
  for (const way of [...WAYS.slice(0, 2), { method: "writefileex", queueDepth: 8 }]) {
    // Large enough that it takes a while to grow again: at its old size nothing would show that it was cut.
    void test(`is found out under writes by ${nameOf(way)}, which make it grow again`, async () => {
      const { case: cut, ended } = await cutUnder(way, "write", "128MiB");
      assert.equal(cut.failure?.code, "TARGET_CHANGED");
      assert.equal(cut.interruptedRound?.errors.failed, 0);
      assert.match(ended.stderr, /134217728 to \d+ bytes during the run|no longer allocated during the run/);
    });
  }
});
