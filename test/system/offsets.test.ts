// What the plan says each thread does -> exactly that, and nothing else, in the log of the device below.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openSource } from "../../src/workload/source.ts";
import type { Case, Plan } from "../../src/plan/plan.ts";
import { diskbench, resultIn, workplace } from "../support/diskbench.ts";
import { drawn } from "../support/drawn.ts";
import { nbdFile } from "../support/nbd-file.ts";
import { temporaryDirectory } from "../support/places.ts";
import { describeWith } from "../support/requirements.ts";
import { undoAfterAll } from "../support/undo.ts";

const FILE_BYTES = 64 * 2 ** 20;
const PROFILE = {
  name: "offsets",
  seed: 42,
  rounds: 1,
  defaults: { duration: "60s", warmup: 0, ios: 5000 },
  jobs: [
    {
      name: "one-by-one",
      method: ["pwrite", "pwritev", "libaio", "io_uring"],
      operation: ["write", "mixed"],
      blockSize: "4KiB",
    },
    {
      name: "queued",
      method: ["gather", "libaio", "io_uring"],
      operation: "mixed",
      readPercent: 30,
      pattern: ["random", "sequential"],
      blockSize: "256KiB",
      queueDepth: 8,
      threads: 3,
      ios: 500,
    },
  ],
};

/** `Write 0x1000 0x2000`: call, offset, length. */
type Transfer = string;

/** All I/Os of nbdkit's log filter, in the order in which they came (nbdkit-log-filter(1)). */
function transfersIn(log: string): readonly Transfer[] {
  return [...log.matchAll(/connection=\d+ ([A-Z]\w+) id=\d+(?: offset=(0x\w+) count=(0x\w+))?/g)].map(
    ([, call = "", offset = "", count = ""]) => `${call} ${offset} ${count}`.trim(),
  );
}

/** What `openSource` says that the threads of a case do, one thread behind the other. */
function plannedTransfers(plan: Plan, planned: Case): readonly Transfer[] {
  const origin = { ...planned.settings, seed: plan.seed, caseId: planned.id, roundIndex: 0 };
  return planned.ranges.flatMap((range) =>
    drawn(openSource(origin, range, "measure"), range.ios ?? 0).map(
      ({ operation, offsetBytes, lengthBytes }) =>
        `${operation === "read" ? "Read" : "Write"} 0x${offsetBytes.toString(16)} 0x${lengthBytes.toString(16)}`,
    ),
  );
}

describeWith(["root", "nbdkit", "nbdfuse"], "the I/Os that reach the device", () => {
  const undo = undoAfterAll();
  let plan: Plan;
  /** By case, in the order of the plan. */
  const reached = new Map<string, readonly Transfer[]>();
  let rest: readonly Transfer[] = [];

  beforeAll(async () => {
    const logFile = join(temporaryDirectory(undo), "nbdkit.log");
    const memory = ["--filter=log", "memory", String(FILE_BYTES), `logfile=${logFile}`];
    const path = await nbdFile(undo, FILE_BYTES, memory);
    const directory = workplace(undo, {
      "p.json": { ...PROFILE, target: { path, preallocate: "none", fill: "none" } },
    });
    const words = ["run", "p.json", "--force", "--quiet"];
    const dry = await diskbench(undo, [...words, "--dry-run", "--json"], { directory });
    expect(dry).toMatchObject({ code: 0, stderr: "" });
    plan = JSON.parse(dry.stdout) as Plan;
    expect(transfersIn(readFileSync(logFile, "utf8"))).toEqual([]);
    expect(await diskbench(undo, words, { directory })).toMatchObject({ code: 0, stderr: "" });
    const transfers = [...transfersIn(readFileSync(logFile, "utf8"))];
    for (const [caseIndex] of resultIn(directory).order.rounds) {
      const { id, ios } = plan.cases[caseIndex] as Case;
      reached.set(id, transfers.splice(0, ios ?? 0));
    }
    rest = transfers;
  });

  test("are those of the plan, and no other", () => {
    expect(plan.cases).toHaveLength(14);
    expect(plan.cases.every(({ ios }) => ios === 5000 || ios === 500)).toBe(true);
    expect(rest).toEqual([]);
  });

  test("come in the planned order, one by one", () => {
    const shallow = plan.cases.filter(({ job }) => job === "one-by-one");
    for (const planned of shallow) expect(reached.get(planned.id), planned.id).toEqual(plannedTransfers(plan, planned));
  });

  test("are the planned ones at any depth and from all threads together", () => {
    const deep = plan.cases.filter(({ job }) => job === "queued");
    for (const planned of deep) {
      const expected = plannedTransfers(plan, planned).toSorted();
      expect(reached.get(planned.id)?.toSorted(), planned.id).toEqual(expected);
    }
  });
});

describe("the log of nbdkit", () => {
  test("is read in full: flushes and trims would not go unseen", () => {
    const log = [
      '2026-01-01 00:00:00.000001 connection=1 Connect export="" tls=0 size=0x1000 ...',
      "2026-01-01 00:00:00.000001 connection=1 Read id=1 offset=0x1000 count=0x200 ...",
      "2026-01-01 00:00:00.000002 connection=1 ...Read id=1 return=0",
      "2026-01-01 00:00:00.000003 connection=1 Trim id=2 offset=0x0 count=0x400 fua=0 ...",
      "2026-01-01 00:00:00.000004 connection=1 Flush id=3 ...",
    ].join("\n");
    expect(transfersIn(log)).toEqual(["Read 0x1000 0x200", "Trim 0x0 0x400", "Flush"]);
  });
});
