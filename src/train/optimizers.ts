import { check, checkFlags, checkNumber, checkOptions, show } from "../errors.js";
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
  checkNumber(`${what}: lr`, lr, { above: 0 });
  checkNumber(`${what}: weightDecay`, weightDecay, { min: 0 });
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
  checkNumber("sgd: momentum", momentum, { min: 0, below: 1 });
  checkNumber("sgd: dampening", dampening);
  checkFlags("sgd", { nesterov });
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
    Array.isArray(betas) && betas.length === 2,
    () => `${name}: betas are ${show(betas)}; they must be two numbers, such as [0.9, 0.999].`,
  );
  for (const [i, beta] of betas.entries()) checkNumber(`${name}: betas[${i}]`, beta, { min: 0, below: 1 });
  check(
    Number.isFinite(eps) && Math.fround(eps) > 0,
    () =>
      `${name}: eps is ${show(eps)}; it must be a float32 number above 0, or a gradient of zero divides by zero.`,
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
