// Where a run stands -> lines at the foot of a terminal, redrawn by ora; what is printed meanwhile stays above them.

import { Writable } from "node:stream";
import { styleText } from "node:util";
import type { Ora } from "ora";
import { displayWidth } from "../shared/text.ts";
import { ASCII_SYMBOLS, fitLine, type ProgressLine, SYMBOLS } from "./progress-text.ts";

/** As much of a stream as progress needs. */
export interface ProgressStream {
  write(text: string): unknown;
  /** One that can be drawn on. */
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly ascii?: boolean;
  readonly color?: boolean;
}

export interface ProgressOutput {
  /** Shows where the run stands; what is not `important` may be left out when the last is recent. */
  readonly status: (lines: readonly ProgressLine[], important: boolean) => void;
  /** A case has come to its end, good or bad: that stays. */
  readonly finish: (line: ProgressLine, isGood: boolean) => void;
  /** Prints a line that stays. */
  readonly print: (text: string) => void;
  readonly stop: () => void;
}

/** As often as there is news. The terminal must not take time from what is measured. */
const REDRAW_MS = 250;
const DEFAULT_COLUMNS = 80;
/** After a pause so long between frames, others have probably written: who pressed Ctrl-Z had a shell meanwhile. */
const PAUSE_MS = 1000;
/** On fewer no line says anything. */
const LEAST_COLUMNS = 20;

const columnsOf = ({ columns }: ProgressStream): number => columns ?? DEFAULT_COLUMNS;

/** Null: nothing can be redrawn there. Some pseudo-terminals say that they have no columns at all. */
export function liveOutput(stream: ProgressStream): ProgressOutput | null {
  if (stream.isTTY !== true || columnsOf(stream) < LEAST_COLUMNS) return null;
  const { ascii = false, color = false } = stream;
  const symbols = ascii ? ASCII_SYMBOLS : SYMBOLS;
  const frames = new Frames(stream);
  let lines: readonly ProgressLine[] = [];
  let spinner: Ora | null = null;
  let isStopped = false;
  const fitted = (line: ProgressLine): string => fitLine(line, frames.columns - 3, symbols);
  const draw = (): void => {
    if (spinner === null || isStopped || lines.length === 0) return;
    spinner.text = lines.map(fitted).join("\n");
    spinner.start();
  };
  // It takes its time to be loaded, and the run begins meanwhile.
  const load = async (): Promise<void> => {
    // A package that is gone by now (an upgrade, a cache that was emptied) ends no run.
    const library = await import("ora").catch(() => null);
    spinner =
      library === null
        ? null
        : library.default({
            stream: frames,
            isEnabled: true,
            spinner: { frames: [...symbols.frames], interval: REDRAW_MS },
            color: false,
            // So that nothing needs repair after a crash.
            hideCursor: false,
            // With standard input discarded, Ctrl-Z would do nothing.
            discardStdin: false,
          });
    draw();
  };
  void load();
  const print = (text: string): void => void frames.write(`${text}\n`);
  return {
    status: (now) => {
      lines = now;
      draw();
    },
    finish: (line, isGood) => {
      const tick = isGood ? symbols.done : symbols.failed;
      const painted = color ? styleText(isGood ? "green" : "red", tick, { validateStream: false }) : tick;
      print(`${painted} ${fitted(line)}`);
    },
    print,
    stop: () => {
      isStopped = true;
      spinner?.stop();
    },
  };
}

/**
 * What ora draws on. It counts the lines that it has drawn by the columns of that time; here they are counted by those of
 * now, and not at all after a pause.
 */
class Frames extends Writable {
  readonly isTTY = true;
  readonly #stream: ProgressStream;
  #drawn: readonly string[] = [];
  #drawnMs = 0;

  constructor(stream: ProgressStream) {
    super({ decodeStrings: false });
    this.#stream = stream;
  }

  /** Never zero, for which ora would draw for ever. */
  get columns(): number {
    return columnsOf(this.#stream) || DEFAULT_COLUMNS;
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    this.#stream.write(text);
    // A frame does not end its last line; what stays does.
    if (text.endsWith("\n")) this.#drawn = [];
    else if (!text.startsWith("\u001b")) {
      this.#drawn = text.split("\n");
      this.#drawnMs = performance.now();
    }
    done();
  }

  /** Ora goes to the beginning of the line when it clears what it has drawn. */
  cursorTo(): void {
    const rowsOf = (line: string): number => Math.max(Math.ceil(displayWidth(line) / this.columns), 1);
    const isOurs = performance.now() - this.#drawnMs < PAUSE_MS;
    const above = isOurs ? this.#drawn.reduce((sum, line) => sum + rowsOf(line), 0) - 1 : 0;
    if (this.#drawn.length > 0) this.#stream.write(`\r${above > 0 ? `\u001b[${above}A` : ""}\u001b[J`);
    this.#drawn = [];
  }

  moveCursor(): void {}
  clearLine(): void {}
}
