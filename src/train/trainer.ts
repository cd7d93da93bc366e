import type { Batch } from "../data/dataset.js";
import { check, checkNumber, checkOptions, show } from "../errors.js";
import { backward } from "../graph/backward.js";
import { Plan } from "../graph/plan.js";
import type { Model } from "../layers/model.js";
import type { Entry } from "../layers/store.js";
import { gradientScale } from "../ops/gradient-scale.js";
import type { Storage } from "../ops/layout.js";
import type { Value } from "../ops/op.js";
import { reshape } from "../ops/reshape.js";
import { type Shape, sizeOf, Tensor } from "../tensor.js";
import type { Block } from "../wasm/heap.js";
import { checkLoss, checkModel, checkOptimizer } from "./given.js";
import type { Loss } from "./losses.js";
import type { Optimizer } from "./optimizers.js";
import { Plans, type Prepared } from "./plans.js";

export interface TrainerOptions {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Longest gradient, over all parameters together, before it is scaled down. */
  readonly clipNorm?: number | undefined;
  /** Decides dropout. Default 0. */
  readonly seed?: number | undefined;
}

/** What one step gives back. */
export interface StepResult {
  readonly loss: number;
  /** The model's outputs for the batch, before the step. */
  readonly outputs: Tensor;
  /** Length of the gradient before clipping; NaN unless it is clipped. */
  readonly gradientNorm: number;
}

/** The optimiser's values by slot, then by parameter. */
export type Slots = ReadonlyMap<string, ReadonlyMap<string, Tensor>>;

/** Whole numbers below 2^24 are exact in the float32 inputs of dropout. */
const EXACT = 2 ** 24;

/**
 * Training, step by step: forward pass, loss, backward pass and update in one run of one plan. Holds the gradients and
 * the optimiser's state in memory laid out like the parameters, until it is disposed of.
 */
export class Trainer {
  readonly model: Model;
  readonly #options: TrainerOptions;
  /** Floats of the parameters, and so of the gradients and of each slot. */
  readonly #floats: number;
  /** The gradients, then the slots. */
  readonly #block: Block;
  readonly #plans = new Plans((shape) => this.#makePlan(shape));
  #frozen = "";
  #steps = 0;
  #busy = false;
  #disposed = false;

  constructor(model: Model, options: TrainerOptions) {
    checkOptions("Trainer", options, ["loss", "optimizer", "clipNorm", "seed"]);
    const { clipNorm, seed = 0, optimizer, loss } = options;
    checkModel("Trainer", model);
    checkLoss("Trainer", loss);
    checkOptimizer("Trainer", optimizer);
    if (clipNorm !== undefined) checkNumber("clipNorm", clipNorm, { above: 0 });
    check(Number.isSafeInteger(seed), () => `The seed is ${show(seed)}; it must be a whole number.`);
    checkUsable(model);
    this.model = model;
    this.#options = options;
    this.#floats = model.store.parameterFloats;
    // A model that was warmed up for predictions now needs the room for training.
    model.rest();
    model.runtime.retain();
    try {
      const bytes = this.#floats * 4 * (1 + optimizer.slots.length);
      this.#block = model.runtime.heap.allocate(bytes, "Training: gradients and the optimiser's state");
    } catch (error) {
      model.runtime.release();
      throw error;
    }
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /** One step on a batch, at a learning rate. */
  async step({ inputs, targets }: Batch, lr: number = this.#options.optimizer.lr): Promise<StepResult> {
    check(!this.#disposed, "This trainer was disposed of.");
    check(!this.#busy, "A step of this trainer is under way. Await it before the next.");
    checkUsable(this.model);
    const { loss, optimizer, clipNorm, seed = 0 } = this.#options;
    const { plan, outputShape, feeds: constants } = this.#plan(inputs.shape);
    const t = this.#steps + 1;
    const feeds = {
      ...constants,
      [this.model.ports[0]!.name]: inputs.data,
      targets: loss.feed(targets, outputShape),
      hyper: Float32Array.from(optimizer.hyper(t, lr)),
      ...(clipNorm === undefined ? { scale: Float32Array.of(1) } : { limit: Float32Array.of(clipNorm) }),
      random: Float32Array.of(Math.abs(seed) % EXACT, t % EXACT),
    };
    this.#busy = true;
    try {
      // In the step's turn: a prediction queued before it still packs the old weights, one queued behind it begins as soon
      // as the step has ended. A step that fails half-way has changed weights too.
      const results = await plan.run(feeds, null, () => this.model.touch());
      this.#steps = t;
      return {
        loss: results.loss!.data[0]!,
        outputs: results.output!,
        gradientNorm: results.norm?.data[0] ?? Number.NaN,
      };
    } finally {
      this.#busy = false;
    }
  }

  /** Gradients of the last step, before clipping, by parameter name. */
  gradients(): Map<string, Tensor> {
    return this.#read(0);
  }

  /** The optimiser's state: all that a checkpoint needs besides the model and the number of steps. */
  slots(): Map<string, Map<string, Tensor>> {
    return new Map(this.#options.optimizer.slots.map((slot, i) => [slot, this.#read(1 + i)]));
  }

  /** Takes up training where {@link steps} and {@link slots} were read. Throws before anything is changed. */
  restore(steps: number, slots: Slots): void {
    check(
      Number.isSafeInteger(steps) && steps >= 0,
      () => `The number of steps is ${steps}; it must be a whole number of 0 or more.`,
    );
    const writes = this.#options.optimizer.slots.flatMap((slot, i) =>
      this.#parameters().map((entry) => {
        const saved = slots.get(slot)?.get(entry.name);
        check(
          saved && saved.size === sizeOf(entry.shape),
          () =>
            `The optimiser's ${slot} of "${entry.name}" is missing or of another size. ` +
            "Was it saved by the same network and optimiser?",
        );
        return () => this.#view(1 + i, entry).set(saved.data);
      }),
    );
    for (const write of writes) write();
    this.#steps = steps;
  }

  /** Gives the memory back; the model stays. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#plans.clear();
    this.model.runtime.free(this.#block);
    this.model.runtime.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #parameters(): Entry[] {
    return [...this.model.store.entries.values()].filter(({ kind }) => kind === "parameter");
  }

  /** A part of the gradients (part 0) or of slot `part - 1`, for a plan. */
  #storage(name: string, part: number, offset: number, floats: number): Storage {
    return { name, bytes: floats * 4, address: this.#block.address + (part * this.#floats + offset) * 4 };
  }

  #view(part: number, { offset, shape }: Entry): Float32Array {
    const { address } = this.#storage("", part, offset, 0);
    return new Float32Array(this.model.runtime.heap.memory.buffer, address, sizeOf(shape));
  }

  #read(part: number): Map<string, Tensor> {
    check(!this.#disposed, "This trainer was disposed of.");
    return new Map(
      this.#parameters().map((entry) => [
        entry.name,
        new Tensor(this.#view(part, entry).slice(), entry.shape),
      ]),
    );
  }

  #plan(shape: Shape): Prepared {
    // Freezing changes what is computed, and what is frozen has no part in the gradient's length.
    const frozen = JSON.stringify(this.model.store.trainableRuns());
    if (frozen !== this.#frozen) {
      this.#plans.clear();
      for (const entry of this.#parameters()) this.#view(0, entry).fill(0);
      this.#frozen = frozen;
    }
    return this.#plans.for(shape);
  }

  #makePlan(shape: Shape): Prepared {
    const { model } = this;
    const { loss, optimizer, clipNorm } = this.#options;
    const { graph, output, auxiliaries, weights, bound } = model.trace(shape, true);
    const lossValue = loss.apply(graph, output);
    const seeds = new Map<Value, Value | null>([[lossValue, null]]);
    for (const { name, scores } of auxiliaries) {
      seeds.set(loss.apply(graph, scores), graph.denseInput(weightOf(name), []));
    }
    const trained = [...weights].filter(([name]) => model.store.entries.get(name)!.trainable);
    check(
      trained.length > 0,
      "There is nothing to train: every parameter of the model is frozen, or it has none.",
    );
    const grads = backward(
      graph,
      seeds,
      trained.map(([, value]) => value),
    );
    const keep: Value[] = [];
    for (const [name, value] of trained) {
      const grad = grads.get(value);
      const { offset, shape } = model.store.entries.get(name)!;
      if (!grad) continue;
      // Weights that are added have one gradient: each gets a copy of its own.
      const own = bound.has(grad) ? graph.add(reshape, [grad], { shape: grad.shape }) : grad;
      bound.set(own, this.#storage(`gradient of ${name}`, 0, offset, sizeOf(shape)));
      keep.push(own);
    }

    const flat = (storage: Storage): Value => {
      const value = graph.weight(storage.name, [storage.bytes / 4], "buffer");
      bound.set(value, storage);
      return value;
    };
    const outputs = new Map([
      ["loss", lossValue],
      ["output", output],
    ]);
    let scale: Value;
    if (clipNorm === undefined) scale = graph.denseInput("scale", [1]);
    else {
      const all = flat(this.#storage("gradients", 0, 0, this.#floats));
      const [clip, norm] = graph.addAll(gradientScale, [all, graph.denseInput("limit", [1])], {});
      scale = clip!;
      outputs.set("norm", norm!);
    }
    const hyper = graph.denseInput("hyper", [optimizer.hyper(1, optimizer.lr).length]);
    for (const [offset, floats] of model.store.trainableRuns()) {
      const slots = optimizer.slots.map((slot, i) => flat(this.#storage(slot, 1 + i, offset, floats)));
      const parameters = flat(model.store.storage("parameters", offset, floats));
      const gradients = flat(this.#storage("gradients", 0, offset, floats));
      graph.add(optimizer.op, [parameters, gradients, ...slots, hyper, scale], {});
    }
    // Frozen weights may be set from outside between steps, so nothing that is derived from weights outlives a step.
    const options = { ...model.planning, outputs, bound, keep, trains: () => true };
    const plan = new Plan(model.runtime, graph, options, `Training on a batch of ${shape[0]}`);
    const weightsOfLosses = auxiliaries.map(({ name, weight }) => [weightOf(name), Float32Array.of(weight)]);
    return { plan, outputShape: output.shape, feeds: Object.fromEntries(weightsOfLosses) };
  }
}

/** The input that weighs the loss of an auxiliary classifier. */
const weightOf = (auxiliary: string): string => `weight of ${auxiliary}`;

/** Throws when the model was disposed of. */
function checkUsable({ store }: Model): void {
  store.storage("weights", 0, 0);
}
