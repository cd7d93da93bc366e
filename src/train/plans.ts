import type { Plan } from "../graph/plan.js";
import type { Shape } from "../tensor.js";

/** Batches are of one or two sizes as a rule: full, and the last of an epoch. */
const KEPT = 4;

/** A plan, and the shape of the model's output in it. */
export interface Prepared {
  readonly plan: Plan;
  readonly outputShape: Shape;
  /** What it is fed in every run. */
  readonly feeds?: Readonly<Record<string, Float32Array>>;
}

/** Plans for the input shapes used last. */
export class Plans {
  readonly #make: (shape: Shape) => Prepared;
  readonly #plans = new Map<string, Prepared>();

  constructor(make: (shape: Shape) => Prepared) {
    this.#make = make;
  }

  for(shape: Shape): Prepared {
    const key = shape.join("x");
    let plan = this.#plans.get(key);
    if (plan) this.#plans.delete(key);
    else {
      if (this.#plans.size === KEPT) this.#drop(this.#plans.keys().next().value!);
      plan = this.#make(shape);
    }
    this.#plans.set(key, plan);
    return plan;
  }

  /** Gives their memory back. */
  clear(): void {
    for (const key of [...this.#plans.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    this.#plans.get(key)?.plan.dispose();
    this.#plans.delete(key);
  }
}
