import { Graph } from "../../src/graph/graph.js";
import { resized, type Tap } from "../../src/ops/resample.js";
import type { Shape } from "../../src/tensor.js";
import { denseCase, elementAt } from "../harness/dense.js";
import { testOp } from "../harness/op.js";
import { suite, throwsMessage } from "../harness/suite.js";

const along = (shape: Shape, axis: number, taps: readonly (readonly Tap[])[]) =>
  denseCase(
    `along axis ${axis} to ${taps.length}`,
    shape,
    shape.map((size, i) => (i === axis ? taps.length : size)),
    (graph, [x]) => resized(graph, x!, axis, taps),
    (x, index) =>
      taps[index[axis]!]!.reduce(
        (sum, tap) =>
          sum +
          tap.weight *
            elementAt(
              x,
              index.map((place, i) => (i === axis ? tap.index : place)),
            ),
        0,
      ),
  );

/** Halfway between neighbours, to the ends. */
const doubled = (size: number): Tap[][] =>
  Array.from({ length: 2 * size - 1 }, (_, i) =>
    i % 2 === 0
      ? [{ index: i / 2, weight: 1 }]
      : [
          { index: (i - 1) / 2, weight: 0.5 },
          { index: (i + 1) / 2, weight: 0.5 },
        ],
  );

testOp("resample", [
  along([1], 0, [[{ index: 0, weight: 3 }]]),
  along([5], 0, doubled(5)),
  along([2, 4, 9], 1, doubled(4)),
  along([2, 4, 9], 2, doubled(9)),
  along([3, 2, 5], 1, [[], [{ index: 1, weight: -2 }], []]),
  along([2, 3, 2, 4], 1, [
    [0, 1, 2].map((index) => ({ index, weight: index + 1 })),
    [{ index: 1, weight: 0.25 }],
  ]),
]);

const test = suite("errors of resample");
test("a tap outside", () => {
  const graph = new Graph();
  const x = graph.denseInput("x", [2, 3]);
  throwsMessage(
    () => resized(graph, x, 1, [[{ index: 3, weight: 1 }]]),
    /a tap lies outside of the 3 numbers along axis 1 of \[2, 3\]; it must be from 0 to 2/,
  );
});
test.run();
