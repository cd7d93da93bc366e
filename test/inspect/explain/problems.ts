// Networks and inputs to explain.

import {
  avgPool2d,
  batchNorm2d,
  conv2d,
  flatten,
  linear,
  type Model,
  parallel,
  residual,
  sequential,
  sigmoid,
  softmax,
} from "../../../src/index.js";
import type { BuildOptions } from "../../../src/layers/model.js";
import { Random } from "../../../src/random.js";
import { type Shape, sizeOf, Tensor } from "../../../src/tensor.js";

export const SHAPE = [1, 3, 10, 12] as const;

/** Smooth, with batch norm, branches, a sum and a softmax at its end. */
export function smooth(options: BuildOptions = {}): Promise<Model> {
  return sequential({
    conv: conv2d(6, 3, { padding: 1 }),
    norm: batchNorm2d(),
    act: sigmoid(),
    fork: parallel([conv2d(3, 1), conv2d(5, 3, { padding: 1 })]),
    block: residual([conv2d(8, 3, { padding: 1 }), sigmoid()]),
    pool: avgPool2d(2),
    flat: flatten(),
    fc: linear(4),
    prob: softmax(),
  }).build(SHAPE.slice(1), { seed: 3, classes: ["cat", "dog", "bird", "fish"], ...options });
}

export function noise(shape: Shape, seed = 1): Tensor {
  const random = new Random(seed);
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    shape,
  );
}

/** Scores before softmax. */
export async function scoresOf(model: Model, x: Tensor): Promise<Float32Array> {
  return (await model.taps(x, ["fc"])).fc!.data;
}
