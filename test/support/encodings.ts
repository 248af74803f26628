// A text -> its bytes as the programs of this world write them.

export const ENCODINGS = ["utf-8", "utf-8 with a mark", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

export function encoded(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "utf-8 with a mark") return Buffer.from(`\ufeff${text}`);
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return encoding === "utf-16be" ? bytes.swap16() : bytes;
}
