import { Graph } from "../../src/graph/graph.js";
import { sgd } from "../../src/ops/sgd.js";
import { Random } from "../../src/random.js";
import { dense, runOnBuilds } from "../harness/run.js";
import { near, suite, throwsMessage } from "../harness/suite.js";

interface Hyper {
  readonly lr: number;
  readonly momentum: number;
  readonly decay: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly scale: number;
}

const COUNT = 37;
const numbers = (random: Random): Float64Array =>
  Float64Array.from({ length: COUNT }, () => Math.fround(random.normal()));

/** torch.optim.SGD, element by element; changes w and v. */
function step(w: Float64Array, v: Float64Array, gradient: Float64Array, h: Hyper, first: boolean): void {
  for (let i = 0; i < w.length; i++) {
    let d = gradient[i]! * h.scale + h.decay * w[i]!;
    if (h.momentum !== 0) {
      v[i] = first ? d : h.momentum * v[i]! + (1 - h.dampening) * d;
      d = h.nesterov ? d + h.momentum * v[i]! : v[i]!;
    }
    w[i]! -= h.lr * d;
  }
}

const plain: Hyper = { lr: 0.1, momentum: 0, decay: 0, dampening: 0, nesterov: false, scale: 1 };
const cases: Record<string, Hyper> = {
  plain,
  "weight decay": { ...plain, decay: 0.05 },
  momentum: { ...plain, momentum: 0.9 },
  "momentum with dampening and decay": { ...plain, momentum: 0.8, dampening: 0.3, decay: 0.01 },
  "dampening without momentum, which torch ignores": { ...plain, dampening: 0.5 },
  "Nesterov momentum": { ...plain, momentum: 0.9, nesterov: true, decay: 0.02 },
  "clipped gradients": { ...plain, momentum: 0.5, scale: 0.25, decay: 0.1 },
};

const test = suite("sgd");

for (const [name, h] of Object.entries(cases)) {
  test(`three steps: ${name}`, () => {
    const random = new Random(2);
    const w = numbers(random);
    const v = new Float64Array(COUNT);
    for (let t = 1; t <= 3; t++) {
      const gradient = numbers(random);
      const hyper = [h.lr, h.momentum, h.decay, h.dampening, h.nesterov ? 1 : 0, t === 1 ? 1 : 0];
      const inputs = {
        w: dense(w.slice()),
        gradient: dense(gradient),
        v: dense(v.slice()),
        hyper: dense(hyper),
        scale: dense([h.scale]),
      };
      step(w, v, gradient, h, t === 1);
      runOnBuilds(
        inputs,
        (graph, { w, gradient, v, hyper, scale }) => {
          graph.add(sgd, [w, gradient, v, hyper, scale], {});
          return { w, v, gradient };
        },
        (outputs, build) => {
          near(outputs.w, w, { atol: 1e-6 }, `${build}: parameters after step ${t}`);
          if (h.momentum !== 0) near(outputs.v, v, { atol: 1e-6 }, `${build}: velocities after step ${t}`);
          near(outputs.gradient, gradient, { atol: 0, rtol: 0 }, `${build}: gradients stay`);
        },
      );
    }
  });
}

test("velocities do not decay into denormal numbers; NaN is not hidden", () => {
  runOnBuilds(
    {
      w: dense([1, 1, 1]),
      gradient: dense([0, 1, Number.NaN]),
      v: dense([1.2e-38, 1, 1]),
      hyper: dense([0.1, 0.5, 0, 0, 0, 0]),
      scale: dense([1]),
    },
    (graph, { w, gradient, v, hyper, scale }) => {
      graph.add(sgd, [w, gradient, v, hyper, scale], {});
      return { v };
    },
    ({ v }) => near(v, [0, 1.5, Number.NaN], { atol: 0, rtol: 0 }),
  );
});

test("says what is wrong", () => {
  const graph = new Graph();
  const add = (...sizes: number[]) =>
    graph.add(
      sgd,
      sizes.map((size, i) => graph.denseInput(`block ${i}`, [size])),
      {},
    );
  throwsMessage(() => add(8, 8, 7, 6, 1), /"block 2" has 7 floats, the parameters have 8/);
  throwsMessage(() => add(8, 8, 8, 5, 1), /\[5\] and \[1\].*\[6\] and \[1\]/);
  throwsMessage(() => add(8, 8, 6, 1), /4 inputs, but it takes 3 blocks/);
});

test.run();
