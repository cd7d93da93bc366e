import { adam } from "../../src/ops/adam.js";
import { Random } from "../../src/random.js";
import { dense, runOnBuilds } from "../harness/run.js";
import { assert, near, suite } from "../harness/suite.js";

interface Hyper {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly decay: number;
  readonly decoupled: boolean;
  readonly scale: number;
}

const COUNT = 41;
const numbers = (random: Random): Float64Array =>
  Float64Array.from({ length: COUNT }, () => Math.fround(random.normal()));

/** torch.optim.Adam and AdamW, element by element; changes w, m and v. */
function step(
  w: Float64Array,
  m: Float64Array,
  v: Float64Array,
  gradient: Float64Array,
  h: Hyper,
  t: number,
): void {
  for (let i = 0; i < w.length; i++) {
    let g = gradient[i]! * h.scale;
    if (h.decoupled) w[i]! -= h.lr * h.decay * w[i]!;
    else g += h.decay * w[i]!;
    m[i] = h.beta1 * m[i]! + (1 - h.beta1) * g;
    v[i] = h.beta2 * v[i]! + (1 - h.beta2) * g * g;
    const mean = m[i]! / (1 - h.beta1 ** t);
    const deviation = Math.sqrt(v[i]! / (1 - h.beta2 ** t));
    w[i]! -= (h.lr * mean) / (deviation + h.eps);
  }
}

const plain: Hyper = { lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0, decoupled: false, scale: 1 };
const cases: Record<string, Hyper> = {
  Adam: plain,
  "Adam with weight decay": { ...plain, decay: 0.1, beta1: 0.5, beta2: 0.9 },
  AdamW: { ...plain, decay: 0.1, decoupled: true },
  "a large eps and clipped gradients": { ...plain, eps: 0.1, scale: 0.01, decay: 0.01, decoupled: true },
  "no averaging": { ...plain, beta1: 0, beta2: 0 },
};

const test = suite("adam");

for (const [name, h] of Object.entries(cases)) {
  test(`four steps: ${name}`, () => {
    const random = new Random(2);
    const w = numbers(random);
    const m = new Float64Array(COUNT);
    const v = new Float64Array(COUNT);
    for (let t = 1; t <= 4; t++) {
      const gradient = numbers(random);
      const { lr, beta1, beta2, eps, decay } = h;
      const hyper = [lr, beta1, beta2, eps, decay, h.decoupled ? 1 : 0, 1 - beta1 ** t, 1 - beta2 ** t];
      const inputs = {
        w: dense(w.slice()),
        gradient: dense(gradient),
        m: dense(m.slice()),
        v: dense(v.slice()),
        hyper: dense(hyper),
        scale: dense([h.scale]),
      };
      step(w, m, v, gradient, h, t);
      runOnBuilds(
        inputs,
        (graph, { w, gradient, m, v, hyper, scale }) => {
          graph.add(adam, [w, gradient, m, v, hyper, scale], {});
          return { w, m, v };
        },
        (outputs, build) => {
          near(outputs.w, w, { atol: 1e-6 }, `${build}: parameters after step ${t}`);
          near(outputs.m, m, { atol: 1e-6 }, `${build}: means after step ${t}`);
          // 1 - beta2 is computed from a float32.
          near(outputs.v, v, { atol: 1e-7, rtol: 1e-4 }, `${build}: squares after step ${t}`);
        },
      );
    }
  });
}

test("moments do not decay into denormal numbers", () => {
  runOnBuilds(
    {
      w: dense([1, 1, 1]),
      gradient: dense([0, 0, 1]),
      m: dense([1.2e-38, 1, 0]),
      v: dense([1, 1.2e-38, 0]),
      hyper: dense([0.1, 0.5, 0.5, 1e-8, 0, 0, 1, 1]),
      scale: dense([1]),
    },
    (graph, { w, gradient, m, v, hyper, scale }) => {
      graph.add(adam, [w, gradient, m, v, hyper, scale], {});
      return { m, v };
    },
    ({ m, v }) => {
      assert.equal([...m], [0, 0.5, 0.5]);
      assert.equal([...v], [0.5, 0, 0.5]);
    },
  );
});

test.run();
