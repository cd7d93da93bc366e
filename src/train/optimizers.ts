import { check, checkOptions } from "../errors.js";
import { adam as adamOp } from "../ops/adam.js";
import type { Op } from "../ops/op.js";
import { sgd as sgdOp } from "../ops/sgd.js";
import { power } from "./exact.js";

/** A rule that turns gradients into steps. Its state, such as velocities, belongs to the training that uses it. */
export interface Optimizer {
  readonly name: string;
  /** Learning rate before any schedule. */
  readonly lr: number;
  /** Names of the values it keeps for each parameter. */
  readonly slots: readonly string[];
  /** Its kernel, on flat blocks: parameters, gradients, slots, hyper-parameters, scale of the gradients. */
  readonly op: Op<object>;
  /** The kernel's hyper-parameters for step t, counted from 1. */
  hyper(t: number, lr: number): number[];
}

function checkRate(what: string, lr: number, weightDecay: number): void {
  check(lr > 0 && Number.isFinite(lr), () => `${what}: lr is ${lr}; it must be a number above 0.`);
  check(
    weightDecay >= 0 && Number.isFinite(weightDecay),
    () => `${what}: weightDecay is ${weightDecay}; it must be at least 0.`,
  );
}

export interface SgdOptions {
  lr: number;
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  /** Default 0. */
  weightDecay?: number;
  /** Default 0. */
  dampening?: number;
  /** Look ahead along the momentum (Sutskever et al., 2013). Default false. */
  nesterov?: boolean;
}

/** Stochastic gradient descent, as torch.optim.SGD. */
export function sgd(options: SgdOptions): Optimizer {
  checkOptions("sgd", options, ["lr", "momentum", "weightDecay", "dampening", "nesterov"]);
  const { lr, momentum = 0, weightDecay = 0, dampening = 0, nesterov = false } = options;
  checkRate("sgd", lr, weightDecay);
  check(
    momentum >= 0 && momentum < 1,
    () => `sgd: momentum is ${momentum}; it must be at least 0 and below 1.`,
  );
  check(
    !nesterov || (momentum > 0 && dampening === 0),
    "sgd: nesterov needs a momentum above 0 and no dampening, as in torch.",
  );
  return {
    name: "sgd",
    lr,
    slots: ["velocity"],
    op: sgdOp,
    hyper: (t, rate) => [rate, momentum, weightDecay, dampening, nesterov ? 1 : 0, t === 1 ? 1 : 0],
  };
}

export interface AdamOptions {
  /** Default 1e-3. */
  lr?: number;
  /** Decay of the mean gradient and of its square. Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Default 1e-8. */
  eps?: number;
  /** Default 0 for adam, 0.01 for adamW. */
  weightDecay?: number;
}

function adaptive(name: string, options: AdamOptions, decoupled: boolean): Optimizer {
  checkOptions(name, options, ["lr", "betas", "eps", "weightDecay"]);
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = decoupled ? 0.01 : 0 } = options;
  checkRate(name, lr, weightDecay);
  check(
    betas.length === 2 && betas.every((beta) => beta >= 0 && beta < 1),
    () => `${name}: betas are ${JSON.stringify(betas)}; both must be at least 0 and below 1.`,
  );
  check(
    Math.fround(eps) > 0,
    () =>
      `${name}: eps is ${eps}; it must be a float32 number above 0, or a gradient of zero divides by zero.`,
  );
  const [b1, b2] = betas;
  return {
    name,
    lr,
    slots: ["mean", "square"],
    op: adamOp,
    hyper: (t, rate) => [
      rate,
      b1,
      b2,
      eps,
      weightDecay,
      decoupled ? 1 : 0,
      1 - power(b1, t),
      1 - power(b2, t),
    ],
  };
}

/** Adam (Kingma and Ba, 2015), as torch.optim.Adam. */
export const adam = (options: AdamOptions = {}): Optimizer => adaptive("adam", options, false);

/** Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019), as torch.optim.AdamW. */
export const adamW = (options: AdamOptions = {}): Optimizer => adaptive("adamW", options, true);
