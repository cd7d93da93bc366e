import type { Op } from "../../src/ops/op.js";
import { type OpCase, type Ref, ref, testOp } from "./op.js";
import { testPaddingLanes } from "./padding-lanes.js";

/** Tests an op that maps the channels of each pixel together. `atPixel` is the definition. */
export function testOverChannels(op: Op<object>, atPixel: (x: number[]) => number[]): void {
  const reference = (x: Ref): Ref => {
    const y = ref(x.shape);
    const [n = 1, c = 1] = x.shape;
    const plane = x.data.length / (n * c);
    for (let image = 0; image < n; image++) {
      for (let i = 0; i < plane; i++) {
        const index = (channel: number) => (image * c + channel) * plane + i;
        atPixel(Array.from({ length: c }, (_, channel) => x.data[index(channel)]!)).forEach(
          (value, channel) => {
            y.data[index(channel)] = value;
          },
        );
      }
    }
    return y;
  };
  const apply = (shape: readonly number[], scale = 1, shift = 0): OpCase => ({
    name: `[${shape}], times ${scale} plus ${shift}`,
    operands: [{ shape, fill: (random) => random.normal() * scale + shift }],
    build: (graph, [x]) => graph.add(op, [x!], {}),
    reference: ([x]) => reference(x!),
    atol: 2e-6 * scale,
  });
  const values = (name: string, row: number[]): OpCase => ({
    ...apply([1, row.length]),
    name,
    operands: [{ shape: [1, row.length], fill: (_random, i) => row[i]! }],
    gradient: false,
    atol: 1e-6,
  });
  const cases = [
    apply([1, 1]),
    apply([3, 10]),
    apply([2, 8]),
    apply([1, 1000]),
    apply([2, 17, 5]),
    apply([2, 3, 4, 5]),
    apply([1, 21, 3, 7]),
    apply([2, 10], 20),
    // Numbers whose powers overflow, and whose powers all vanish: what is subtracted first must be the largest.
    apply([2, 11], 3, 1000),
    apply([2, 11], 3, -1000),
    apply([2, 5, 2, 3], 2, -300),
    values("NaN anywhere makes NaN everywhere", [1, Number.NaN, 3]),
    values("minus infinity is never chosen", [
      1,
      Number.NEGATIVE_INFINITY,
      3,
      2,
      1,
      1,
      1,
      1,
      Number.NEGATIVE_INFINITY,
    ]),
    values("nothing to choose from", [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]),
    values("infinity", [1, Number.POSITIVE_INFINITY]),
  ];
  testOp(op.name, cases);
  testPaddingLanes(op.name, cases);
}
