import { check, checkCount, checkFlags, checkNumber, checkOptions } from "../errors.js";
import { batchNorm as batchNormOp, batchNormTrain } from "../ops/batch-norm.js";
import { dropout as dropoutOp } from "../ops/dropout.js";
import { instanceNorm as instanceNormOp } from "../ops/instance-norm.js";
import { localResponseNorm as lrnOp } from "../ops/local-response-norm.js";
import { formatShape, type Tensor, tensor } from "../tensor.js";
import { type Input, run, spatial, toTensor } from "./call.js";

export interface BatchNormInputs {
  weight?: Input;
  bias?: Input;
  /** Default 1e-5. */
  eps?: number;
  /** Use the statistics of the batch; mean and variance are then not given. Default false. */
  training?: boolean;
}

/** (x - mean) / sqrt(var + eps) * weight + bias, per channel. Input [n, c, ...], the rest [c]. */
export function batchNorm(
  input: Input,
  mean: Input | null,
  variance: Input | null,
  options: BatchNormInputs = {},
): Tensor {
  checkOptions("batchNorm", options, ["weight", "bias", "eps", "training"]);
  const { weight, bias, eps = 1e-5, training = false } = options;
  checkNumber("batchNorm: eps", eps, { min: 0 });
  checkFlags("batchNorm", { training });
  const x = toTensor(input);
  const c = x.shape[1] ?? 0;
  const vector = (name: string, values: Input | null | undefined): Tensor | null => {
    if (values === undefined || values === null) return null;
    const t = toTensor(values);
    check(
      t.size === c,
      () =>
        `batchNorm: ${name} has ${t.size} values, but the input ${formatShape(x.shape)} has ${c} channels.`,
    );
    return t.reshape(c);
  };
  check(
    training || (mean !== null && variance !== null),
    "batchNorm: give mean and variance, or { training: true } to take them from the batch.",
  );
  const m = vector("mean", training ? new Float32Array(c) : mean)!;
  const v = vector("variance", training ? new Float32Array(c) : variance)!;
  return run(
    [
      [x, "blocked"],
      [vector("weight", weight), "dense"],
      [vector("bias", bias), "dense"],
      [m, "dense"],
      [v, "dense"],
    ],
    (graph, values) =>
      training
        ? graph.add(batchNormTrain, [...values, null], { eps, momentum: 0 })
        : graph.add(batchNormOp, values, { eps }),
  );
}

/** Each channel of each image less its mean, over its standard deviation, times weight [c], plus bias [c]: input [n, c, ...]. */
export function instanceNorm(
  input: Input,
  options: { weight?: Input; bias?: Input; eps?: number } = {},
): Tensor {
  checkOptions("instanceNorm", options, ["weight", "bias", "eps"]);
  const { weight, bias, eps = 1e-5 } = options;
  checkNumber("instanceNorm: eps", eps, { min: 0 });
  return run(
    [
      [toTensor(input), "blocked"],
      [weight === undefined ? null : toTensor(weight), "dense"],
      [bias === undefined ? null : toTensor(bias), "dense"],
    ],
    (graph, [x, w, b]) => instanceNormOp(graph, x!, w ?? null, b ?? null, eps),
  );
}

/** x / (k + alpha / size * sum of the squares of `size` neighbouring channels)^beta. */
export function localResponseNorm(
  input: Input,
  size: number,
  options: { alpha?: number; beta?: number; k?: number } = {},
): Tensor {
  checkOptions("localResponseNorm", options, ["alpha", "beta", "k"]);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  return spatial("localResponseNorm", 4, input, (graph, x) =>
    graph.add(lrnOp, [x], { size, alpha, beta, k }),
  );
}

/** Zeroes each element with probability p and scales the others by 1 / (1 - p), by seed. */
export function dropout(input: Input, p = 0.5, seed = 0): Tensor {
  checkNumber("dropout: p", p, { min: 0, max: 1 });
  checkCount("dropout: the seed", seed, 0);
  const x = toTensor(input);
  return run(
    [
      [x.reshape(1, 1, 1, x.size), "blocked"],
      [tensor([seed, 0]), "dense"],
    ],
    (graph, values) => graph.add(dropoutOp, values, { p, salt: 0 }),
  ).reshape(...x.shape);
}
