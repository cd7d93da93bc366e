import type { Graph } from "../../src/graph/graph.js";
import type { Form, Op, Value } from "../../src/ops/op.js";
import { pad } from "../../src/ops/pad.js";
import type { Random } from "../../src/random.js";
import { type OpCase, type OperandSpec, type Ref, testOp } from "./op.js";
import { testPaddingLanes } from "./padding-lanes.js";

/** Shapes on both sides of a block of 8 channels, of every rank, with one pixel and with many. */
export const SHAPES = [
  [1, 1, 1, 1],
  [2, 3, 11],
  [2, 17],
  [1, 8, 5, 5],
  [2, 9, 3, 7],
];

/** Shapes of dense values of any rank, on both sides of 8 and of 512 floats: kernels go through them in such pieces. */
export const DENSE_SHAPES = [[], [7], [2, 1, 4], [3, 1, 2, 11, 1, 8], [1037]];

/** The same shape, each element replaced. */
export function mapRef(x: Ref, f: (value: number, index: number) => number): Ref {
  return { shape: x.shape, data: x.data.map(f) };
}

/** An op, or a function that adds several. */
type Build<A> = Op<A> | ((graph: Graph, x: Value, attrs: A) => Value);

/**
 * Tests what maps each element by itself: also where its output lies inside another tensor, and on NaN. `gradient`:
 * false where there is none.
 */
export function testElementwise<A>(
  op: Build<A>,
  attrs: A,
  f: (x: number) => number,
  {
    fill,
    name = op.name,
    ...rest
  }: { fill?: OperandSpec["fill"]; name?: string; atol?: number; rtol?: number; gradient?: boolean } = {},
): void {
  const build = (graph: Graph, x: Value): Value =>
    typeof op === "function" ? op(graph, x, attrs) : graph.add(op, [x], attrs);
  const apply = (shape: readonly number[], form: Form = "blocked"): OpCase => ({
    name: form === "dense" ? `dense [${shape}]` : `[${shape}]`,
    operands: [{ shape, fill, form }],
    build: (graph, [x]) => build(graph, x!),
    reference: ([x]) => mapRef(x!, f),
    ...rest,
  });
  const special = [
    Number.NaN,
    0,
    100,
    -100,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e-30,
    -1e-30,
  ];
  const cases: OpCase[] = [
    ...SHAPES.map((shape) => apply(shape)),
    ...DENSE_SHAPES.map((shape) => apply(shape, "dense")),
    {
      name: "into a padded tensor",
      operands: [{ shape: [2, 5, 3, 4], fill }],
      build(graph, [x]) {
        const y = build(graph, x!);
        return graph.add(pad, [y], { top: 1, left: 2, bottom: 0, right: 1, mode: "zeros" });
      },
      reference([x]) {
        const y = { shape: [2, 5, 4, 7], data: new Float64Array(2 * 5 * 4 * 7) };
        x!.data.forEach((value, i) => {
          const [plane, row, column] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
          y.data[(plane * 4 + row + 1) * 7 + column + 2] = f(value);
        });
        return y;
      },
      ...rest,
    },
    {
      ...apply([1, special.length + 3, 2, 3]),
      name: "NaN, infinities, zeros",
      operands: [
        {
          shape: [1, special.length + 3, 2, 3],
          fill: (_random: Random, i: number) => special[i % special.length]!,
        },
      ],
      reference: ([x]) => mapRef(x!, (value) => Math.fround(f(value))),
      gradient: false,
      atol: 1e-5,
    },
  ];
  testOp(name, cases);
  testPaddingLanes(name, cases);
}
