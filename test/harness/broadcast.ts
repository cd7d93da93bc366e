import { Graph } from "../../src/graph/graph.js";
import type { Form, Op } from "../../src/ops/op.js";
import { sizeOf } from "../../src/tensor.js";
import { DENSE_SHAPES, SHAPES } from "./elementwise.js";
import { type OpCase, type OperandSpec, ref, testOp } from "./op.js";
import { testPaddingLanes } from "./padding-lanes.js";
import { suite, throwsMessage } from "./suite.js";

interface BroadcastOptions {
  /** What fills the first and the second operand; normal numbers by default. */
  readonly fillA?: OperandSpec["fill"];
  readonly fillB?: OperandSpec["fill"];
  readonly atol?: number;
  readonly rtol?: number;
}

/** Tests an op of two operands, the second of the shape of the first or repeated over it. */
export function testBroadcast(
  op: Op<object>,
  f: (a: number, b: number) => number,
  { fillA, fillB, ...tolerances }: BroadcastOptions = {},
): void {
  const apply = (a: readonly number[], b: readonly number[], form: Form = "blocked"): OpCase => ({
    name: form === "dense" ? `dense [${a}]` : `[${a}] and [${b}]`,
    operands: [
      { shape: a, form, fill: fillA },
      { shape: b, form, fill: fillB },
    ],
    build: (graph, [x, y]) => graph.add(op, [x!, y!], {}),
    reference([x, y]) {
      const out = ref(a);
      const [, c = 1, ...pixels] = a;
      const plane = sizeOf(pixels);
      const [images = 1, , ...size] = b;
      const step = sizeOf(size);
      for (let i = 0; i < out.data.length; i++) {
        const channel = Math.floor(i / plane) % c;
        const image = images === 1 ? 0 : Math.floor(i / (plane * c));
        out.data[i] = f(x!.data[i]!, y!.data[(image * c + channel) * step + (step === 1 ? 0 : i % plane)]!);
      }
      return out;
    },
    ...tolerances,
  });
  const cases: OpCase[] = [
    ...SHAPES.map((shape) => apply(shape, shape)),
    ...DENSE_SHAPES.map((shape) => apply(shape, shape, "dense")),
    apply([2, 9, 3, 7], [2, 9, 1, 1]),
    apply([2, 9, 3, 7], [1, 9, 1, 1]),
    apply([3, 16, 1, 5], [3, 16, 1, 1]),
    apply([2, 5, 4, 1], [1, 5, 1, 1]),
    apply([2, 3, 11], [2, 3, 1]),
    apply([3, 17], [1, 17]),
    {
      name: "an operand with itself",
      operands: [{ shape: [2, 3, 2, 2], fill: fillA }],
      build: (graph, [x]) => graph.add(op, [x!, x!], {}),
      reference: ([x]) => ({ shape: x!.shape, data: x!.data.map((value) => f(value, value)) }),
      ...tolerances,
    },
  ];
  testOp(op.name, cases);
  testPaddingLanes(op.name, cases);

  const test = suite(`errors of ${op.name}`);
  test("shapes that do not fit", () => {
    const shapes: [number[], number[], string][] = [
      [[2, 9, 3, 7], [2, 9, 3, 1], "[2, 9, 3, 7] or [2, 9, 1, 1] or [1, 9, 1, 1]"],
      [[2, 9, 3, 7], [2, 8, 1, 1], "[2, 9, 3, 7] or [2, 9, 1, 1] or [1, 9, 1, 1]"],
      [[2, 9, 3, 7], [2, 9], "[2, 9, 3, 7] or [2, 9, 1, 1] or [1, 9, 1, 1]"],
      [[3, 4], [2, 4], "[3, 4] or [1, 4]"],
    ];
    for (const [a, b, fitting] of shapes) {
      const graph = new Graph();
      const pattern = `${op.name}: the second operand has shape [${b.join(", ")}]; beside a first of [${a.join(", ")}] it must be ${fitting}.`;
      throwsMessage(
        () => graph.add(op, [graph.input("a", a), graph.input("b", b)], {}),
        new RegExp(pattern.replace(/[[\].]/g, "\\$&")),
      );
    }
  });
  test("operands of two kinds", () => {
    const graph = new Graph();
    throwsMessage(
      () => graph.add(op, [graph.input("x", [2, 3]), graph.denseInput("w", [2, 3])], {}),
      new RegExp(
        `^${op.name}: "x" of \\[2, 3\\] is an activation, but "w" of \\[2, 3\\] is dense, as weights are; both must be of one kind\\.$`,
      ),
    );
  });

  test("dense operands of two shapes", () => {
    const graph = new Graph();
    throwsMessage(
      () => graph.add(op, [graph.denseInput("a", [2, 3]), graph.denseInput("b", [1, 3])], {}),
      /the second operand has shape \[1, 3\]; beside a first of \[2, 3\] it must be \[2, 3\]\.$/,
    );
  });
  test.run();
}
