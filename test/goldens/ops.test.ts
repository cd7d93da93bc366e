// Single ops and optimisers against what PyTorch computed: see make.py.

import { backward } from "../../src/graph/backward.js";
import type { Graph } from "../../src/graph/graph.js";
import { adam } from "../../src/ops/adam.js";
import { adaptiveAvgPool2d } from "../../src/ops/adaptive-avg-pool2d.js";
import { avgPool2d } from "../../src/ops/avg-pool2d.js";
import { batchNorm, batchNormTrain } from "../../src/ops/batch-norm.js";
import { clip } from "../../src/ops/clip.js";
import { conv2d } from "../../src/ops/conv2d.js";
import { crossEntropy } from "../../src/ops/cross-entropy.js";
import { divide } from "../../src/ops/divide.js";
import { elu } from "../../src/ops/elu.js";
import { erf } from "../../src/ops/erf.js";
import { gelu } from "../../src/ops/gelu.js";
import { gradientScale } from "../../src/ops/gradient-scale.js";
import { hardSigmoid } from "../../src/ops/hard-sigmoid.js";
import { hardSwish } from "../../src/ops/hard-swish.js";
import { localResponseNorm } from "../../src/ops/local-response-norm.js";
import { maxPool2d } from "../../src/ops/max-pool2d.js";
import { maximum } from "../../src/ops/maximum.js";
import { minimum } from "../../src/ops/minimum.js";
import { mse } from "../../src/ops/mse.js";
import type { Value } from "../../src/ops/op.js";
import { pad } from "../../src/ops/pad.js";
import { power, powered } from "../../src/ops/power.js";
import { learnedRelu } from "../../src/ops/prelu.js";
import { SELU_ALPHA, SELU_GAMMA, selu } from "../../src/ops/selu.js";
import { sgd } from "../../src/ops/sgd.js";
import { silu } from "../../src/ops/silu.js";
import { softplus } from "../../src/ops/softplus.js";
import type { Tensor } from "../../src/tensor.js";
import { readSafetensors } from "../../src/weights/safetensors.js";
import { fixture } from "../harness/fixture.js";
import { dense, type Input, runOnBuilds } from "../harness/run.js";
import { assert, near, suite } from "../harness/suite.js";

// biome-ignore lint/suspicious/noExplicitAny: attributes as make.py wrote them, different for each op.
type Attributes = any;
type Values = Readonly<Record<string, Value>>;

/** A case of the file: its attributes and its tensors by their own names. */
interface Golden {
  readonly op: string;
  readonly attrs: Attributes;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const TOLERANCE = { atol: 1e-5, rtol: 1e-5 };

/** Which operands are vectors or weights rather than activations. */
const DENSE = new Set(["w", "b", "weight", "bias", "mean", "var", "targets"]);

/** How the ops with one output are called on a case's operands. */
const forward: Record<string, (graph: Graph, values: Values, attrs: Attributes) => Value> = {
  conv2d(graph, { x, w, b }, { stride, padding, dilation, groups, mode }) {
    const [top, left] = padding;
    const padded = graph.add(pad, [x!], { top, left, bottom: top, right: left, mode });
    const [[sh, sw], [dh, dw]] = [stride, dilation];
    return graph.add(conv2d, [padded, w!, b!], { sh, sw, dh, dw, groups, flip: false });
  },
  batchNorm: (graph, { x, weight, bias, mean, var: variance }, attrs) =>
    graph.add(batchNorm, [x!, weight!, bias!, mean!, variance!], attrs),
  localResponseNorm: (graph, { x }, attrs) => graph.add(localResponseNorm, [x!], attrs),
  crossEntropy: (graph, { x, targets }, attrs) => graph.add(crossEntropy, [x!, targets!], attrs),
  mse: (graph, { x, target }) => graph.add(mse, [x!, target!], {}),
  maxPool2d: (graph, { x }, attrs) => graph.add(maxPool2d, [x!], window(attrs)),
  avgPool2d: (graph, { x }, attrs) =>
    graph.add(avgPool2d, [x!], { ...window(attrs), countIncludePad: attrs.countIncludePad }),
  adaptiveAvgPool2d: (graph, { x }, { size }) =>
    graph.add(adaptiveAvgPool2d, [x!], { oh: size[0], ow: size[1] }),
  elu: (graph, { x }, attrs) => graph.add(elu, [x!], attrs),
  selu: (graph, { x }) => graph.add(selu, [x!], { alpha: SELU_ALPHA, gamma: SELU_GAMMA }),
  gelu: (graph, { x }, attrs) => gelu(graph, x!, attrs),
  silu: (graph, { x }) => silu(graph, x!),
  hardSwish: (graph, { x }) => hardSwish(graph, x!),
  hardSigmoid: (graph, { x }) => graph.add(hardSigmoid, [x!], { alpha: 1 / 6, beta: 0.5 }),
  clip: (graph, { x }, attrs) => graph.add(clip, [x!], attrs),
  softplus: (graph, { x }, attrs) => graph.add(softplus, [x!], attrs),
  erf: (graph, { x }) => graph.add(erf, [x!], {}),
  powered: (graph, { x }, { exponent }) => powered(graph, x!, exponent),
  prelu: (graph, { x, weight }) => learnedRelu(graph, x!, weight!),
  maximum: (graph, { x, z }) => graph.add(maximum, [x!, z!], {}),
  minimum: (graph, { x, z }) => graph.add(minimum, [x!, z!], {}),
  divide: (graph, { x, z }) => graph.add(divide, [x!, z!], {}),
  power: (graph, { x, z }) => graph.add(power, [x!, z!], {}),
};

function window({ kernel, stride, padding, dilation = [1, 1], ceil }: Attributes) {
  const [[kh, kw], [sh, sw], [top, left], [dh, dw]] = [kernel, stride, padding, dilation];
  return { kh, kw, sh, sw, dh, dw, top, left, bottom: top, right: left, ceil };
}

/** Output and gradients, from the gradient dy or, for a loss, from 1. */
function application({ op, attrs, tensors }: Golden): void {
  const results = [...tensors.keys()].filter((key) => key === "y" || (key.startsWith("d") && key !== "dy"));
  const operands = [...tensors].filter(([key]) => !results.includes(key));
  const inputs = Object.fromEntries(
    operands.map(([key, { shape, data }]): [string, Input] => [
      key,
      DENSE.has(key) ? dense(data, shape) : { shape, data },
    ]),
  );
  runOnBuilds<string, string>(
    inputs,
    (graph, { dy = null, ...values }) => {
      const y = forward[op]!(graph, values, attrs);
      const wrt = results.filter((key) => key !== "y").map((key) => values[key.slice(1)]!);
      const grads = backward(graph, new Map([[y, dy]]), wrt);
      return { y, ...Object.fromEntries(wrt.map((value) => [`d${value.name}`, grads.get(value)!])) };
    },
    (outputs, build) => {
      for (const key of results) near(outputs[key]!, tensors.get(key)!.data, TOLERANCE, `${build}: ${key}`);
    },
  );
}

/** Steps of training, which carry running statistics along, and the gradients of the last. */
function normalization({ attrs, tensors }: Golden): void {
  const data = (key: string): Float32Array => tensors.get(key)!.data;
  const c = data("weight").length;
  const running = {
    mean: new Float32Array(c),
    var: new Float32Array(c).fill(1),
    tracked: Float32Array.of(0),
  };
  for (let step = 0; step < attrs.steps; step++) {
    const x = tensors.get(`x${step}`)!;
    const after = { ...running };
    runOnBuilds(
      {
        x,
        dy: tensors.get("dy")!,
        weight: dense(data("weight")),
        bias: dense(data("bias")),
        mean: dense(running.mean),
        var: dense(running.var),
        tracked: dense(running.tracked, []),
      },
      (graph, { x, dy, weight, bias, mean, var: variance, tracked }) => {
        const y = graph.add(batchNormTrain, [x, weight, bias, mean, variance, tracked], attrs);
        const grads = backward(graph, new Map([[y, dy]]), [x, weight, bias]);
        const [dx, dweight, dbias] = [x, weight, bias].map((value) => grads.get(value)!);
        return { mean, var: variance, tracked, y, dx: dx!, dweight: dweight!, dbias: dbias! };
      },
      ({ mean, var: variance, tracked, ...last }, build) => {
        near(mean, data(`running_mean${step}`), TOLERANCE, `${build}: running mean after step ${step}`);
        near(
          variance,
          data(`running_var${step}`),
          TOLERANCE,
          `${build}: running variance after step ${step}`,
        );
        Object.assign(after, { mean, var: variance, tracked });
        if (step < attrs.steps - 1) return;
        assert.equal([...tracked], [attrs.steps]);
        for (const [key, values] of Object.entries(last))
          near(values, data(key), TOLERANCE, `${build}: ${key}`);
      },
    );
    Object.assign(running, after);
  }
}

/** Steps of an optimiser that keeps `slots` blocks. Its hyper-parameters are given for each step, from 1. */
function optimization({ op, attrs, tensors }: Golden, slots: number, hyper: (t: number) => number[]): void {
  let w = tensors.get("w")!.data;
  let state: Float32Array[] = Array.from({ length: slots }, () => new Float32Array(w.length));
  for (let step = 0; step < attrs.steps; step++) {
    let next: Float32Array[] = [];
    runOnBuilds<string, string>(
      {
        w: dense(w),
        gradient: dense(tensors.get(`gradient${step}`)!.data),
        ...Object.fromEntries(state.map((block, i) => [`slot ${i}`, dense(block)])),
        hyper: dense(hyper(step + 1)),
        scale: dense([1]),
      },
      (graph, values) => {
        graph.add(op === "sgd" ? sgd : adam, Object.values(values), {});
        const { w, gradient, hyper, scale, ...blocks } = values;
        return { w: w!, ...blocks };
      },
      (outputs, build) => {
        near(outputs.w!, tensors.get(`w${step}`)!.data, TOLERANCE, `${build}: parameters after step ${step}`);
        next = Object.values(outputs);
      },
    );
    [w, ...state] = next as [Float32Array, ...Float32Array[]];
  }
}

const special: Record<string, (golden: Golden) => void> = {
  batchNormTrain: normalization,
  sgd(golden) {
    const { lr, momentum, weight_decay, dampening, nesterov } = golden.attrs;
    optimization(golden, 1, (t) => [
      lr,
      momentum,
      weight_decay,
      dampening,
      Number(nesterov),
      Number(t === 1),
    ]);
  },
  adam(golden) {
    const { lr, betas, eps, weight_decay, decoupled } = golden.attrs;
    const [b1, b2] = betas;
    optimization(golden, 2, (t) => [
      lr,
      b1,
      b2,
      eps,
      weight_decay,
      Number(decoupled),
      1 - b1 ** t,
      1 - b2 ** t,
    ]);
  },
  gradientScale({ attrs, tensors }) {
    const gradients = tensors.get("gradients")!.data;
    runOnBuilds(
      { gradients: dense(gradients), hyper: dense([attrs.limit]) },
      (graph, { gradients, hyper }) => {
        const [scale, norm] = graph.addAll(gradientScale, [gradients, hyper], {});
        return { scale: scale!, norm: norm! };
      },
      ({ scale, norm }, build) => {
        near(norm, tensors.get("norm")!.data, TOLERANCE, `${build}: length`);
        const clipped = gradients.map((gradient) => gradient * scale[0]!);
        near(clipped, tensors.get("clipped")!.data, TOLERANCE, `${build}: clipped gradients`);
      },
    );
  },
};

const test = suite("PyTorch's ops");
const { tensors, metadata } = readSafetensors(await fixture("goldens/ops.safetensors"), "ops.safetensors");
for (const { name, op, ...attrs } of JSON.parse(metadata.cases!) as Attributes[]) {
  const own = [...tensors].filter(([key]) => key.startsWith(`${name}.`));
  const golden: Golden = {
    op,
    attrs,
    tensors: new Map(own.map(([key, tensor]) => [key.slice(name.length + 1), tensor])),
  };
  test(`${name} ${JSON.stringify(attrs)}`, () => (special[op] ?? application)(golden));
}
test.run();
