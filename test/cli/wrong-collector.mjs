// A mistake put into the collector: the queue of a round is less than empty. For `node --import`.

import { Collector } from "../../dist/engine/collector.js";

const { finish } = Collector.prototype;
Collector.prototype.finish = function (...parameters) {
  const { members } = finish.apply(this, parameters);
  const wrong = members.map((samples) => ({ ...samples, effectiveQueueDepth: -2.04 }));
  return { members: wrong, sum: wrong[0] };
};
