// A mistake put into the collector: the queue of a round is less than empty. For `node --import`.

import { rewriteBundle } from "../support/rewrite-bundle.mjs";

rewriteBundle(
  "src/engine/collector.ts",
  (text) => `${text}
    const { finish } = Collector.prototype;
    Collector.prototype.finish = function (...parameters) {
      return { ...finish.apply(this, parameters), effectiveQueueDepth: -2.04 };
    };
`,
);
