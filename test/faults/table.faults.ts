// Every fault against every way of doing I/O -> what was expected and what was seen, and the page that shows both.

import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, type ExpectStatic } from "vitest";
import { missing } from "../support/requirements.ts";
import type { Undo } from "../support/undo.ts";
import { FAULTS, waysOf, type Fault } from "./faults.ts";
import { runInto, type Way } from "./fault-run.ts";
import { lineOf, PAGE, readPage, withTable, type Row } from "./page.ts";

const TOOLS = ["root", "nbdkit", "nbdfuse", "mkfs.ext4", "mkfs.xfs", "mkfs.btrfs", "losetup", "prlimit"] as const;
const full = process.env["DISKBENCH_FULL"] === "1";
const writing = process.env["DISKBENCH_WRITE_DOCS"] === "1";
const rows: Row[] = [];

interface Meeting {
  readonly fault: Fault;
  readonly way: Way;
  readonly name: string;
}

const MEETINGS = FAULTS.flatMap((fault): Meeting[] =>
  waysOf(fault, full || writing).map((way) => ({ fault, way, name: `${fault.name}: ${way}` })),
);

async function meet({ fault, way }: Meeting, undo: Undo, expectHere: ExpectStatic): Promise<void> {
  const expected = fault.expected(way);
  const scene = await fault.scene(undo);
  const { stderr, lostRounds, unnamedProcesses, ...seen } = await runInto(undo, scene, way, fault);
  rows.push({ fault: fault.name, way, expected, seen });
  const whole = { ...expected, lostRounds: 0, unnamedProcesses: 0 };
  expectHere({ ...seen, lostRounds, unnamedProcesses }, stderr).toEqual(whole);
  expectHere(stderr).not.toContain("mistake in diskbench");
  if (fault.says !== undefined) expectHere(stderr).toMatch(fault.says);
}

beforeAll(() => expect(missing(TOOLS)).toEqual([]));

describe("the same fault, the same behaviour, whatever the method", () => {
  test.concurrent.for(MEETINGS.filter(({ fault }) => fault.alone !== true))("$name", (meeting, context) =>
    meet(meeting, context.onTestFinished, context.expect),
  );

  test.for(MEETINGS.filter(({ fault }) => fault.alone === true))("$name", (meeting, context) =>
    meet(meeting, context.onTestFinished, context.expect),
  );
});

afterAll(() => {
  if (writing && rows.length === MEETINGS.length) {
    const inOrder = MEETINGS.flatMap(({ fault, way }) =>
      rows.filter((row) => row.fault === fault.name && row.way === way),
    );
    writeFileSync(PAGE, withTable(inOrder));
  }
  const page = readPage().split("\n");
  const absent = rows.map(lineOf).filter((line) => !page.includes(line));
  expect(absent, "lines that docs/faults.md does not have: `npm run docs` writes it anew").toEqual([]);
});
