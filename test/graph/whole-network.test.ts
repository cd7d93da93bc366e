// The gradient of a small network with a bit of everything, against differences of the same network in float64.

import { backward } from "../../src/graph/backward.js";
import { Plan } from "../../src/graph/plan.js";
import { relu, tanh } from "../../src/layers/activation.js";
import { parallel, residual, sequential } from "../../src/layers/containers.js";
import { conv2d } from "../../src/layers/convolution.js";
import { linear } from "../../src/layers/linear.js";
import { batchNorm2d } from "../../src/layers/normalization.js";
import { avgPool2d, maxPool2d } from "../../src/layers/pooling.js";
import { flatten } from "../../src/layers/shape.js";
import { crossEntropy } from "../../src/ops/cross-entropy.js";
import { Random } from "../../src/random.js";
import { runtimes } from "../harness/op.js";
import { assert, near, suite } from "../harness/suite.js";
import { noise } from "../wasm/machines.js";
import * as f64 from "./float64.js";

const test = suite("whole network");

const network = sequential({
  stem: conv2d(6, 3, { padding: 1 }),
  norm: batchNorm2d(),
  act: relu(),
  pool: maxPool2d(2),
  block: residual([conv2d(6, 3, { padding: 1 }), tanh(), conv2d(6, 1)]),
  fork: parallel({
    one: conv2d(5, 1),
    two: sequential([conv2d(4, 3, { padding: 1 }), batchNorm2d({ eps: 1e-3 })]),
  }),
  shrink: avgPool2d(2),
  flatten: flatten(),
  head: linear(5),
});

const SHAPE = [3, 2, 8, 8];
const TARGETS = [4, 0, 2];
const SMOOTHING = 0.1;

function loss(x: f64.Array64, p: (name: string) => f64.Array64): number {
  const conv = (name: string, input: f64.Array64, padding: number) =>
    f64.conv(input, p(`${name}.weight`), p(`${name}.bias`), padding);
  const norm = (name: string, input: f64.Array64, eps: number) =>
    f64.batchNorm(input, p(`${name}.weight`), p(`${name}.bias`), eps);
  let y = f64.map(norm("norm", conv("stem", x, 1), 1e-5), (value) => Math.max(value, 0));
  y = f64.pool(y, Math.max);
  y = f64.plus(conv("block.2", f64.map(conv("block.0", y, 1), Math.tanh), 0), y);
  y = f64.concat(conv("fork.one", y, 0), norm("fork.two.1", conv("fork.two.0", y, 1), 1e-3));
  y = f64.flatten(f64.pool(y, (a, b, c, d) => (a + b + c + d) / 4));
  return f64.crossEntropy(f64.linear(y, p("head.weight"), p("head.bias")), TARGETS, SMOOTHING);
}

for (const { name, whole, split } of runtimes) {
  test(`on ${name}`, async () => {
    const input = noise(SHAPE, 1);
    const [expected, again] = await Promise.all(
      [whole, split].map(async (on) => {
        using model = await network.build(SHAPE.slice(1), { seed: 5, runtime: on });
        // Away from the ones and zeros that batch normalisation begins with.
        const state = model.stateDict();
        const random = new Random(9);
        for (const [key, { data }] of state) {
          if (/norm|two\.1/.test(key) && /weight|bias/.test(key))
            data.forEach((_, i) => {
              data[i] = 1 + random.normal() / 4;
            });
        }
        model.loadStateDict(state);
        const { graph, input: x, output, weights, bound } = model.trace(SHAPE, true);
        const value = graph.add(crossEntropy, [output, graph.denseInput("targets", [3])], {
          labelSmoothing: SMOOTHING,
        });
        const parameters = [...weights].filter(([key]) => model.store.entries.get(key)!.kind === "parameter");
        const grads = backward(graph, new Map([[value, null]]), [
          x,
          ...parameters.map(([, weight]) => weight),
        ]);
        const outputs = new Map([["loss", value]]);
        outputs.set("input", grads.get(x)!);
        for (const [key, weight] of parameters) outputs.set(key, grads.get(weight)!);
        const plan = new Plan(on, graph, { outputs, bound, trains: () => true }, "A test");
        const results = plan.runSync({ input: input.data, targets: Float32Array.from(TARGETS) }, null);
        plan.dispose();
        return { state, results };
      }),
    );
    const { state, results } = expected!;
    for (const [key, { data }] of Object.entries(results)) {
      assert.equal(again!.results[key]!.data, data, `${key} depends on how the work is cut`);
    }

    const values = new Map<string, f64.Array64>(
      [["input", input] as const, ...state].map(([key, { shape, data }]) => [
        key,
        { shape, data: Float64Array.from(data) },
      ]),
    );
    const evaluate = (moved?: string, data?: Float64Array) => {
      const value = (key: string) =>
        key === moved ? { ...values.get(key)!, data: data! } : values.get(key)!;
      return loss(value("input"), value);
    };
    near(results.loss!.data, [evaluate()], { atol: 1e-6, rtol: 1e-6 }, "loss");

    const random = new Random(3);
    const names = Object.keys(results).filter((key) => key !== "loss");
    assert.is(names.length, 17);
    for (const key of names) {
      const { data: grad } = results[key]!;
      const { data } = values.get(key)!;
      const length = Math.sqrt(grad.reduce((sum, g) => sum + g * g, 0));
      for (let trial = 0; trial < 3; trial++) {
        const direction = data.map(() => (trial === 0 ? random.normal() : 0));
        if (trial > 0) direction[random.int(data.length)] = 1;
        const STEP = 1e-6;
        const slope = (sign: number) =>
          evaluate(
            key,
            data.map((value, i) => value + sign * STEP * direction[i]!),
          );
        const wanted = (slope(1) - slope(-1)) / (2 * STEP);
        const got = grad.reduce((sum, g, i) => sum + g * direction[i]!, 0);
        // A bias before batch normalisation has no effect: its gradient is rounding error.
        near([got], [wanted], { atol: 1e-4 * length + 1e-6, rtol: 1e-4 }, `gradient of ${key}`);
      }
      const cancelled = key === "stem.bias" || key === "fork.two.0.bias";
      assert.ok(cancelled ? length < 1e-5 : length > 1e-4, `the gradient of ${key} is ${length} long`);
    }
  });
}

test.run();
