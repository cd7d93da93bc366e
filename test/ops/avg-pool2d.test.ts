import { type AvgPoolAttrs, avgPool2d } from "../../src/ops/avg-pool2d.js";
import { type OpCase, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { describePool, poolAttrs, poolRef } from "../harness/pooling.js";

const taps = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function pool(
  shape: readonly number[],
  kernel: readonly [number, number],
  attrs: Partial<AvgPoolAttrs> = {},
): OpCase {
  const full: AvgPoolAttrs = { ...poolAttrs(kernel, attrs), countIncludePad: attrs.countIncludePad ?? true };
  const { kh, kw, bottom, right, countIncludePad, dh = 1, dw = 1 } = full;
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
        const rows = taps(kh).filter((tap) => top + tap * dh < h + bottom);
        const columns = taps(kw).filter((tap) => left + tap * dw < w + right);
        return sum / (rows.length * columns.length);
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
  pool([1, 9, 6, 2], [3, 3], { ...all(1), countIncludePad }),
  pool([2, 3, 7, 9], [3, 3], { sh: 2, left: 1, bottom: 1, countIncludePad }),
  pool([2, 11, 13], [1, 3], { sw: 2, left: 1, right: 1, countIncludePad }),
  pool([1, 9, 9, 8], [3, 2], { dh: 2, dw: 3, countIncludePad }),
  pool([2, 3, 7, 10], [2, 3], { dh: 3, dw: 2, sh: 2, sw: 3, ...all(1), ceil: true, countIncludePad }),
  // The last window begins at the last pixel and reaches beyond the padding.
  pool([1, 2, 4, 4], [3, 3], { sh: 3, sw: 3, ...all(1), ceil: true, countIncludePad }),
]);
testOp("avgPool2d", cases);
testPaddingLanes("avgPool2d", cases);
