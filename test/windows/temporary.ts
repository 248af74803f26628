// A test file's name -> a directory of its own, gone when the tests of the file are done.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `diskbench-${name}-`));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
