import { type AvgPoolAttrs, avgPool2d } from "../../src/ops/avg-pool2d.js";
import { type OpCase, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { describePool, poolAttrs, poolRef } from "../harness/pooling.js";

function pool(
  shape: readonly number[],
  kernel: readonly [number, number],
  attrs: Partial<AvgPoolAttrs> = {},
): OpCase {
  const full: AvgPoolAttrs = { ...poolAttrs(kernel, attrs), countIncludePad: attrs.countIncludePad ?? true };
  const { kh, kw, bottom, right, countIncludePad } = full;
  const [h = 1, w = 1] = shape.length === 4 ? shape.slice(2) : [1, shape[2]!];
  return {
    name: describePool(shape, full),
    operands: [{ shape }],
    build: (graph, [x]) => graph.add(avgPool2d, [x!], full),
    reference: ([x]) =>
      poolRef(x!, full, (pixels, top, left) => {
        const sum = pixels.reduce((a, b) => a + b, 0);
        if (!countIncludePad) return pixels.length > 0 ? sum / pixels.length : 0;
        // Padding counts, but not what a window has beyond it.
        const rows = Math.min(top + kh, h + bottom) - top;
        const columns = Math.min(left + kw, w + right) - left;
        return sum / (rows * columns);
      }),
  };
}

const all = (padding: number) => ({ top: padding, left: padding, bottom: padding, right: padding });
const cases = [true, false].flatMap((countIncludePad) => [
  pool([1, 1, 1, 1], [1, 1], { countIncludePad }),
  pool([2, 3, 4, 4], [2, 2], { sh: 2, sw: 2, countIncludePad }),
  pool([2, 9, 7, 11], [3, 3], { ...all(1), countIncludePad }),
  pool([1, 17, 8, 9], [3, 3], { sh: 2, sw: 2, ceil: true, countIncludePad }),
  pool([2, 5, 7, 8], [3, 2], { sh: 2, sw: 3, ...all(1), ceil: true, countIncludePad }),
  pool([1, 3, 11, 10], [4, 5], { top: 2, bottom: 1, left: 0, right: 2, sh: 3, ceil: true, countIncludePad }),
  pool([1, 8, 5, 6], [2, 2], { sh: 3, sw: 4, countIncludePad }),
  pool([2, 10, 3, 3], [3, 3], { countIncludePad }),
  pool([2, 11, 13], [1, 3], { sw: 2, left: 1, right: 1, countIncludePad }),
  // The last window begins at the last pixel and reaches beyond the padding.
  pool([1, 2, 4, 4], [3, 3], { sh: 3, sw: 3, ...all(1), ceil: true, countIncludePad }),
]);
testOp("avgPool2d", cases);
testPaddingLanes("avgPool2d", cases);
