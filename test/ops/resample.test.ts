import { Graph } from "../../src/graph/graph.js";
import { concat } from "../../src/ops/concat.js";
import type { Value } from "../../src/ops/op.js";
import { relu } from "../../src/ops/relu.js";
import { resized, resized2d, resizedAll, type Tap, type Taps } from "../../src/ops/resample.js";
import type { Shape } from "../../src/tensor.js";
import { denseCase, elementAt, fromElements } from "../harness/dense.js";
import { type OpCase, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { assert, suite, throwsMessage } from "../harness/suite.js";

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

const image = (shape: Shape, rows: Taps | null, columns: Taps | null): OpCase => {
  const flat = shape.length === 3;
  const to = [
    ...shape.slice(0, 2),
    ...(flat ? [] : [rows?.length ?? shape[2]!]),
    columns?.length ?? shape.at(-1)!,
  ];
  const self = (place: number) => [{ index: place, weight: 1 }];
  return {
    name: `[${shape}] to [${to}]`,
    operands: [{ shape }],
    build: (graph, [x]) => resized2d(graph, x!, rows, columns),
    reference: ([x]) =>
      fromElements(to, (index) => {
        const [y, ox] = [flat ? 0 : index[2]!, index.at(-1)!];
        let sum = 0;
        for (const row of rows?.[y] ?? self(y))
          for (const column of columns?.[ox] ?? self(ox))
            sum +=
              row.weight *
              column.weight *
              elementAt(x!, [...index.slice(0, 2), ...(flat ? [] : [row.index]), column.index]);
        return sum;
      }),
  };
};

const images = [
  image([2, 3, 4, 5], doubled(4), doubled(5)),
  image([1, 17, 2, 3], [[{ index: 1, weight: 2 }], [], [{ index: 0, weight: -1 }]], null),
  image([1, 8, 2, 3], null, doubled(3)),
  image([2, 9, 5], null, doubled(5)),
];
testOp("resamplePixels", [
  ...images,
  {
    ...image([2, 8, 3, 3], doubled(3), doubled(3)),
    name: "from a part of a concatenation into a part of another",
    build(graph, [x]) {
      const part = graph.add(relu, [x!], {});
      const both = graph.add(concat, [part, x!], {});
      const double = (value: Value) => resized2d(graph, value, doubled(3), doubled(3));
      return graph.add(concat, [double(part), double(both)], {});
    },
    reference: ([x]) => {
      const double = image([2, 8, 3, 3], doubled(3), doubled(3)).reference;
      const parts = [double([{ ...x!, data: x!.data.map((v) => Math.max(v, 0)) }]), double([x!])];
      return fromElements([2, 24, 5, 5], ([n = 0, c = 0, ...pixel]) =>
        elementAt(parts[c < 16 ? 0 : 1]!, [n, c % 8, ...pixel]),
      );
    },
  },
]);
testOp(
  "resizedAll",
  (["blocked", "dense"] as const).flatMap((form): OpCase[] => {
    const all = (shape: Shape, taps: (Taps | null)[]): OpCase => ({
      ...image(shape, taps.length === 4 ? taps[2]! : null, taps.at(-1)!),
      name: `${form} [${shape}]`,
      operands: [{ shape, form }],
      build: (graph, [x]) => resizedAll(graph, x!, taps),
    });
    return [
      all([2, 3, 4, 5], [null, null, doubled(4), doubled(5)]),
      all([2, 9, 5], [null, null, doubled(5)]),
    ];
  }),
);
testPaddingLanes("resamplePixels", images);

const test = suite("errors of resample");
test("axes that take part", () => {
  const graph = new Graph();
  const x = graph.input("x", [2, 3, 4, 4]);
  assert.is(resizedAll(graph, x, [null, null, doubled(4), null]).form, "blocked");
  assert.is(resizedAll(graph, x, [null, doubled(3), null, null]).form, "dense");
  assert.is(resizedAll(graph, x, [null, null, null, null]), x);
  throwsMessage(() => resizedAll(graph, x, [null]), /taps for 1 axes, but the shape \[2, 3, 4, 4\] has 4/);
});
test("a tap outside", () => {
  const graph = new Graph();
  const x = graph.denseInput("x", [2, 3]);
  throwsMessage(
    () => resized(graph, x, 1, [[{ index: 3, weight: 1 }]]),
    /a tap lies at 3, but there are 3 numbers; it must be from 0 to 2/,
  );
});
test.run();
