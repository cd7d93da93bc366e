import { backward } from "../../src/graph/backward.js";
import { Graph } from "../../src/graph/graph.js";
import { dropout } from "../../src/ops/dropout.js";
import { Random } from "../../src/random.js";
import { type Shape, sizeOf } from "../../src/tensor.js";
import { type OpCase, type Ref, ref, testOp } from "../harness/op.js";
import { testPaddingLanes } from "../harness/padding-lanes.js";
import { dense, runOnBuilds } from "../harness/run.js";
import { assert, near, suite, throwsMessage } from "../harness/suite.js";

/** The definition, by whole numbers: elements are counted in the order [n, c / 8, h, w, 8]. */
function drop(
  x: Ref,
  [seed = 0, step = 0]: ArrayLike<number> & Iterable<number>,
  p: number,
  salt: number,
): Ref {
  const y = ref(x.shape);
  const [n = 0, c = 0] = x.shape;
  const pixels = x.data.length / (n * c);
  const blocks = Math.ceil(c / 8);
  const first = mix(mix(mix(seed + 0x1e3779b9) + step) + salt);
  const key = mix(first + 0x1e3779b9);
  x.data.forEach((value, at) => {
    const image = Math.floor(at / (c * pixels));
    const channel = Math.floor(at / pixels) % c;
    const index = ((image * blocks + (channel >> 3)) * pixels + (at % pixels)) * 8 + (channel & 7);
    if (mix(first + index, key) >>> 1 > Math.round(p * 2 ** 31) - 1) y.data[at] = value / (1 - p);
  });
  return y;
}

function mix(x: number, key = 0): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad) ^ key;
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}

function dropping(shape: Shape, p: number, state: [number, number], salt: number): OpCase {
  return {
    name: `${shape.join("x")}, p = ${p}, seed ${state[0]}, step ${state[1]}, salt ${salt}`,
    operands: [{ shape }, { shape: [2], form: "dense", fill: (_, i) => state[i]!, differentiable: false }],
    build: (graph, [x, random]) => graph.add(dropout, [x!, random!], { p, salt }),
    reference: ([x, random]) => drop(x!, random!.data, p, salt),
  };
}

const cases = [
  dropping([1, 1, 1, 1], 0.5, [0, 0], 0),
  dropping([2, 17, 5, 7], 0.5, [1, 2], 3),
  dropping([3, 8, 4, 4], 0.1, [2 ** 24 - 1, 2 ** 24 - 1], 7),
  dropping([2, 131], 0.9, [5, 100], 1),
  dropping([2, 9, 13], 0.25, [6, 1], 2),
  dropping([2, 9, 13], 0, [6, 1], 2),
  dropping([2, 9, 13], 1, [6, 1], 2),
];
testOp("dropout", cases);
testPaddingLanes("dropout", cases);

const test = suite("dropout");

/** A mask of ones and zeros for 2^18 elements. */
function masks(p: number, uses: readonly { seed: number; step: number; salt: number }[]): Float32Array[] {
  const shape = [2, 128, 32, 32];
  const ones = { shape, data: new Float32Array(sizeOf(shape)).fill(1 - p) };
  let found: Float32Array[] = [];
  const states = Object.fromEntries(uses.map(({ seed, step }, i) => [`state${i}`, dense([seed, step])]));
  runOnBuilds(
    { ones, ...states },
    (graph, values) => {
      const inputs = values as Record<string, (typeof values)["ones"]>;
      return Object.fromEntries(
        uses.map(({ salt }, i) => [
          `${i}`,
          graph.add(dropout, [inputs.ones!, inputs[`state${i}`]!], { p, salt }),
        ]),
      );
    },
    (outputs) => {
      found = uses.map((_, i) => outputs[`${i}`]!);
    },
  );
  return found;
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

test("keeps its share of elements, each decided for itself", () => {
  for (const p of [0.05, 0.5, 0.8]) {
    const [mask] = masks(p, [{ seed: 1, step: 1, salt: 0 }]);
    const n = mask!.length;
    // Five standard deviations of a binomial share.
    const tolerance = 5 * Math.sqrt((p * (1 - p)) / n);
    near([mean(mask!)], [1 - p], { atol: tolerance, rtol: 0 }, `kept at p = ${p}`);
    for (const lag of [1, 8, 32, 1024, n / 2]) {
      const both = mask!.map((value, i) => value * mask![(i + lag) % n]!);
      near([mean(both)], [(1 - p) ** 2], { atol: 2 * tolerance, rtol: 0 }, `pairs ${lag} apart at p = ${p}`);
    }
  }
});

test("masks of other seeds, steps and salts are independent", () => {
  const first = { seed: 1, step: 1, salt: 0 };
  const [a, ...others] = masks(0.5, [
    first,
    { ...first, seed: 2 },
    { ...first, step: 2 },
    { ...first, salt: 1 },
    { seed: 0, step: 2, salt: 0 },
  ]);
  others.forEach((b, i) => {
    const both = mean(a!.map((value, j) => value * b[j]!));
    near(
      [both],
      [0.25],
      { atol: 5 * Math.sqrt(0.1875 / a!.length), rtol: 0 },
      `mask ${i + 1} against the first`,
    );
  });
});

test("the gradient uses the mask of the forward pass", () => {
  const random = new Random(1);
  const x = ref([2, 19, 3, 5]);
  x.data.forEach((_, i) => {
    x.data[i] = 1 + random.uniform();
  });
  runOnBuilds(
    { x, state: dense([9, 4]) },
    (graph, { x, state }) => {
      const y = graph.add(dropout, [x, state], { p: 0.4, salt: 12 });
      return { y, dx: backward(graph, new Map([[y, x]]), [x]).get(x)! };
    },
    ({ y, dx }) => {
      assert.ok(y.some((value) => value === 0) && y.some((value) => value > 0));
      assert.equal(dx, y, "the gradient for dy = x is y");
    },
  );
});

test("says what is wrong", () => {
  const graph = new Graph();
  const x = graph.input("x", [2, 3]);
  const state = graph.denseInput("state", [2]);
  throwsMessage(() => graph.add(dropout, [x, state], { p: 1.5, salt: 0 }), /p is 1.5.*from 0 to 1/);
  throwsMessage(
    () => graph.add(dropout, [x, graph.denseInput("s", [3])], { p: 0.5, salt: 0 }),
    /shape \[3\]/,
  );
});

test.run();
