// An engine that is started before it is known what for -> one that is taken works on, one that is let go of is gone.

import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { workplace, diskbench } from "../support/diskbench.ts";

// As it is built: node runs no TypeScript for the process that it starts.
const built = new URL("../../dist/engine/engine-ahead.js", import.meta.url).href;
const { EngineAhead } = (await import(built)) as typeof import("../../src/engine/engine-ahead.ts");

test("one that nobody takes ends without a word", async () => {
  const engine = new EngineAhead();
  engine.letGo();
  expect(await engine.isReady).toBe(false);
  expect(engine.exit).toEqual({ code: null, signal: "SIGKILL" });
  expect(engine.isLate).toBe(false);
});

test("one that is taken becomes ready, and letting go of it does nothing", async () => {
  const engine = new EngineAhead();
  const child = engine.take();
  onTestFinished(() => void child.kill("SIGKILL"));
  engine.letGo();
  expect(await engine.isReady).toBe(true);
  expect(engine.exit).toBeNull();
  child.disconnect();
  const [code] = (await once(child, "exit")) as [number | null];
  expect([code, engine.exit?.code]).toEqual([0, 0]);
});

test("a command that finds its profile wrong leaves none behind", async ({ onTestFinished: undo }) => {
  const directory = workplace(undo, { "p.json": { jobs: [{ threads: 0 }] } });
  // The pipe of standard error, which an engine would have too, is closed by then.
  const { code, stderr } = await diskbench(undo, ["run", "p.json"], { directory });
  expect(code).toBe(2);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});
