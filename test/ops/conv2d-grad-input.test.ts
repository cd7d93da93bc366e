// What the gradient of a convolution's input takes over: of a border of zeros nothing is computed, other gradients are added.

import { backward } from "../../src/graph/backward.js";
import { fuse } from "../../src/graph/fuse.js";
import { Graph, neededNodes } from "../../src/graph/graph.js";
import { add } from "../../src/ops/add.js";
import { type ConvAttrs, conv2d } from "../../src/ops/conv2d.js";
import type { Value } from "../../src/ops/op.js";
import { type PadAttrs, pad } from "../../src/ops/pad.js";
import { padRef } from "../harness/channels.js";
import { convAttrs, convolve } from "../harness/convolution.js";
import { type OpCase, type Ref, testOp } from "../harness/op.js";
import { assert, suite } from "../harness/suite.js";

type Border = readonly [top: number, left: number, bottom: number, right: number];

const padding = ([top, left, bottom, right]: Border): PadAttrs => ({
  top,
  left,
  bottom,
  right,
  mode: "zeros",
});

const sumOf = (a: Ref, b: Ref): Ref => ({
  shape: a.shape,
  data: a.data.map((value, i) => value + b.data[i]!),
});

/** Convolutions of the same padded image by the kernels, added up; also with the image itself, where `skips`. */
function padded(
  [n, c, h, w]: [number, number, number, number],
  kernels: readonly (readonly [k: number, kh: number, kw: number])[],
  borders: readonly Border[],
  given: Partial<ConvAttrs> = {},
  skips = false,
): OpCase {
  const attrs = convAttrs(given);
  return {
    name: `${n}x${c}x${h}x${w}, kernels ${JSON.stringify(kernels)}, borders ${JSON.stringify(borders)}, ${JSON.stringify(given)}`,
    operands: [
      { shape: [n, c, h, w] },
      ...kernels.map(([k, kh, kw]) => ({
        shape: [k, c / attrs.groups, kh, kw],
        form: "dense" as const,
      })),
    ],
    build(graph, [x, ...weights]) {
      const parts = weights.map((weight, i) => {
        const image = graph.add(pad, [x!], padding(borders[i]!));
        return graph.add(conv2d, [image, weight, null], attrs);
      });
      return (skips ? [...parts, x!] : parts).reduce((a, b) => graph.add(add, [a, b], {}));
    },
    reference([x, ...weights]) {
      const parts = weights.map((weight, i) => convolve(padRef(x!, ...borders[i]!), weight, null, attrs));
      return (skips ? [...parts, x!] : parts).reduce(sumOf);
    },
  };
}

testOp("gradient of a convolution's input behind zeros", [
  padded([2, 5, 6, 7], [[9, 3, 3]], [[1, 1, 1, 1]]),
  padded([1, 8, 5, 5], [[4, 1, 1]], [[2, 1, 0, 3]]),
  padded([2, 3, 7, 6], [[8, 5, 3]], [[3, 0, 1, 2]]),
  padded([1, 6, 8, 9], [[10, 3, 3]], [[1, 1, 1, 1]], { sh: 2, sw: 2 }),
  padded([2, 4, 9, 7], [[3, 3, 2]], [[0, 3, 2, 1]], { sh: 3, sw: 2 }),
  padded([1, 4, 9, 7], [[3, 3, 3]], [[2, 2, 2, 2]], { dh: 2, dw: 2 }),
  padded([1, 6, 5, 6], [[6, 3, 3]], [[1, 1, 1, 1]], { groups: 6 }),
  padded([1, 6, 7, 6], [[9, 3, 3]], [[1, 2, 1, 2]], { groups: 3, sh: 2 }),
  padded([2, 9, 6, 6], [[9, 3, 3]], [[1, 1, 1, 1]], {}, true),
  padded([1, 6, 6, 6], [[6, 3, 3]], [[1, 1, 1, 1]], { groups: 6 }, true),
  padded([2, 5, 9, 10], [[5, 5, 5]], [[1, 2, 3, 2]], {}, true),
  padded([1, 3, 6, 12], [[9, 7, 4]], [[1, 2, 3, 1]], { dw: 2 }),
  padded(
    [2, 10, 6, 6],
    [
      [7, 3, 3],
      [7, 1, 1],
    ],
    [
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ],
    { sh: 2, sw: 2 },
  ),
]);

// Images so small that most of what the windows see are zeros, which are left out.
testOp("convolution of few pixels behind zeros", [
  padded([5, 16, 2, 2], [[24, 3, 3]], [[1, 1, 1, 1]], {}, false),
  padded([5, 9, 2, 2], [[9, 3, 3]], [[1, 1, 1, 1]], {}, true),
  padded([4, 9, 1, 1], [[8, 3, 3]], [[1, 1, 1, 1]]),
  padded([1, 9, 1, 1], [[8, 5, 5]], [[2, 2, 2, 2]]),
  padded([6, 3, 4, 4], [[9, 3, 3]], [[1, 1, 1, 1]], { sh: 2, sw: 2 }),
  padded([7, 8, 3, 4], [[10, 3, 5]], [[1, 2, 1, 2]], { sh: 2, sw: 3 }),
  padded([4, 8, 1, 1], [[8, 1, 1]], [[1, 1, 0, 0]]),
  padded([4, 8, 2, 2], [[8, 3, 3]], [[2, 2, 2, 2]], { dh: 2, dw: 2 }),
  padded([5, 16, 2, 2], [[24, 3, 3]], [[1, 1, 1, 1]], { groups: 2 }),
  padded([4, 6, 2, 1], [[5, 3, 2]], [[1, 1, 1, 1]], { flip: true }),
  padded([2, 9, 3, 12], [[9, 5, 5]], [[2, 2, 2, 2]], {}, true),
]);

const test = suite("what the gradient of a convolution's input takes over");

/** Names of the nodes that compute the gradient of x, of a network that begins with it. */
function nodesOf(build: (graph: Graph, x: Value) => Value): string[] {
  const graph = new Graph();
  const x = graph.input("x", [1, 8, 6, 6]);
  const y = build(graph, x);
  const dy = graph.input("dy", y.shape);
  const grad = backward(graph, new Map([[y, dy]]), [x]).get(x)!;
  return fuse(neededNodes(graph, [grad]), new Set([grad])).nodes.map(({ op }) => op.name);
}

const conv = (graph: Graph, x: Value): Value =>
  graph.add(conv2d, [x, graph.denseInput("w", [8, 8, 3, 3]), null], convAttrs());

test("zeros are cut off", () => {
  assert.equal(
    nodesOf((graph, x) => conv(graph, graph.add(pad, [x], padding([1, 1, 1, 1])))),
    ["conv2dGradInput"],
  );
});

test("zeros around zeros too", () => {
  assert.equal(
    nodesOf((graph, x) => {
      const inner = graph.add(pad, [x], padding([1, 0, 0, 0]));
      return conv(graph, graph.add(pad, [inner], padding([0, 1, 1, 1])));
    }),
    ["conv2dGradInput"],
  );
});

test("other borders have gradients", () => {
  assert.equal(
    nodesOf((graph, x) => conv(graph, graph.add(pad, [x], { ...padding([1, 1, 1, 1]), mode: "reflect" }))),
    ["conv2dGradInput", "padGradInput"],
  );
});

test("the gradient past the convolution is added", () => {
  assert.equal(
    nodesOf((graph, x) => graph.add(add, [conv(graph, graph.add(pad, [x], padding([1, 1, 1, 1]))), x], {})),
    ["conv2dGradInput"],
  );
});

test.run();
