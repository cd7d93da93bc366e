import { maxPoolIndices } from "../../src/ops/max-pool-indices.js";
import type { MaxPoolAttrs } from "../../src/ops/max-pool2d.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, type Ref, testOp } from "../harness/op.js";
import { describePool, poolAttrs, poolRef } from "../harness/pooling.js";

/** Numbers of which many are the same. */
const indices = (
  shape: Shape,
  kernel: readonly [number, number],
  attrs: Partial<MaxPoolAttrs> = {},
  columnMajor = false,
): OpCase => {
  const full: MaxPoolAttrs = { ...poolAttrs(kernel, attrs), dh: attrs.dh ?? 1, dw: attrs.dw ?? 1 };
  const [h = 1, w = 1] = shape.length === 4 ? shape.slice(2) : [1, shape[2]!];
  const { kh, kw, dh, dw } = full;
  return {
    name: `${describePool(shape, full)}${columnMajor ? ", down the columns" : ""}`,
    operands: [{ shape, fill: (random) => random.int(5) - 2 }],
    build: (graph, [x]) => maxPoolIndices(graph, x!, full, columnMajor),
    reference([x]) {
      // Each window sees the places of its pixels in turn: planes follow each other in the output.
      const planes = shape[0]! * shape[1]!;
      const y: Ref = poolRef(x!, full, (pixels) => pixels.length);
      const windows = y.data.length / planes;
      let window = 0;
      return poolRef(x!, full, (_pixels, top, left) => {
        const first = Math.floor(window++ / windows) * h * w;
        let place = -1;
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) {
            const [iy, ix] = [top + ky * dh, left + kx * dw];
            if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
            const here = iy * w + ix;
            if (place < 0 || x!.data[first + here]! > x!.data[first + place]!) place = here;
          }
        return first + (columnMajor ? (place % w) * h + Math.floor(place / w) : place);
      });
    },
    gradient: false,
  };
};

testOp("maxPoolIndices", [
  indices([1, 1, 4, 4], [2, 2], { sh: 2, sw: 2 }),
  indices([2, 11, 7, 6], [3, 2], { sh: 2, sw: 2, top: 1, left: 1, bottom: 1, right: 0, ceil: true }),
  indices([2, 3, 7, 6], [3, 2], { dh: 2, dw: 3 }, true),
  indices([2, 3, 9], [1, 3], { sw: 2 }),
]);
