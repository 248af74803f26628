// Surroundings from a seed (directories, limits, descriptors, users, names) -> a result or a class of failure, never a stack.

import { chmodSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diskbench, workplace } from "../support/diskbench.ts";
import { describeWith } from "../support/requirements.ts";
import { undoAfterAll } from "../support/undo.ts";
import { canReadCommand, drawScene, NEEDS, play, prepareDocuments, removeAll } from "./surroundings.ts";

const SEEDS = Array.from({ length: process.env["DISKBENCH_FULL"] === "1" ? 500 : 50 }, (_, seed) => seed);
const PROFILE = { name: "p", rounds: 1, jobs: [{ name: "a", method: "simulated", duration: "100ms", warmup: 0 }] };

describeWith(NEEDS, "whatever the surroundings", () => {
  const undo = undoAfterAll();
  const tally = new Map<string, number>();
  let place = "";
  beforeAll(async () => {
    const directory = workplace(undo, { "p.json": PROFILE });
    expect((await diskbench(undo, ["run", "p.json", "--quiet"], { directory })).code).toBe(0);
    const [stored = ""] = readdirSync(join(directory, "results"));
    place = mkdtempSync(join(tmpdir(), "diskbench-surroundings-"));
    undo(() => removeAll(place));
    prepareDocuments(place, readFileSync(join(directory, "results", stored), "utf8"));
  });
  afterAll(() => {
    const lines = [...tally].sort(([, one], [, other]) => other - one).map(([name, count]) => `    ${count} ${name}\n`);
    const users = canReadCommand()
      ? ""
      : "    (no user without rights can read this checkout: root without capabilities instead)\n";
    process.stdout.write(`    what ${SEEDS.length} surroundings came to:\n${lines.join("")}${users}`);
  });

  test.concurrent.for(SEEDS)("seed %i ends in a class that is known", async (seed) => {
    const own = mkdtempSync(join(place, "scene-"));
    chmodSync(own, 0o755);
    const scene = drawScene(seed, own, place);
    const { name, complaint } = await play(scene);
    removeAll(own);
    tally.set(name ?? "NONE", (tally.get(name ?? "NONE") ?? 0) + 1);
    expect(name, `${scene.story}\n${complaint}`).not.toBeNull();
  });
});
