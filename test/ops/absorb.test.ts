import { fuse } from "../../src/graph/fuse.js";
import { Graph, neededNodes } from "../../src/graph/graph.js";
import { add } from "../../src/ops/add.js";
import { batchNorm } from "../../src/ops/batch-norm.js";
import { clip } from "../../src/ops/clip.js";
import { type ConvAttrs, conv2d } from "../../src/ops/conv2d.js";
import { linear } from "../../src/ops/linear.js";
import type { Value } from "../../src/ops/op.js";
import { pad } from "../../src/ops/pad.js";
import { relu } from "../../src/ops/relu.js";
import { relu6 } from "../../src/ops/relu6.js";
import type { Random } from "../../src/random.js";
import { convAttrs, convolve, waysOf } from "../harness/convolution.js";
import { type OpCase, type OperandSpec, type Ref, testOp } from "../harness/op.js";
import { assert, suite } from "../harness/suite.js";

const EPS = 1e-3;

/** What stands behind a convolution. */
interface Behind {
  readonly norm?: "affine" | "plain";
  /** What is added: before or after the convolution among the operands of the addition. */
  readonly residual?: "first" | "second";
  readonly clamp?: "relu" | "relu6" | "clip";
}

const BOUNDS = { relu: [0, Infinity], relu6: [0, 6], clip: [-0.5, 0.25] } as const;

/** Whether its bounds are finite: sums then seldom lie at them exactly, where central differences have no say. */
const clampOf = (graph: Graph, value: Value, clamp: NonNullable<Behind["clamp"]>): Value => {
  if (clamp === "clip") return graph.add(clip, [value], { min: BOUNDS.clip[0], max: BOUNDS.clip[1] });
  return graph.add(clamp === "relu" ? relu : relu6, [value], {});
};

function behind(
  [n, c, h, w]: [number, number, number, number],
  k: number,
  [kh, kw]: [number, number],
  { norm, residual, clamp }: Behind,
  given: Partial<ConvAttrs> = {},
  bias = true,
): OpCase {
  const attrs = convAttrs(given);
  const oh = Math.floor((h - (kh - 1) * attrs.dh - 1) / attrs.sh) + 1;
  const ow = Math.floor((w - (kw - 1) * attrs.dw - 1) / attrs.sw) + 1;
  const vector: OperandSpec = { shape: [k], form: "dense" };
  const operands: [string, OperandSpec][] = [
    ["x", { shape: [n, c, h, w] }],
    ["w", { shape: [k, c / attrs.groups, kh, kw], form: "dense" }],
  ];
  if (bias) operands.push(["b", vector]);
  if (residual) operands.push(["r", { shape: [n, k, oh, ow] }]);
  if (norm) {
    operands.push(["mean", vector]);
    operands.push(["variance", { ...vector, fill: (random: Random) => 0.2 + random.uniform() * 3 }]);
  }
  if (norm === "affine") operands.push(["gamma", vector], ["beta", vector]);
  const named = <T>(list: readonly T[]): Record<string, T | undefined> =>
    Object.fromEntries(operands.map(([name], i) => [name, list[i]]));
  return {
    name: `${n}x${c}x${h}x${w} to ${k}, kernel ${kh}x${kw} ${JSON.stringify({ norm, residual, clamp, ...given, bias })}`,
    operands: operands.map(([, spec]) => spec),
    convolutions: waysOf(kh, kw, attrs),
    // Gradients read what batch norm reads, so that it is not absorbed where they are asked for.
    gradient: !norm && clamp !== "clip",
    build(graph, values) {
      const v = named(values);
      let y = graph.add(conv2d, [v.x!, v.w!, v.b ?? null], attrs);
      if (norm) {
        y = graph.add(batchNorm, [y, v.gamma ?? null, v.beta ?? null, v.mean!, v.variance!], { eps: EPS });
      }
      if (residual) y = graph.add(add, residual === "first" ? [v.r!, y] : [y, v.r!], {});
      if (clamp) y = clampOf(graph, y, clamp);
      assert.is(fuse(neededNodes(graph, [y]), new Set([y])).nodes.length, 1, "one node does all of it");
      return y;
    },
    reference(refs) {
      const v = named<Ref>(refs);
      const y = convolve(v.x!, v.w!, v.b ?? null, attrs);
      const [low, high] = clamp ? BOUNDS[clamp] : [-Infinity, Infinity];
      y.data.forEach((sum, i) => {
        const channel = Math.floor(i / (oh * ow)) % k;
        let value = sum;
        if (norm) {
          const { data: mean } = v.mean!;
          value = (value - mean[channel]!) / Math.sqrt(v.variance!.data[channel]! + EPS);
          value = value * (v.gamma?.data[channel] ?? 1) + (v.beta?.data[channel] ?? 0);
        }
        if (residual) value += v.r!.data[i]!;
        y.data[i] = Math.min(Math.max(value, low), high);
      });
      return y;
    },
  };
}

testOp("convolution with what it absorbs", [
  behind([2, 5, 6, 7], 9, [3, 3], { clamp: "relu" }),
  behind([1, 3, 9, 8], 8, [3, 2], { clamp: "relu6" }, { sh: 2, sw: 2 }, false),
  behind([1, 8, 5, 13], 16, [1, 1], { clamp: "clip" }),
  behind([2, 8, 5, 5], 8, [1, 1], { residual: "first" }),
  behind([2, 16, 9, 17], 11, [1, 1], { residual: "second", clamp: "relu" }, {}, false),
  behind([1, 4, 7, 6], 5, [3, 3], { residual: "second" }, { dh: 2 }),
  behind([3, 6, 1, 1], 10, [1, 1], { residual: "first", clamp: "relu" }),
  behind([2, 7, 5, 4], 9, [3, 3], { norm: "affine" }),
  behind([2, 7, 5, 4], 9, [3, 3], { norm: "plain" }, {}, false),
  behind([1, 8, 6, 6], 12, [3, 3], { norm: "affine", residual: "second", clamp: "relu" }, { groups: 4 }),
  behind([1, 10, 5, 7], 10, [3, 3], { norm: "affine" }, { groups: 10 }, false),
  behind([1, 10, 5, 7], 10, [3, 3], { norm: "affine", clamp: "relu6" }, { groups: 10 }, false),
  behind([2, 9, 7, 6], 9, [3, 3], { residual: "first", clamp: "relu" }, { groups: 9, sh: 2 }),
  behind([1, 9, 8, 16], 9, [5, 5], { norm: "affine", residual: "second", clamp: "relu6" }, { groups: 9 }),
  behind([1, 3, 7, 7], 4, [3, 3], { norm: "affine", clamp: "relu" }),
  behind([2, 9, 8, 13], 20, [3, 3], { norm: "affine", residual: "first", clamp: "relu6" }),
  behind([2, 9, 8, 13], 20, [3, 3], { residual: "second", clamp: "clip" }, {}, false),
]);

const test = suite("what is absorbed");

/** Names of the ops left of a graph. */
const left = (graph: Graph, outputs: Value[], kept: Value[] = outputs): string[] =>
  fuse(neededNodes(graph, outputs), new Set(kept)).nodes.map(({ op }) => op.name);

const input = (graph: Graph): [x: Value, w: Value] => [
  graph.input("x", [1, 8, 6, 6]),
  graph.denseInput("w", [8, 8, 1, 1]),
];

test("a value that something else reads, or that is asked for, is not taken over", () => {
  const graph = new Graph();
  const [x, w] = input(graph);
  const y = graph.add(conv2d, [x, w, null], convAttrs());
  const z = graph.add(relu, [y], {});
  assert.equal(left(graph, [z]), ["conv2d"]);
  assert.equal(left(graph, [z], [y, z]), ["conv2d", "relu"]);
  assert.equal(left(graph, [graph.add(add, [y, z], {})]), ["conv2d", "relu", "add"]);
});

test("of two convolutions that are added up, the later one takes the addition", () => {
  const graph = new Graph();
  const [x, w] = input(graph);
  const first = graph.add(conv2d, [x, w, null], convAttrs());
  const second = graph.add(conv2d, [x, w, null], convAttrs());
  const sum = graph.add(relu, [graph.add(add, [second, first], {})], {});
  const { nodes } = fuse(neededNodes(graph, [sum]), new Set([sum]));
  assert.equal(
    nodes.map(({ outputs }) => outputs[0]),
    [first, sum],
  );
});

test("nothing is taken over after what clamps, nor an addition of another shape", () => {
  const graph = new Graph();
  const [x, w] = input(graph);
  const y = graph.add(conv2d, [x, w, null], convAttrs());
  const clamped = graph.add(relu, [y], {});
  assert.equal(left(graph, [graph.add(add, [clamped, x], {})]), ["conv2d", "add"]);
  const other = new Graph();
  const [u, v] = input(other);
  const sum = other.add(
    add,
    [other.add(conv2d, [u, v, null], convAttrs()), other.input("c", [1, 8, 1, 1])],
    {},
  );
  assert.equal(left(other, [sum]), ["conv2d", "add"]);
});

test("a linear layer takes over what follows it; padding does not", () => {
  const graph = new Graph();
  const x = graph.input("x", [2, 5]);
  const y = linear(graph, x, graph.denseInput("w", [3, 5]), null);
  assert.equal(left(graph, [graph.add(relu, [y], {})]), ["linear"]);
  const image = graph.input("image", [1, 2, 4, 4]);
  const padded = graph.add(pad, [image], { top: 1, left: 1, bottom: 1, right: 1, mode: "zeros" });
  assert.equal(left(graph, [graph.add(relu, [padded], {})]), ["pad", "relu"]);
});

test.run();
