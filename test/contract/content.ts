// Offset and sequence -> the contents of a block: whatever goes to the wrong place, or comes late, shows.

/** Every 32-bit word of the block tells where it belongs and in which pass it was written. */
export function fillBlock(block: Uint8Array, offsetBytes: number, sequence: number): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const place = Math.floor(offsetBytes / 512);
  for (let at = 0; at < block.byteLength; at += 4) {
    view.setUint32(at, (Math.imul(place + at, 2654435761) ^ Math.imul(sequence + 1, 40503)) >>> 0, true);
  }
}

export function blockContent(sizeBytes: number, offsetBytes: number, sequence: number): Uint8Array {
  const block = new Uint8Array(sizeBytes);
  fillBlock(block, offsetBytes, sequence);
  return block;
}

/** 0 .. count-1 in an order that is no order, the same each time. */
export function shuffled(count: number, seed: number): number[] {
  let state = seed | 1;
  const order = Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (index + 1);
    const [left = 0, right = 0] = [order[index], order[other]];
    order[index] = right;
    order[other] = left;
  }
  return order;
}
