// A target that somebody changes while it is filled -> TARGET_CHANGED, and nothing is measured on it.

import { renameSync, truncateSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FillTarget } from "../../src/target/ready-target.ts";
import { failureWithin } from "../support/failures.ts";
import { temporaryDirectory } from "../support/places.ts";
import { fillCompletely, MEBIBYTE, prepare } from "./fixture.ts";

const SIZE_BYTES = 8 * MEBIBYTE;

/** Fills half of the target, lets `change` happen, and goes on with the file that it has opened. */
const fillAround =
  (change: (path: string) => void, looksMeanwhile: boolean): FillTarget =>
  async (request) => {
    await fillCompletely({ ...request, sizeBytes: SIZE_BYTES / 2 });
    change(request.path);
    if (looksMeanwhile) request.look();
    // What was cut off grows again, as it does behind a fill that goes on.
    if (existsSync(request.path)) truncateSync(request.path, SIZE_BYTES);
  };

const cut = (path: string): void => truncateSync(path, MEBIBYTE);

describe("a target that is changed while it is filled", () => {
  test.each(["/tmp", "tmpfs"])("and grows again, is found out by its holes (%s)", async (place) => {
    const path = join(temporaryDirectory(onTestFinished, { onTmpfs: place === "tmpfs" }), "x.dat");
    const failure = await failureWithin(prepare({ path, sizeBytes: SIZE_BYTES }, {}, fillAround(cut, false)));
    expect(failure).toMatchObject({ code: "TARGET_CHANGED", where: path });
    expect(failure.what).toBe("After it was filled, 7.00 MiB of it are still not written");
    expect(existsSync(path)).toBe(false);
  });

  test("is found out by its size, where what is cut off is written again", async () => {
    const path = join(temporaryDirectory(onTestFinished), "x.dat");
    const fill: FillTarget = async (request) => {
      await fillAround(cut, true)(request);
      await fillCompletely(request);
    };
    const failure = await failureWithin(prepare({ path, sizeBytes: SIZE_BYTES }, {}, fill));
    expect(failure).toMatchObject({ code: "TARGET_CHANGED", where: path });
    expect(failure.what).toBe(`Its size went from ${SIZE_BYTES} to ${MEBIBYTE} bytes during the run`);
  });

  test("somebody else's file, too, which stays as it then is", async () => {
    const path = join(temporaryDirectory(onTestFinished), "x.dat");
    writeFileSync(path, Buffer.alloc(SIZE_BYTES, 1));
    const wish = { path, sizeBytes: SIZE_BYTES };
    const failure = await failureWithin(prepare(wish, { force: true }, fillAround(cut, false)));
    expect(failure).toMatchObject({ code: "TARGET_CHANGED", where: path });
    expect(existsSync(path)).toBe(true);
  });

  test("or is another file by its end", async () => {
    const path = join(temporaryDirectory(onTestFinished), "x.dat");
    const replace = (there: string): void => {
      renameSync(there, `${there}.moved`);
      writeFileSync(there, Buffer.alloc(SIZE_BYTES, 1));
    };
    const failure = await failureWithin(prepare({ path, sizeBytes: SIZE_BYTES }, {}, fillAround(replace, false)));
    expect(failure).toMatchObject({ code: "TARGET_CHANGED", what: "Another file was put in its place during the run" });
  });
});
