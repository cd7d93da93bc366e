import { Graph } from "../../src/graph/graph.js";
import { batchNorm, batchNormTrain } from "../../src/ops/batch-norm.js";
import { Random } from "../../src/random.js";
import type { Shape } from "../../src/tensor.js";
import { type OpCase, type OperandSpec, type Ref, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { dense, runOnBuilds } from "../harness/run.js";
import { near, suite, throwsMessage } from "../harness/suite.js";

const EPS = 1e-3;
const positive = (random: Random): number => 0.2 + random.uniform() * 3;

/** Mean and biased variance of each channel. */
function moments(x: Ref): { mean: number[]; variance: number[]; count: number } {
  const [n = 0, c = 0] = x.shape;
  const pixels = x.data.length / (n * c);
  const mean = new Array<number>(c).fill(0);
  const variance = new Array<number>(c).fill(0);
  const count = n * pixels;
  x.data.forEach((value, i) => {
    mean[Math.floor(i / pixels) % c]! += value / count;
  });
  x.data.forEach((value, i) => {
    const channel = Math.floor(i / pixels) % c;
    variance[channel]! += (value - mean[channel]!) ** 2 / count;
  });
  return { mean, variance, count };
}

/** The definition. */
function normalize(
  x: Ref,
  weight: Ref | null,
  bias: Ref | null,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
): Ref {
  const y = ref(x.shape);
  const [n = 0, c = 0] = x.shape;
  const pixels = x.data.length / (n * c);
  x.data.forEach((value, i) => {
    const channel = Math.floor(i / pixels) % c;
    const normal = (value - mean[channel]!) / Math.sqrt(variance[channel]! + EPS);
    y.data[i] = normal * (weight ? weight.data[channel]! : 1) + (bias ? bias.data[channel]! : 0);
  });
  return y;
}

const vector = (c: number): OperandSpec => ({ shape: [c], form: "dense" });

function evaluation(shape: Shape, affine = true): OpCase {
  const c = shape[1]!;
  return {
    name: `${shape.join("x")}${affine ? "" : ", not affine"}`,
    operands: [
      { shape },
      { ...vector(c), differentiable: false },
      { ...vector(c), fill: positive, differentiable: false },
      ...(affine ? [vector(c), vector(c)] : []),
    ],
    build: (graph, [x, mean, variance, weight, bias]) =>
      graph.add(batchNorm, [x!, weight ?? null, bias ?? null, mean!, variance!], { eps: EPS }),
    reference: ([x, mean, variance, weight, bias]) =>
      normalize(x!, weight ?? null, bias ?? null, mean!.data, variance!.data),
  };
}

function training(shape: Shape, affine = true): OpCase {
  const c = shape[1]!;
  return {
    name: `${shape.join("x")}${affine ? "" : ", not affine"}`,
    operands: [
      { shape },
      { ...vector(c), differentiable: false },
      { ...vector(c), fill: positive, differentiable: false },
      ...(affine ? [vector(c), vector(c)] : []),
    ],
    build: (graph, [x, mean, variance, weight, bias]) =>
      graph.add(batchNormTrain, [x!, weight ?? null, bias ?? null, mean!, variance!, null], {
        eps: EPS,
        momentum: 0.1,
      }),
    reference([x, , , weight, bias]) {
      const { mean, variance } = moments(x!);
      return normalize(x!, weight ?? null, bias ?? null, mean, variance);
    },
  };
}

const shapes: Shape[] = [
  [2, 1, 1, 2],
  [2, 8, 5, 5],
  [3, 7, 4, 6],
  [1, 17, 3, 13],
  [2, 9, 1, 67],
  [5, 3],
  [7, 16],
  [2, 11, 131],
];

const evaluations = [
  ...[[1, 5, 1, 1], ...shapes].map((shape) => evaluation(shape)),
  evaluation([2, 9, 3, 3], false),
];
testOp("batchNorm", evaluations);
testPaddingLanes("batchNorm", evaluations);
const trainings = [...shapes.map((shape) => training(shape)), training([2, 9, 3, 3], false)];
testOp("batchNormTrain", trainings);
testPaddingLanes("batchNormTrain", trainings);

const test = suite("batchNormTrain");

test("moves the running statistics as torch does, and counts batches", () => {
  const random = new Random(3);
  const x = ref([3, 11, 4, 5]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = Math.fround(random.normal() * 2 + 1);
  const { mean, variance, count } = moments(x);
  const before = { mean: mean.map(() => random.normal()), var: mean.map(() => random.uniform()) };
  const momentum = 0.25;
  runOnBuilds(
    { x, mean: dense(before.mean), var: dense(before.var), tracked: dense([41], []) },
    (graph, { x, mean, var: variance, tracked }) => {
      const [, saved, inverse] = graph.addAll(batchNormTrain, [x, null, null, mean, variance, tracked], {
        eps: EPS,
        momentum,
      });
      return { saved: saved!, inverse: inverse!, mean, var: variance, tracked };
    },
    (outputs, build) => {
      near(outputs.saved, mean, {}, `${build}: mean of the batch`);
      near(
        outputs.inverse,
        variance.map((v) => 1 / Math.sqrt(v + EPS)),
        {},
        `${build}: inverse deviation`,
      );
      near(
        outputs.mean,
        mean.map((m, c) => 0.75 * before.mean[c]! + 0.25 * m),
        {},
        `${build}: running mean`,
      );
      const unbiased = variance.map((v, c) => 0.75 * before.var[c]! + (0.25 * v * count) / (count - 1));
      near(outputs.var, unbiased, {}, `${build}: running variance`);
      near(outputs.tracked, [42], { atol: 0, rtol: 0 }, `${build}: batches`);
    },
  );
});

test("stays accurate where the mean is large against the deviation", () => {
  const random = new Random(5);
  const x = ref([4, 9, 31, 37]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = Math.fround(random.normal() + 1000);
  const { mean, variance } = moments(x);
  const zeros = new Float32Array(9);
  runOnBuilds(
    { x, mean: dense(zeros), var: dense(zeros) },
    (graph, { x, mean, var: variance }) => ({
      y: graph.add(batchNormTrain, [x, null, null, mean, variance, null], { eps: EPS, momentum: 1 }),
      var: variance,
    }),
    (outputs, build) => {
      const count = 4 * 31 * 37;
      near(
        outputs.var,
        variance.map((v) => (v * count) / (count - 1)),
        {},
        `${build}: variance`,
      );
      near(outputs.y, normalize(x, null, null, mean, variance).data, { atol: 1e-4 }, `${build}: output`);
    },
  );
});

test("says what is wrong", () => {
  const graph = new Graph();
  const make = (shape: Shape, c: number) => () =>
    graph.add(
      batchNormTrain,
      [
        graph.input("x", shape),
        graph.denseInput("w", [c]),
        null,
        graph.denseInput("m", [c]),
        graph.denseInput("v", [c]),
        null,
      ],
      { eps: EPS, momentum: 0.1 },
    );
  throwsMessage(make([1, 4, 1, 1], 4), /\[1, 4, 1, 1\] has one value per channel.*larger batch/);
  throwsMessage(make([2, 4, 3, 3], 5), /weight has shape \[5\].*4 channels.*\[4\]/);
  throwsMessage(make([4], 4), /\[n, c, h, w\]/);
  throwsMessage(
    () =>
      graph.add(
        batchNorm,
        [graph.input("x", [2, 4]), null, null, graph.denseInput("m", [4]), graph.denseInput("v", [3])],
        { eps: 0 },
      ),
    /running variance has shape \[3\]/,
  );
});

test.run();
