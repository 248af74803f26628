// Ctrl-C while a job runs on Windows -> exit code 130, finished rounds kept, no file left.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Command, filesIn, onlyCase, resultOf, underWine, writeProfile } from "./host.ts";
import { temporaryDirectory } from "./temporary.ts";

const directory = temporaryDirectory("interruption");

for (const method of ["writefile", "writefileex", "mapped"]) {
  const skip = underWine ? false : "no program can press Ctrl-C for another that has no console";
  void test(`Ctrl-C under ${method} keeps what was measured and removes the file`, { skip }, async () => {
    const profile = writeProfile(directory, {
      name: "interrupted",
      rounds: 2,
      target: { path: "interrupted.dat", size: "8MiB" },
      defaults: { duration: "1s", warmup: "100ms", blockSize: "4KiB" },
      jobs: [{ name: "interrupted", method, operation: "write", queueDepth: method === "mapped" ? 1 : 8 }],
    });
    const command = new Command(directory, ["run", profile, "--json"]);
    try {
      await command.says(/^\[2\/2\].*measure.*IOPS/m);
      assert.ok(filesIn(directory).includes("interrupted.dat"));
      command.interrupt();
      const result = resultOf(await command.ended, 130);
      assert.equal(result.state, "aborted");
      const { rounds, interruptedRound } = onlyCase(result);
      assert.equal(rounds.length, 1);
      assert.ok((interruptedRound?.total.ios ?? 0) > 0);
      assert.deepEqual(filesIn(directory), ["profile.json", "results"], join(directory, "profile.json"));
    } finally {
      command.kill();
    }
  });
}
