// A file -> the other processes that have it open, named so that a person finds them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { usersOf } from "../../../src/platform/linux/open-files.ts";
import { temporaryDirectory } from "../../support/places.ts";

const newFile = (): string => {
  const path = join(temporaryDirectory(onTestFinished), "x.dat");
  writeFileSync(path, "");
  return path;
};

test("the process is named with its command, what it has started is not", async () => {
  const path = newFile();
  const holder = spawn("sh", ["-c", `exec 3<"${path}"; sleep 30 >&2 & echo ready; read line; kill $!`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void holder.stdin.end());
  await once(holder.stdout, "data");
  const [only, ...others] = usersOf(path, "/proc");
  expect(only).toMatch(new RegExp(`^process ${holder.pid} \\(sh -c exec 3<.*\\.\\.\\.\\)$`));
  expect(others).toEqual([]);
});

test("a file that only this process has open has no other users", () => {
  expect(usersOf(newFile(), "/proc")).toEqual([]);
  expect(usersOf("/nowhere/at/all", "/proc")).toEqual([]);
});
