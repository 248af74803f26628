// How a target is opened by all that does not measure it.

import type { OpenOptions } from "./platform.ts";

/** Through the cache, waiting for nothing, and only where the path still leads by itself. */
export const PLAIN_OPEN: OpenOptions = {
  access: "read",
  caching: "buffered",
  writeThrough: false,
  overlapped: false,
  accessOrder: null,
  exclusive: false,
  links: "refuse",
};
