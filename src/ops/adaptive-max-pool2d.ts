import { check } from "../errors.js";
import { formatShape } from "../tensor.js";
import { maxPool2d } from "./max-pool2d.js";
import { type GraphWriter, sizes4, type Value } from "./op.js";
import { checkRank } from "./shape.js";

/**
 * The largest pixels of oh x ow windows that share x [n, c, h, w] or [n, c, l] among them evenly; with 1 x 1, the largest
 * of each channel.
 */
export function adaptiveMaxPool2d(graph: GraphWriter, x: Value, oh: number, ow: number): Value {
  checkRank("adaptiveMaxPool2d", x, [3, 4], "[n, c, h, w], or [n, c, l] for one dimension");
  const [, , h, w] = sizes4(x.shape);
  check(
    oh >= 1 && ow >= 1 && h % oh === 0 && w % ow === 0,
    () =>
      `adaptiveMaxPool2d: ${oh}x${ow} windows do not share the ${h}x${w} pixels of ${formatShape(x.shape)} evenly. Use ` +
      "sizes that divide them, or maxPool2d with windows that overlap.",
  );
  const [kh, kw] = [h / oh, w / ow];
  const padding = { top: 0, left: 0, bottom: 0, right: 0 };
  return graph.add(maxPool2d, [x], { kh, kw, sh: kh, sw: kw, dh: 1, dw: 1, ...padding, ceil: false });
}
