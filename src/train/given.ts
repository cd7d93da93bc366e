// What training and evaluation are given, checked: a missing await or a function that was not called is a usual mistake.

import { check, checkIs } from "../errors.js";
import type { Model } from "../layers/model.js";
import type { Loss } from "./losses.js";
import type { Optimizer } from "./optimizers.js";

/** Throws unless it is a model, and not a network or a promise of a model. */
export function checkModel(what: string, model: Model): void {
  const isModel = typeof model?.trace === "function";
  checkIs(isModel, `${what}: the model`, model, "a model, as await network.build(inputShape) gives it");
  const inputs = model.ports.map(({ name }) => `"${name}"`);
  check(
    inputs.length === 1,
    () =>
      `${what}: the model has ${inputs.length} inputs (${inputs.join(", ") || "none"}); models are trained and evaluated with one. Use ` +
      "predict({ name: tensor }) for its answers, and train it where it was made.",
  );
}

/** Throws unless it is a loss. */
export function checkLoss(what: string, loss: Loss): void {
  const isLoss = typeof loss?.apply === "function" && typeof loss.feed === "function";
  checkIs(isLoss, `${what}: loss`, loss, "a loss, such as crossEntropy() or mse()");
}

/** Throws unless it is an optimiser. */
export function checkOptimizer(what: string, optimizer: Optimizer): void {
  const isOptimizer = typeof optimizer?.hyper === "function" && Array.isArray(optimizer.slots);
  checkIs(isOptimizer, `${what}: optimizer`, optimizer, "an optimizer, such as adam() or sgd({ lr: 0.1 })");
}
