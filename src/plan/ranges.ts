// A case's size, threads and limits -> the blocks and the share of I/Os of each thread.

import type { Point } from "../job/points.ts";
import { ORDER_OF } from "../shared/vocabulary.ts";
import type { ThreadRange } from "../workload/source.ts";

/** Part `index` of `total` divided into `count` nearly equal whole parts; the first ones get what remains. */
function share(total: number, count: number, index: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0);
}

/** How many I/Os end a round, from the point's `ios` and `bytes`; null when its duration alone does. */
export function iosLimit({ ios, bytes, blockSizeBytes }: Point): number | null {
  const limits = [ios, bytes === null ? null : Math.floor(bytes / blockSizeBytes)];
  const stated = limits.filter((limit) => limit !== null);
  return stated.length === 0 ? null : Math.min(...stated);
}

/**
 * What each thread works on in a target of `sizeBytes`, rounded down to whole blocks. Random threads share all of it;
 * sequential ones get parts that follow each other without overlap. `ios` is divided between them.
 */
export function threadRanges(point: Point, sizeBytes: number, ios: number | null): readonly ThreadRange[] {
  const { threads, pattern, blockSizeBytes } = point;
  const blocks = Math.floor(sizeBytes / blockSizeBytes);
  let firstBlock = 0;
  return Array.from({ length: threads }, (_, thread) => {
    const divides = ORDER_OF[pattern] === "sequential";
    const blockCount = divides ? share(blocks, threads, thread) : blocks;
    const range = { thread, firstBlock, blockCount, ios: ios === null ? null : share(ios, threads, thread) };
    if (divides) firstBlock += blockCount;
    return range;
  });
}
