// Texts -> paragraphs for a terminal: no wider than it is, and in colours where it has any.

import { styleText } from "node:util";
import { printable } from "../shared/printable.ts";
import { wrap } from "../shared/text.ts";
import type { GridStyle } from "./grid.ts";
import type { Looks } from "./options.ts";

export const MINIMUM_WIDTH = 40;

export type Style = Parameters<typeof styleText>[0];

interface Terminal {
  readonly grid: GridStyle;
  readonly paragraph: (text: string, style?: Style) => string;
  /** One below the other, without a gap. */
  readonly paragraphs: (texts: readonly string[], style?: Style) => string;
}

export function terminal({ color, width: asked }: Looks): Terminal {
  const width = Math.max(asked, MINIMUM_WIDTH);
  // Whether the terminal has colours was decided by the caller, not by the state of stdout.
  const paint = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const paragraph = (text: string, style?: Style): string =>
    wrap(printable(text), width, "  ")
      .map((line) => (style === undefined ? line : paint(style, line)))
      .join("\n");
  return {
    grid: { width, header: (text) => paint("bold", text), heading: (text) => paint("cyan", text) },
    paragraph,
    paragraphs: (texts, style) => texts.map((text) => paragraph(text, style)).join("\n"),
  };
}
