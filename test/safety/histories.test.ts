// Random histories of a few files, told by seeds -> whatever is not diskbench's own keeps every byte, and stays.

import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DiskbenchError } from "../../src/shared/errors.ts";
import type { ReadyTarget } from "../../src/target/ready-target.ts";
import { linuxPlatform } from "../support/linux-platform.ts";
import { temporaryDirectory } from "../support/places.ts";
import { describeWith, runTool } from "../support/requirements.ts";
import { MEBIBYTE, prepare } from "../target/fixture.ts";
import { HISTORIES, PATIENCE_MS } from "./length.ts";
import { ATTACKER } from "./racer.ts";

const STEPS = 14;
const NAMES = ["a.dat", "b.dat", "c.dat"] as const;

/** A generator of numbers below 1 (mulberry32), so that a history is told by its seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const digest = (path: string): string => createHash("sha1").update(readFileSync(path)).digest("hex");
const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * A directory with some files, what people do in it, and what diskbench does. A file is somebody's from the moment in
 * which anybody but diskbench made it, wrote to it, or gave it to another user.
 */
class History {
  readonly #directory: string;
  readonly #random: () => number;
  /** Contents of the files that are somebody's, by inode. */
  readonly #somebodys = new Map<number, string>();
  readonly told: string[] = [];
  #running: ReadyTarget | null = null;
  /** Inode of the file that the run writes to. */
  #written: number | null = null;

  constructor(directory: string, seed: number) {
    this.#directory = directory;
    this.#random = randomFrom(seed);
  }

  #oneOf<Thing>(things: readonly Thing[]): Thing {
    return things[Math.floor(this.#random() * things.length)] as Thing;
  }

  #path(): string {
    return join(this.#directory, this.#oneOf(NAMES));
  }

  /** What is written into a test file while diskbench writes to it is lost with it (docs/safety.md). */
  #claim(path: string, { isGiven = false } = {}): void {
    const { ino } = lstatSync(path);
    if (isGiven || ino !== this.#written || this.#somebodys.has(ino)) this.#somebodys.set(ino, digest(path));
  }

  /** What people and programs other than diskbench do. */
  readonly #deeds: Readonly<Record<string, (path: string) => void>> = {
    create: (path) => {
      if (existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
      writeFileSync(path, `precious ${this.#random()}`.padEnd(MEBIBYTE, "."));
      this.#claim(path);
    },
    write: (path) => {
      if (!isFile(path)) return;
      const descriptor = openSync(path, "r+");
      writeSync(descriptor, `precious ${this.#random()}`, 4096);
      closeSync(descriptor);
      this.#claim(path);
    },
    "copy with attributes": (path) => {
      const copy = this.#path();
      if (!isFile(path) || lstatSync(copy, { throwIfNoEntry: false }) !== undefined) return;
      runTool("cp", "-a", path, copy);
      this.#claim(copy);
    },
    "copy over": (path) => {
      const other = this.#path();
      if (!isFile(path) || !isFile(other) || path === other) return;
      copyFileSync(path, other);
      this.#claim(other);
    },
    "make a file system": (path) => {
      if (!isFile(path)) return;
      runTool("mkfs.ext4", "-q", "-F", path, "512k");
      this.#claim(path);
    },
    "cut and grow": (path) => {
      if (!isFile(path)) return;
      truncateSync(path, 4096);
      truncateSync(path, MEBIBYTE);
      this.#claim(path);
    },
    rename: (path) => {
      const other = this.#path();
      const there = lstatSync(other, { throwIfNoEntry: false });
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined || there !== undefined) return;
      renameSync(path, other);
    },
    "rename and make another": (path) => {
      if (!isFile(path)) return;
      renameSync(path, `${path}.${Math.floor(this.#random() * 1e9)}`);
      writeFileSync(path, "precious".padEnd(MEBIBYTE, "."));
      this.#claim(path);
    },
    "give away": (path) => {
      if (!isFile(path)) return;
      chownSync(path, ATTACKER, ATTACKER);
      this.#claim(path, { isGiven: true });
    },
    "let others write": (path) => {
      if (isFile(path)) chmodSync(path, this.#oneOf([0o666, 0o664, 0o644, 0o600]));
    },
    "forge a mark": (path) => {
      // As everybody can who may write to the file; with all that can be read off it.
      const other = this.#path();
      if (!isFile(path) || !isFile(other) || (lstatSync(path).mode & 0o022) === 0) return;
      this.#forge(path, other);
    },
    "another user's link": (path) => {
      const link = join(this.#directory, `.${this.#oneOf(NAMES)}.diskbench`);
      if (!isFile(path) || lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
      symlinkSync(path, link);
      lchownSync(link, ATTACKER, ATTACKER);
    },
    "a second name": (path) => {
      const other = `${path}.${Math.floor(this.#random() * 1e9)}`;
      if (isFile(path)) linkSync(path, other);
    },
  };

  #forge(path: string, other: string): void {
    const { files } = linuxPlatform;
    const handle = openSync(other, "r+");
    const text = files.readMark({ handle, path: other });
    closeSync(handle);
    const target = openSync(path, "r+");
    const { identity, changedAtNs, ownerId, sizeBytes } = files.detailsOf({ handle: target, path });
    const mark = { tool: "diskbench", version: 2, state: "ready", fill: "random", preallocate: "fill", kept: true };
    const forged = { ...mark, createdAt: "", identity, changedAtNs, ownerId, sizeBytes };
    files.writeMark({ handle: target, path }, this.#random() < 0.5 && text !== null ? text : JSON.stringify(forged));
    closeSync(target);
    // Whether it is believed must not depend on what it says while others may write to the file.
    this.#claim(path);
    this.#forged.add(lstatSync(path).ino);
  }

  /** Root shuts them again only for diskbench's own: a mark that was forged before would be as good as root's then. */
  readonly #forged = new Set<number>();

  async #run(): Promise<void> {
    const path = this.#path();
    const written = this.#random() < 0.5;
    const sizeBytes = this.#oneOf([MEBIBYTE, MEBIBYTE, MEBIBYTE / 2]);
    this.told.push(`run on ${path}, ${written ? "writing" : "reading"} ${sizeBytes}`);
    this.#running = await prepare({ path, written, sizeBytes }, { keep: this.#random() < 0.6 });
    if (written && this.#running.allocation !== null) this.#writeTo(this.#running);
  }

  /** As the engine does: only where the name still leads to the file that was prepared. */
  #writeTo({ path, identity }: ReadyTarget): void {
    this.#written = lstatSync(path).ino;
    const descriptor = openSync(path, "r+");
    const found = linuxPlatform.files.statusOf({ handle: descriptor, path }).identity;
    if (found.inode === identity?.inode) writeSync(descriptor, "measured", 0);
    closeSync(descriptor);
  }

  #end(): void {
    this.told.push("the run ends");
    const running = this.#running;
    this.#running = null;
    try {
      running?.release({ remove: this.#random() < 0.6 });
    } finally {
      this.#written = null;
    }
  }

  /** Tries a step; that diskbench refuses is its right. */
  async step(): Promise<void> {
    try {
      const dice = this.#random();
      if (this.#running !== null && dice < 0.35) this.#end();
      else if (this.#running === null && dice < 0.45) await this.#run();
      else this.#do();
    } catch (thrown) {
      if (!(thrown instanceof DiskbenchError)) throw thrown;
      this.told.push(`refused: ${thrown.message}`);
    }
    this.#proveUnharmed();
  }

  #do(): void {
    const deed = this.#oneOf(Object.keys(this.#deeds));
    const path = this.#path();
    // Nobody shuts a file again behind a forged mark: who does says that it is his own.
    if (deed === "let others write" && isFile(path) && this.#forged.has(lstatSync(path).ino)) return;
    this.told.push(`${deed}: ${path}`);
    this.#deeds[deed]?.(path);
  }

  #proveUnharmed(): void {
    const found = new Map<number, string>();
    for (const name of readdirSync(this.#directory)) {
      const path = join(this.#directory, name);
      if (isFile(path)) found.set(lstatSync(path).ino, path);
    }
    for (const [inode, content] of this.#somebodys) {
      expect([...found.keys()], `a file is gone after\n${this.told.join("\n")}`).toContain(inode);
      const path = found.get(inode) ?? "";
      expect(digest(path), `${path} is changed after\n${this.told.join("\n")}`).toBe(content);
    }
  }

  finish(): void {
    try {
      this.#end();
    } catch (thrown) {
      if (!(thrown instanceof DiskbenchError)) throw thrown;
    }
    this.#proveUnharmed();
  }
}

describeWith(["root", "mkfs.ext4"], "files with a history", () => {
  test(
    "keep every byte that is somebody's, and none disappears",
    async () => {
      const parent = temporaryDirectory(onTestFinished);
      for (let seed = 1; seed <= HISTORIES; seed++) {
        const directory = mkdtempSync(join(parent, "history-"));
        const history = new History(directory, seed);
        for (let step = 0; step < STEPS; step++) await history.step();
        history.finish();
        rmSync(directory, { recursive: true });
      }
    },
    PATIENCE_MS,
  );
});
