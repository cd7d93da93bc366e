import { check } from "../errors.js";
import { backward } from "../graph/backward.js";
import { Plan } from "../graph/plan.js";
import type { Model } from "../layers/model.js";
import { gradientScale } from "../ops/gradient-scale.js";
import type { Storage } from "../ops/layout.js";
import type { Value } from "../ops/op.js";
import { type Shape, sizeOf, Tensor } from "../tensor.js";
import type { Block } from "../wasm/heap.js";
import type { Loss } from "./losses.js";
import type { Optimizer } from "./optimizers.js";

/** One batch to learn from: inputs [n, ...], and class indices or values. */
export interface TrainingBatch {
  readonly inputs: Tensor;
  readonly targets: Int32Array | Tensor;
}

export interface TrainerOptions {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Longest gradient, over all parameters together, before it is scaled down. */
  readonly clipNorm?: number;
  /** Decides dropout. */
  readonly seed?: number;
}

/** What one step gives back. */
export interface StepResult {
  readonly loss: number;
  /** The model's outputs for the batch, before the step. */
  readonly outputs: Tensor;
  /** Length of the gradient before clipping; NaN unless it is clipped. */
  readonly gradientNorm: number;
}

/** Whole numbers below 2^24 are exact in the float32 inputs of dropout. */
const EXACT = 2 ** 24;

/**
 * Training, step by step: forward pass, loss, backward pass and update in one run of one plan. Holds the gradients and
 * the optimiser's state in blocks laid out like the parameters.
 */
export class Trainer {
  readonly model: Model;
  readonly #options: TrainerOptions;
  readonly #floats: number;
  readonly #gradients: Block;
  readonly #slots: Block[];
  readonly #plans = new Map<string, Plan>();
  #frozen = "";
  #steps = 0;
  #disposed = false;

  constructor(model: Model, options: TrainerOptions) {
    this.model = model;
    this.#options = options;
    this.#floats = model.store.parameterFloats;
    const allocate = (what: string): Block => model.runtime.heap.allocate(this.#floats * 4, what);
    this.#gradients = allocate("The gradients");
    this.#slots = options.optimizer.slots.map((slot) => allocate(`The optimiser's ${slot}`));
    model.runtime.retain();
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /** One step on a batch, at a learning rate. */
  async step({ inputs, targets }: TrainingBatch, lr: number = this.#options.optimizer.lr): Promise<StepResult> {
    check(!this.#disposed, "This trainer was disposed of.");
    const { loss, optimizer, clipNorm, seed = 0 } = this.#options;
    const plan = this.#plan(inputs.shape);
    const t = this.#steps + 1;
    const feeds = {
      input: inputs.data,
      targets: loss.feed(targets, [inputs.shape[0]!, ...this.model.outputShape]),
      hyper: Float32Array.from(optimizer.hyper(t, lr)),
      clip: Float32Array.of(clipNorm ?? Number.POSITIVE_INFINITY),
      random: Float32Array.of(Math.abs(seed) % EXACT, t % EXACT),
    };
    // The update changes weights even if reading the results fails, so the model is told first.
    this.model.touch();
    const results = await plan.run(feeds, null);
    this.model.touch();
    this.#steps = t;
    return {
      loss: results.loss!.data[0]!,
      outputs: results.output!,
      gradientNorm: results.norm?.data[0] ?? Number.NaN,
    };
  }

  /** Gradients of the last step, before clipping, by parameter name. */
  gradients(): Map<string, Tensor> {
    return this.#read(this.#gradients);
  }

  /** The optimiser's state by slot and parameter name, and the number of steps: all that a checkpoint needs. */
  state(): { steps: number; slots: Map<string, Map<string, Tensor>> } {
    const { slots } = this.#options.optimizer;
    return { steps: this.#steps, slots: new Map(slots.map((slot, i) => [slot, this.#read(this.#slots[i]!)])) };
  }

  /** Takes up training where {@link state} was read. */
  restore(steps: number, slots: ReadonlyMap<string, ReadonlyMap<string, Tensor>>): void {
    this.#options.optimizer.slots.forEach((slot, i) => {
      for (const entry of this.model.store.entries.values()) {
        if (entry.kind !== "parameter") continue;
        const saved = slots.get(slot)?.get(entry.name);
        check(
          saved && saved.size === sizeOf(entry.shape),
          () => `The optimiser's ${slot} of "${entry.name}" is missing or of another size. Was it saved by the same network and optimiser?`,
        );
        this.#view(this.#slots[i]!, entry.offset, saved.size).set(saved.data);
      }
    });
    this.#steps = steps;
  }

  /** Gives the memory back; the model stays. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#dropPlans();
    for (const block of [this.#gradients, ...this.#slots]) this.model.runtime.free(block);
    this.model.runtime.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #dropPlans(): void {
    for (const plan of this.#plans.values()) plan.dispose();
    this.#plans.clear();
  }

  #view(block: Block, offset: number, floats: number): Float32Array {
    return new Float32Array(this.model.runtime.heap.memory.buffer, block.address + offset * 4, floats);
  }

  #read(block: Block): Map<string, Tensor> {
    return new Map(
      [...this.model.store.entries.values()]
        .filter(({ kind }) => kind === "parameter")
        .map(({ name, shape, offset }) => [name, new Tensor(this.#view(block, offset, sizeOf(shape)).slice(), shape)]),
    );
  }

  #plan(shape: Shape): Plan {
    // Freezing changes what is computed.
    const frozen = JSON.stringify(this.model.store.trainableRuns());
    if (frozen !== this.#frozen) {
      this.#dropPlans();
      this.#view(this.#gradients, 0, this.#floats).fill(0);
      this.#frozen = frozen;
    }
    const key = shape.join("x");
    let plan = this.#plans.get(key);
    if (!plan) {
      plan = this.#makePlan(shape);
      this.#plans.set(key, plan);
    }
    return plan;
  }

  #makePlan(shape: Shape): Plan {
    const { model } = this;
    const { loss, optimizer, clipNorm } = this.#options;
    const { graph, output, weights, bound } = model.trace(shape, true);
    const lossValue = loss.apply(graph, output);
    const trainable = [...weights].filter(([name]) => model.store.entries.get(name)!.trainable);
    check(trainable.length > 0, "There is nothing to train: every parameter of the model is frozen, or it has none.");
    const grads = backward(graph, new Map([[lossValue, null]]), trainable.map(([, value]) => value));
    const place = (name: string, block: Block, offset: number, floats: number): Storage => ({
      name,
      bytes: floats * 4,
      address: block.address + offset * 4,
    });
    for (const [name, value] of trainable) {
      const grad = grads.get(value);
      const entry = model.store.entries.get(name)!;
      if (grad) bound.set(grad, place(`gradient of ${name}`, this.#gradients, entry.offset, sizeOf(entry.shape)));
    }

    const flat = (name: string, storage: Storage, floats: number): Value => {
      const value = graph.weight(name, [floats], "buffer");
      bound.set(value, storage);
      return value;
    };
    const all = flat("gradients", place("gradients", this.#gradients, 0, this.#floats), this.#floats);
    const outputs = new Map([
      ["loss", lossValue],
      ["output", output],
    ]);
    // Without clipping the scale is 1: the limit that is fed is infinite.
    const [scale, norm] = graph.addAll(gradientScale, [all, graph.denseInput("clip", [1])], {});
    if (clipNorm !== undefined) outputs.set("norm", norm!);
    const hyper = graph.denseInput("hyper", [optimizer.hyper(1, optimizer.lr).length]);
    for (const [offset, floats] of model.store.trainableRuns()) {
      graph.add(
        optimizer.op,
        [
          flat("parameters", model.store.storage("parameters", offset, floats), floats),
          flat("gradients", place("gradients", this.#gradients, offset, floats), floats),
          ...this.#slots.map((block, i) => flat(optimizer.slots[i]!, place(optimizer.slots[i]!, block, offset, floats), floats)),
          hyper,
          scale!,
        ],
        {},
      );
    }
    const trained = new Set(trainable.map(([, value]) => value));
    const options = { outputs, bound, keep: [...grads.values()], trains: (value: Value) => trained.has(value) };
    return new Plan(model.runtime, graph, options, `Training on a batch of ${shape[0]}`);
  }
}
