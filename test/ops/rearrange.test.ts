import { Graph } from "../../src/graph/graph.js";
import {
  expanded,
  gathered,
  type PaddingKind,
  paddedDense,
  sliced,
  taken,
  tiled,
  transposed,
} from "../../src/ops/rearrange.js";
import type { Shape } from "../../src/tensor.js";
import { denseCase, elementAt } from "../harness/dense.js";
import { testOp } from "../harness/op.js";
import { suite, throwsMessage } from "../harness/suite.js";

const transpose = (shape: Shape, perm: readonly number[]) =>
  denseCase(
    `by [${perm}]`,
    shape,
    perm.map((axis) => shape[axis]!),
    (graph, [x]) => transposed(graph, x!, perm),
    (x, index) => {
      const from: number[] = [];
      perm.forEach((axis, i) => {
        from[axis] = index[i]!;
      });
      return elementAt(x, from);
    },
  );

testOp("transposed", [
  transpose([3], [0]),
  transpose([1, 1], [1, 0]),
  transpose([3, 5], [1, 0]),
  transpose([2, 3, 4, 5], [0, 2, 3, 1]),
  transpose([2, 3, 4, 5], [3, 2, 1, 0]),
  transpose([2, 3, 1, 70], [2, 1, 0, 3]),
  transpose([7, 73], [1, 0]),
  transpose([2, 13, 6, 12], [0, 2, 3, 1]),
  transpose([66, 4], [1, 0]),
  transpose([1, 2, 3, 2, 2, 3], [0, 1, 4, 2, 5, 3]),
  transpose([2, 3, 2, 2, 3], [1, 0, 2, 3, 4]),
]);

type Slice = [starts: number[], ends: number[], axes?: number[], steps?: number[]];
/** The places that each axis shows, by hand. */
const slice = (shape: Shape, args: Slice, places: readonly (readonly number[])[]) =>
  denseCase(
    args.map((list) => `[${list}]`).join(" "),
    shape,
    places.map(({ length }) => length),
    (graph, [x]) => sliced(graph, x!, ...args),
    (x, index) =>
      elementAt(
        x,
        index.map((place, axis) => places[axis]![place]!),
      ),
  );

testOp("sliced", [
  slice([5], [[1], [4]], [[1, 2, 3]]),
  slice([5], [[-2], [100]], [[3, 4]]),
  slice([5], [[-1], [-100], [0], [-2]], [[4, 2, 0]]),
  slice([5], [[3], [0], [0], [-1]], [[3, 2, 1]]),
  slice(
    [2, 7],
    [[Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY], [1], [3]],
    [
      [0, 1],
      [0, 3, 6],
    ],
  ),
  slice(
    [3, 4, 6],
    [
      [1, 0],
      [3, -1],
      [0, -1],
      [1, 2],
    ],
    [
      [1, 2],
      [0, 1, 2, 3],
      [0, 2, 4],
    ],
  ),
  slice([2, 3, 80], [[1], [2]], [[1], [0, 1, 2], Array.from({ length: 80 }, (_, i) => i)]),
]);

const expand = (shape: Shape, to: Shape, result: Shape = to) =>
  denseCase(
    `to [${to}]`,
    shape,
    result,
    (graph, [x]) => expanded(graph, x!, to),
    (x, index) =>
      elementAt(
        x,
        shape.map((size, axis) => (size === 1 ? 0 : index[axis + result.length - shape.length]!)),
      ),
  );

testOp("expanded", [
  expand([], [3, 2]),
  expand([1], [70]),
  expand([3, 1], [2, 1, 6], [2, 3, 6]),
  expand([4, 1, 5], [4, 3, 5]),
  expand([2, 1, 3, 1], [2, 4, 3, 5]),
  expand([2, 3], [1], [2, 3]),
]);

const list = (places: readonly number[] | null, place: number): number => (places ? places[place]! : place);
const gather = (shape: Shape, lists: readonly (readonly number[] | null)[], fill = 0) =>
  denseCase(
    `at ${lists.map((places) => (places ? `[${places}]` : "all"))}, else ${fill}`,
    shape,
    shape.map((size, axis) => lists[axis]?.length ?? size),
    (graph, [x]) => gathered(graph, x!, lists, fill),
    (x, index) => {
      const from = index.map((place, axis) => list(lists[axis]!, place));
      return from.includes(-1) ? fill : elementAt(x, from);
    },
  );

testOp("gathered", [
  gather([4], [[2]]),
  gather([4], [[3, 0, 0, 3, 1]]),
  gather([4], [[-1, 2, -1]], 7),
  gather([2, 3], [null, [0, 0, 1, 1, 2, 2]]),
  gather([2, 4, 4], [null, [0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 1, 1, 2, 2, 3, 3]]),
  gather(
    [3, 2, 5],
    [
      [2, -1, 0],
      [1, 1],
      [4, 2, -1, 2],
    ],
    -3,
  ),
  gather([2, 2, 66], [[1, -1, 0, 1], null, null], 0.5),
]);

testOp("taken", [
  denseCase(
    "at [2, -1, 0] of axis 1",
    [2, 4, 3],
    [2, 3, 3],
    (graph, [x]) => taken(graph, x!, [2, -1, 0], 1),
    (x, [i = 0, j = 0, k = 0]) => elementAt(x, [i, [2, 3, 0][j]!, k]),
  ),
]);

testOp("tiled", [
  denseCase(
    "2x1x3 times",
    [2, 3, 2],
    [4, 3, 6],
    (graph, [x]) => tiled(graph, x!, [2, 1, 3]),
    (x, [i = 0, j = 0, k = 0]) => elementAt(x, [i % 2, j, k % 2]),
  ),
]);

/** numpy.pad of [0, 1, 2, 3] by mode, beginning at place -5 (np.pad(np.arange(4), (5, 5), mode)). */
const PADDED: Record<Exclude<PaddingKind, "constant">, number[]> = {
  reflect: [1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2],
  symmetric: [3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0],
  edge: [0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3],
  wrap: [3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0],
};

testOp("paddedDense", [
  ...Object.entries(PADDED).map(([mode, places]) =>
    denseCase(
      `${mode} by 5`,
      [2, 4],
      [2, 14],
      (graph, [x]) => paddedDense(graph, x!, [0, 5, 0, 5], mode as PaddingKind),
      (x, [i = 0, j = 0]) => elementAt(x, [i, places[j]!]),
    ),
  ),
  denseCase(
    "by a constant",
    [2, 3, 2],
    [3, 6, 2],
    (graph, [x]) => paddedDense(graph, x!, [1, 2, 0, 0, 1, 0], "constant", -1.5),
    (x, [i = 0, j = 0, k = 0]) => (i < 1 || j < 2 || j > 4 ? -1.5 : elementAt(x, [i - 1, j - 2, k])),
  ),
  denseCase(
    "cut off before, mirrored after",
    [5],
    [5],
    (graph, [x]) => paddedDense(graph, x!, [-2, 2], "reflect"),
    (x, [i = 0]) => x.data[[2, 3, 4, 3, 2][i]!]!,
  ),
]);

const test = suite("errors of dense axes");
test("what does not fit is named", () => {
  const graph = new Graph();
  const x = graph.denseInput("x", [2, 3]);
  throwsMessage(() => transposed(graph, x, [0, 0]), /\[0, 0\] is no order of the axes of \[2, 3\]/);
  throwsMessage(() => transposed(graph, x, [0, 2]), /no axis 2 in the shape \[2, 3\]/);
  throwsMessage(
    () => taken(graph, x, [3], 1),
    /no index 3 along axis 1 of \[2, 3\]; it must be from -3 to 2/,
  );
  throwsMessage(() => sliced(graph, x, [2], [1], [1]), /leaves nothing of the 3 along axis 1/);
  throwsMessage(() => sliced(graph, x, [2], [1], [1], [0]), /step along axis 1 is 0/);
  throwsMessage(() => expanded(graph, x, [4, 3]), /\[2, 3\] and \[4, 3\] do not fit/);
  throwsMessage(() => tiled(graph, x, [2]), /\[2\] does not say how often/);
  throwsMessage(() => paddedDense(graph, x, [1, 1]), /pads \[1, 1\] do not fit \[2, 3\]/);
  throwsMessage(() => gathered(graph, x, [null]), /1 lists of places for the 2 axes/);
  throwsMessage(() => gathered(graph, x, [null, [-2]]), /no place -2 along axis 1/);
});
test.run();
