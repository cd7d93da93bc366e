import { Graph } from "../../src/graph/graph.js";
import { concat } from "../../src/ops/concat.js";
import { instanceNorm } from "../../src/ops/instance-norm.js";
import { pad } from "../../src/ops/pad.js";
import { relu } from "../../src/ops/relu.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { suite, throwsMessage } from "../harness/suite.js";

const EPS = 1e-2;

function normalized(x: Ref, weight: Ref | null, bias: Ref | null): Ref {
  const [n = 1, c = 1, ...pixels] = x.shape;
  const size = pixels.reduce((a, b) => a * b, 1);
  const y = ref(x.shape);
  for (let plane = 0; plane < n * c; plane++) {
    const numbers = x.data.slice(plane * size, (plane + 1) * size);
    const mean = numbers.reduce((a, b) => a + b, 0) / size;
    const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / size;
    numbers.forEach((number, i) => {
      const scaled = (number - mean) / Math.sqrt(variance + EPS);
      y.data[plane * size + i] = scaled * (weight?.data[plane % c] ?? 1) + (bias?.data[plane % c] ?? 0);
    });
  }
  return y;
}

const normalize = (shape: Shape, affine: boolean, fill?: (i: number) => number): OpCase => ({
  name: `[${shape}]${affine ? ", weight and bias" : ""}`,
  operands: [
    { shape, fill: (random, i) => random.normal() + (fill?.(i) ?? 0) },
    ...(affine
      ? [
          { shape: [shape[1]!], form: "dense" as const },
          { shape: [shape[1]!], form: "dense" as const },
        ]
      : []),
  ],
  build: (graph, [x, weight, bias]) => instanceNorm(graph, x!, weight ?? null, bias ?? null, EPS),
  reference: ([x, weight, bias]) => normalized(x!, weight ?? null, bias ?? null),
});

const cases: OpCase[] = [
  normalize([1, 1, 2, 2], false),
  normalize([1, 11, 5, 3], true),
  normalize([3, 9, 4, 5], true, (i) => i % 7),
  normalize([2, 16, 3, 3], false),
  normalize([2, 5, 9], true),
  {
    ...normalize([2, 8, 3, 3], true),
    name: "as parts of padding and of a concatenation",
    build(graph, [x, weight, bias]) {
      const border = { top: 1, left: 1, bottom: 0, right: 0, mode: "zeros" } as const;
      const padded = graph.add(pad, [instanceNorm(graph, x!, weight!, bias!, EPS)], border);
      const inside = instanceNorm(graph, graph.add(relu, [x!], {}), null, null, EPS);
      return graph.add(concat, [padded, graph.add(pad, [inside], border)], {});
    },
    reference([x, weight, bias]) {
      const positive = { ...x!, data: x!.data.map((v) => Math.max(v, 0)) };
      const y = ref([2, 16, 4, 4]);
      [normalized(x!, weight!, bias!), normalized(positive, null, null)].forEach((part, half) => {
        part.data.forEach((v, i) => {
          const [plane, row, column] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
          const channel = (plane % 8) + 8 * half;
          y.data[((Math.floor(plane / 8) * 16 + channel) * 4 + row + 1) * 4 + column + 1] = v;
        });
      });
      return y;
    },
  },
];
testOp("instanceNorm", cases);
testPaddingLanes("instanceNorm", cases);

const test = suite("errors of instanceNorm");
test("weights that do not fit", () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 3, 4, 4]);
  const weight = graph.denseInput("w", [4]);
  throwsMessage(
    () => instanceNorm(graph, x, weight, null, 1e-5),
    /weight has shape \[4\], but the input \[1, 3, 4, 4\]/,
  );
});
test.run();
