import { backward } from "../../src/graph/backward.js";
import { Graph } from "../../src/graph/graph.js";
import { type MaxPoolAttrs, maxPool2d } from "../../src/ops/max-pool2d.js";
import { type OpCase, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { describePool, poolAttrs, poolRef } from "../harness/pooling.js";
import { suite, throwsMessage } from "../harness/suite.js";

const window = (kernel: readonly [number, number], attrs: Partial<MaxPoolAttrs> = {}): MaxPoolAttrs => ({
  ...poolAttrs(kernel, attrs),
  dh: attrs.dh ?? 1,
  dw: attrs.dw ?? 1,
});

/** The largest, or a NaN. */
const largest = (pixels: number[]): number => Math.max(...pixels);

function pool(
  shape: readonly number[],
  kernel: readonly [number, number],
  attrs: Partial<MaxPoolAttrs> = {},
): OpCase {
  const full = window(kernel, attrs);
  return {
    name: describePool(shape, full),
    operands: [{ shape }],
    build: (graph, [x]) => graph.add(maxPool2d, [x!], full),
    reference: ([x]) => poolRef(x!, full, largest),
  };
}

const all = (padding: number) => ({ top: padding, left: padding, bottom: padding, right: padding });

/** Numbers from rows such as "1 2 / 3 4". */
function parse(rows: string): { shape: number[]; data: number[] } {
  const lines = rows.split("/").map((line) => line.trim().split(" ").map(Number));
  return { shape: [1, 1, lines.length, lines[0]!.length], data: lines.flat() };
}

/** One channel with the given rows. */
function image(
  name: string,
  rows: string,
  kernel: readonly [number, number],
  attrs: Partial<MaxPoolAttrs> = {},
): OpCase {
  const { shape, data } = parse(rows);
  return {
    ...pool(shape, kernel, attrs),
    name,
    operands: [{ shape, fill: (_random, i) => data[i]! }],
    gradient: false,
    atol: 0,
  };
}

/** The gradient as the output, for images that are not smooth: the rows of dx for a dy of 1, 2, 3, ... */
function routes(
  name: string,
  rows: string,
  kernel: readonly [number, number],
  attrs: Partial<MaxPoolAttrs>,
  dx: string,
): OpCase {
  const full = window(kernel, attrs);
  const { operands } = image(name, rows, kernel, attrs);
  const { shape } = poolRef(ref(operands[0]!.shape), full, largest);
  return {
    name,
    operands: [...operands, { shape, fill: (_random, i) => i + 1 }],
    build(graph, [x, dy]) {
      const y = graph.add(maxPool2d, [x!], full);
      return backward(graph, new Map([[y, dy!]]), [x!]).get(x!)!;
    },
    reference: () => ({ shape: operands[0]!.shape, data: Float64Array.from(parse(dx).data) }),
    gradient: false,
  };
}

const cases = [
  pool([1, 1, 1, 1], [1, 1]),
  pool([2, 3, 4, 4], [2, 2], { sh: 2, sw: 2 }),
  pool([2, 9, 7, 11], [3, 3]),
  pool([2, 8, 7, 7], [3, 3], { sh: 2, sw: 2, ...all(1) }),
  pool([1, 17, 8, 9], [3, 3], { sh: 2, sw: 2, ceil: true }),
  pool([1, 2, 5, 13], [2, 3], { sh: 3, sw: 4, ceil: true, left: 1, right: 1 }),
  pool([2, 5, 9, 8], [3, 2], { dh: 2, dw: 3, sw: 2, ...all(1) }),
  pool([1, 3, 11, 10], [4, 5], { dh: 2, top: 3, bottom: 1, left: 0, right: 2, sh: 3, ceil: true }),
  pool([1, 1, 3, 3], [3, 3], all(1)),
  pool([1, 4, 2, 2], [2, 2], { sh: 2, sw: 2, ...all(1), ceil: true }),
  pool([2, 11, 13], [1, 3], { sw: 2, left: 1, right: 1 }),
  pool([2, 3, 10], [1, 4], { sw: 3, ceil: true, dw: 2 }),
  image("NaN wins, in its windows alone", "1 2 3 4 / 5 NaN 7 8 / 9 8 7 6 / 5 4 3 2", [2, 2]),
  image(
    "also in windows that overlap",
    "1 2 3 4 5 / 9 NaN 7 6 5 / 1 2 3 4 NaN / 6 5 4 3 2 / 1 2 3 4 5",
    [3, 3],
    {
      ...all(1),
      sh: 1,
      sw: 1,
    },
  ),
  image("and in every other one", "NaN 2 3 4 5 6 / 9 8 7 6 NaN 4 / 1 2 3 4 5 6 / 6 5 4 3 2 1", [3, 3], {
    sh: 2,
    sw: 2,
    ceil: true,
  }),
  image("minus infinity everywhere", "-Infinity -Infinity / -Infinity -Infinity", [2, 2], all(1)),
  // Both taps step over the only pixel: nothing but padding is left.
  image("a window without a pixel", "5", [2, 2], { dh: 2, dw: 2, ...all(1) }),
  routes("equal pixels: the first gets it", "1 1 3 / 1 1 3", [2, 2], {}, "1 0 2 / 0 0 0"),
  routes("overlapping windows share", "0 9 0 / 0 0 0 / 0 9 0", [2, 2], {}, "0 3 0 / 0 0 0 / 0 7 0"),
  routes("zeros beside padding", "0 0 / 0 0", [2, 2], { ...all(1), sh: 2, sw: 2 }, "1 2 / 3 4"),
  routes("minus infinity still has a first", "-Infinity -Infinity", [1, 2], {}, "1 0"),
  routes("a NaN gets what its windows have", "1 2 3 / 4 NaN 6 / 7 8 9", [2, 2], {}, "0 0 0 / 0 10 0 / 0 0 0"),
  routes("the first of two NaNs", "5 NaN NaN 1", [1, 3], {}, "0 3 0 0"),
  routes("no pixel, no gradient", "5", [2, 2], { dh: 2, dw: 2, ...all(1) }, "0"),
];
testOp("maxPool2d", cases);
testPaddingLanes("maxPool2d", cases);

const test = suite("errors of maxPool2d");
const fails = (shape: readonly number[], attrs: MaxPoolAttrs, pattern: RegExp): void => {
  const graph = new Graph();
  throwsMessage(() => graph.add(maxPool2d, [graph.input("x", shape)], attrs), pattern);
};
test("a window larger than the input", () => {
  fails(
    [1, 1, 4, 9],
    window([5, 3]),
    /window covers 5 pixels along h, more than the 4 of the padded input \[1, 1, 4, 9\]/,
  );
});
test("more padding than half the window", () => {
  fails(
    [1, 1, 9, 9],
    window([3, 3], { left: 2 }),
    /padding is 2 along w; .* at most half the window, which is 3/,
  );
});
test("other ranks and sizes", () => {
  fails([1, 9], window([1, 1]), /input has shape \[1, 9\], but it must be \[n, c, h, w\]/);
  fails([1, 1, 9, 9], window([2, 2], { sh: 0 }), /stride is 0 along h/);
  fails([1, 1, 9, 9], window([2.5, 2]), /kernel is 2.5 along h/);
});
test.run();
