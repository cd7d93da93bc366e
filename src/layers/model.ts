import { writeFileAtomic } from "#platform";
import { check, checkCount, checkFlags, checkIs, checkOptions, show } from "../errors.js";
import { Copies } from "../graph/copies.js";
import { producer } from "../graph/graph.js";
import { Plan, type PlanOptions } from "../graph/plan.js";
import type { LinearWeights } from "../ops/op.js";
import { reshape } from "../ops/reshape.js";
import { softmax as softmaxOp } from "../ops/softmax.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import { type Runtime, runtime } from "../wasm/runtime.js";
import { classNames } from "../weights/class-names.js";
import { type ReadWeightsOptions, readWeightsOptions } from "../weights/options.js";
import type { WeightsSource } from "../weights/read-weights.js";
import { writeSafetensors } from "../weights/write-safetensors.js";
import { type Guess, guesses, softmax } from "./guess.js";
import type { Layer, LayerRecord } from "./layer.js";
import {
  checkFeed,
  type Feeds,
  feedsOf,
  type Given,
  join,
  keyOf,
  onlyPort,
  type Port,
  piecesOf,
  shapeOfOne,
} from "./ports.js";
import { type Dialect, isUnder, type LoadOptions, matchState, type StateDict } from "./state.js";
import { Store } from "./store.js";
import { type Outline, type Trace, Tracer, UNUSED } from "./trace.js";
import { isLarge, warm, zerosFor } from "./warm.js";

export type { Guess } from "./guess.js";
export type { Feeds, Given, Port } from "./ports.js";
export type { Dialect, LoadOptions, StateDict } from "./state.js";
export type { Outline, Trace } from "./trace.js";

/** What `classify` takes besides tensors: anything with a picture in it that the model's `prepare` understands. */
export type Picture = object;

/** How a network becomes a model. */
export interface BuildOptions {
  /** Decides the initial weights. Default 0. */
  seed?: number;
  /** Names of the outputs, in order. */
  classes?: readonly string[];
  /** Where to build. Default: the runtime that `init` set up. */
  runtime?: Runtime;
  /** Give the weights random values to start from. Default true; false leaves them 0, to be loaded. */
  initialize?: boolean;
  /**
   * Compute convolutions by Winograd's algorithm where there is a way and it is faster (3x3, 5x5, 1xk, kx1, first layers with
   * large windows at a stride). Default true; false saves the memory of the transformed weights, up to four times that of the
   * weights, and keeps to the definition in every pixel: Winograd computes tiles of outputs together, so that a NaN, an infinity
   * or a value a million times the others reaches all of a tile. Groups that share a block of 8 channels share these even so.
   */
  winograd?: boolean;
  /**
   * "int16": to predict one input, linear layers read copies of their weights in 16 bits, with a factor for each output; the
   * time of large ones is that of reading. A weight moves by up to 1/65534 of the largest of its output; outputs by some 1e-4
   * of the largest. Default "float32".
   */
  linearWeights?: LinearWeights;
  /** Run the model on zeros, so that the first prediction is as fast as later ones. Default: where the weights are there. */
  warm?: boolean;
  /** What other libraries call the weights, tried in this order where names do not match. */
  dialects?: readonly Dialect[];
  /** Makes an input [1, ...inputShape] of a picture, so that `classify` takes pictures. */
  prepare?: (picture: Picture) => Tensor | Promise<Tensor>;
  /** Names of the outputs where there are several: that of the network itself, then those that `Scope.output` adds. */
  outputs?: readonly string[];
}

/** Names of those for networks of any number of outputs. */
export const buildOptions = [
  "seed",
  "classes",
  "runtime",
  "initialize",
  "winograd",
  "linearWeights",
  "warm",
  "dialects",
  "prepare",
] as const;

/** A parameter of a model. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  /** Whether training changes it: see {@link Model.freeze}. */
  readonly trainable: boolean;
}

/** Plans kept for the shapes used last. */
const PLANS = 4;

/** A network with weights, ready to run and to be trained. Holds WebAssembly memory until disposed of. */
export class Model {
  readonly network: Layer;
  /** The inputs: a single one, called "input", unless the network says otherwise. */
  readonly ports: readonly Port[];
  /** Shape of one input, without the batch. */
  readonly inputShape: Shape;
  /** Shape of one output, without the batch. Empty where it depends on the contents of an input. */
  readonly outputShape: Shape;
  /** Names of the outputs, the network's own first: "output" unless the network says otherwise. */
  readonly outputNames: readonly string[];
  readonly runtime: Runtime;
  readonly store: Store;
  /** Names of the classes that the outputs stand for, in order. */
  classes: readonly string[];
  /** Makes inputs of pictures, for {@link classify}. */
  prepare: BuildOptions["prepare"];
  /** How plans that are made from now on compute: what the options of {@link build} ask for, or what was found out since. */
  planning: Pick<PlanOptions, "convolution" | "linearWeights">;
  readonly #tracer: Tracer;
  readonly #dialects: readonly Dialect[];
  #plans = new Map<string, Plan>();
  readonly #copies: Copies;
  #disposed = false;

  constructor(network: Layer, input: readonly number[] | readonly Port[], options: BuildOptions = {}) {
    checkOptions("build", options, [...buildOptions, "outputs"]);
    this.ports = isPorts(input, options.outputs) ? input : [onlyPort(input)];
    const {
      seed = 0,
      classes = [],
      initialize = true,
      winograd = true,
      linearWeights = "float32",
      warm: warms = false,
      dialects = [],
      prepare,
      outputs = ["output"],
    } = options;
    check(Number.isSafeInteger(seed), () => `build: the seed is ${show(seed)}; it must be a whole number.`);
    checkFlags("build", { initialize, winograd, warm: warms });
    const known = linearWeights === "float32" || linearWeights === "int16";
    checkIs(known, "build: linearWeights", linearWeights, '"float32" or "int16"');
    const named = Array.isArray(classes) && classes.every((name) => typeof name === "string");
    checkIs(named, "build: classes", classes, "a list of names");
    const prepares = prepare === undefined || typeof prepare === "function";
    checkIs(prepares, "build: prepare", prepare, "a function that makes a Tensor of a picture");
    this.network = network;
    this.inputShape = this.ports[0] ? shapeOfOne(this.ports[0]) : [];
    this.outputNames = outputs;
    this.prepare = prepare;
    this.planning = { linearWeights, ...(!winograd && { convolution: "direct" as const }) };
    this.#dialects = dialects;
    this.runtime = options.runtime ?? runtime();
    this.store = new Store(this.runtime);
    this.#copies = new Copies(this.runtime);
    this.classes = classes;
    this.#tracer = new Tracer(network, this.ports, outputs[0]!, this.store);
    this.outputShape = this.#tracer.outputShape();
    check(
      classes.length === 0 || classes.length === this.outputShape[0],
      () => `build: ${classes.length} class names do not fit the output ${formatShape(this.outputShape)}.`,
    );
    this.store.allocate(initialize ? seed : undefined);
    this.runtime.retain();
  }

  /**
   * The network's graph for a whole input shape, batch included; for several inputs, by name, with the contents of
   * those that decide shapes. Inputs that are left out have the shape that the model was built for.
   */
  trace(given: Shape | Given, training: boolean): Trace {
    return this.#tracer.trace(given, training);
  }

  /** The same without places for the weights, which it therefore does not need. */
  outline(given: Shape | Given, training: boolean): Outline {
    return this.#tracer.record(given, training);
  }

  /**
   * The outputs for a batch: [n, ...inputShape] to [n, ...outputShape]. Runs on the worker threads, so the caller stays
   * free; calls made while one is under way wait their turn. A tensor by itself gives the first output alone; inputs by
   * name, `predict({ input: x })`, give all outputs by name.
   */
  predict(input: Tensor): Promise<Tensor>;
  predict(inputs: Feeds): Promise<Record<string, Tensor>>;
  async predict(input: Tensor | Feeds): Promise<Tensor | Record<string, Tensor>> {
    const results = await this.#run("predict", input, []);
    return input instanceof Tensor ? results[this.outputNames[0]!]! : results;
  }

  /** The same on the calling thread, for scripts and small networks. */
  predictSync(input: Tensor): Tensor;
  predictSync(inputs: Feeds): Record<string, Tensor>;
  predictSync(input: Tensor | Feeds): Tensor | Record<string, Tensor> {
    const results = this.#runSync("predictSync", input, []);
    return input instanceof Tensor ? results[this.outputNames[0]!]! : results;
  }

  /**
   * The outputs of any layers, by the names that `summary` shows, from one run; the model's own under "output".
   */
  async taps(input: Tensor | Feeds, names: readonly string[]): Promise<Record<string, Tensor>> {
    checkNames("taps", names);
    return this.#run("taps", input, names);
  }

  /** The same on the calling thread, at once. */
  tapsSync(input: Tensor | Feeds, names: readonly string[]): Record<string, Tensor> {
    checkNames("tapsSync", names);
    return this.#runSync("tapsSync", input, names);
  }

  /**
   * Predicts for zeros, of the shape that the model was built for, so that the engine has compiled the kernels in earnest and
   * weights are in the form that kernels read. Building a model does it, and so does loading a file into one that has run;
   * after `loadStateDict` the first prediction takes longer, or this does. Nothing happens where values of an input decide
   * shapes, nor `unasked` for a network that takes seconds, or cannot run: that is for the first prediction to say.
   */
  async warmUp(options: { unasked?: boolean } = {}): Promise<void> {
    checkOptions("warmUp", options, ["unasked"]);
    const { unasked = false } = options;
    checkFlags("warmUp", { unasked });
    if (this.ports.some(({ content }) => content)) return;
    try {
      if (unasked && isLarge(this.outline({}, false).graph)) return;
      const feeds = zerosFor(this.ports);
      await warm(() => this.#run("warmUp", feeds, []));
    } catch (error) {
      if (!unasked) throw error;
    }
  }

  async #run(what: string, input: Tensor | Feeds, names: readonly string[]): Promise<Record<string, Tensor>> {
    const feeds = this.#feeds(what, input);
    const pieces: Record<string, Tensor>[] = [];
    for (const piece of piecesOf(what, this.ports, feeds)) {
      pieces.push(await this.#plan(piece, names).run(dataOf(piece), this));
    }
    return joined(pieces);
  }

  #runSync(what: string, input: Tensor | Feeds, names: readonly string[]): Record<string, Tensor> {
    const feeds = this.#feeds(what, input);
    this.runtime.checkIdle(what);
    return joined(
      piecesOf(what, this.ports, feeds).map((piece) => this.#plan(piece, names).runSync(dataOf(piece), this)),
    );
  }

  /**
   * The likeliest classes of one input, best first. Takes [1, ...inputShape] or [...inputShape], and pictures where the
   * model has a `prepare`. Scores become probabilities by softmax, unless the network ends in one.
   */
  async classify(input: Tensor | Picture, options: { top?: number } = {}): Promise<Guess[]> {
    checkOptions("classify", options, ["top"]);
    const { top = 5 } = options;
    checkCount("classify: top", top);
    check(
      this.outputShape.slice(1).every((size) => size === 1),
      () =>
        `classify: the outputs have shape ${formatShape(this.outputShape)}, not one score per class. Use predict.`,
    );
    const { prepare } = this;
    const isPicture = !(input instanceof Tensor) && typeof input === "object" && input !== null;
    const tensor = isPicture && prepare ? await prepare(input) : input;
    check(
      tensor instanceof Tensor,
      () =>
        `classify: the input must be a Tensor${prepare ? " or a picture, as readImage gives it" : ""}, not ${show(tensor)}; ` +
        `make one with tensor(values, [1, ${this.inputShape.join(", ")}])` +
        (prepare ? "." : ", or build the model with { prepare } to give it pictures."),
    );
    const single =
      tensor.shape.length === this.inputShape.length ? tensor.reshape(1, ...tensor.shape) : tensor;
    check(
      single.shape[0] === 1,
      () => `classify takes one input, not a batch of ${single.shape[0]}. Use predict for batches.`,
    );
    const { data } = await this.predict(single);
    const probabilities = this.#endsInSoftmax() ? Float64Array.from(data) : softmax(data);
    return guesses(probabilities, this.classes, top);
  }

  /** What the network is made of, layer by layer, traced for a batch of one. */
  get layers(): readonly LayerRecord[] {
    return this.#tracer.record({}, false).records;
  }

  /** The parameters, in the order of the layers. */
  parameters(): Parameter[] {
    return [...this.store.entries.values()]
      .filter(({ kind }) => kind === "parameter")
      .map(({ name, shape, trainable }) => ({ name, shape, trainable }));
  }

  /** Number of trained values. */
  get parameterCount(): number {
    return this.parameters().reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /**
   * Keeps training from changing the parameters whose name begins with one of the prefixes; all of them without one.
   */
  freeze(...prefixes: string[]): void {
    this.#setTrainable(false, prefixes);
  }

  /** Lets training change them again. */
  unfreeze(...prefixes: string[]): void {
    this.#setTrainable(true, prefixes);
  }

  #setTrainable(trainable: boolean, prefixes: string[]): void {
    for (const prefix of prefixes) {
      check(
        this.parameters().some(({ name }) => isUnder(name, prefix)),
        () =>
          `No parameter of the model is under "${prefix}". There are: ${this.parameters()
            .map(({ name }) => name)
            .join(", ")}.`,
      );
    }
    for (const entry of this.store.entries.values()) {
      if (entry.kind !== "parameter") continue;
      if (prefixes.length === 0 || prefixes.some((prefix) => isUnder(entry.name, prefix)))
        entry.trainable = trainable;
    }
  }

  /** Copies of all parameters and buffers under torch's names. */
  stateDict(): Map<string, Tensor> {
    return new Map([...this.store.entries.values()].map((entry) => [entry.name, this.store.read(entry)]));
  }

  /**
   * Sets parameters and buffers, by name. Missing, unexpected and wrongly shaped entries are listed all at once, and then nothing
   * is changed. Buffers that count batches may be missing.
   */
  loadStateDict(weights: StateDict, options: LoadOptions = {}, source = "The state"): void {
    check(
      ![...this.#plans.values()].some(({ running }) => running),
      "loadStateDict: a prediction of this model is under way, and would have some of the old weights and some of the new. " +
        "Await it first.",
    );
    this.#loadStateDict(weights, options, source);
  }

  #loadStateDict(weights: StateDict, options: LoadOptions, source: string): void {
    this.#checkAlive();
    const matches = matchState(this.store.entries, weights, options, this.#dialects, source);
    for (const [entry, tensor] of matches) this.store.floats(entry).set(tensor.data);
    this.touch();
  }

  /** The weights as a safetensors file. */
  toSafetensors(): Uint8Array {
    const metadata: Record<string, string> = { format: "pt" };
    if (this.classes.length > 0) metadata.classes = JSON.stringify(this.classes);
    return writeSafetensors(this.stateDict(), metadata);
  }

  /** Writes the weights to a safetensors file; in a page, offers it as a download. An existing file stays whole if that fails. */
  async save(path: string): Promise<void> {
    checkIs(typeof path === "string", "save: the path", path, 'a string, such as "model.safetensors"');
    await writeFileAtomic(path, this.toSafetensors());
  }

  /**
   * Reads weights from a file of safetensors or of torch.save: a path or an address (in a page always an address), a
   * Blob, bytes, a stream. See {@link readWeights}.
   */
  async load(source: WeightsSource, options: LoadOptions & ReadWeightsOptions = {}): Promise<void> {
    checkOptions("load", options, ["strict", "skip", ...readWeightsOptions]);
    const { strict, skip, ...reading } = options;
    const { nameOfSource, readWeights } = await import("../weights/read-weights.js");
    const { tensors, metadata } = await readWeights(source, reading);
    const given = { ...(strict !== undefined && { strict }), ...(skip !== undefined && { skip }) };
    // In its turn: predictions that are under way have the old weights, those made since the new ones.
    await this.runtime.exclusive(async () => this.#loadStateDict(tensors, given, nameOfSource(source)));
    if (this.#plans.size > 0) await this.warmUp({ unasked: true });
    const classes = classNames(metadata);
    if (classes && classes.length === this.outputShape[0]) this.classes = classes;
  }

  /** The weights were changed from outside; plans compute anew what they derived from them. */
  touch(): void {
    for (const plan of this.#plans.values()) plan.forgetWeights();
  }

  /** Gives back the memory that predictions have taken, besides the weights; the next one takes it again. */
  rest(): void {
    this.#checkAlive();
    for (const [key, plan] of this.#plans) {
      if (plan.busy) continue;
      plan.dispose();
      this.#plans.delete(key);
    }
  }

  /** Gives the memory back. The model cannot be used any more. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const plan of this.#plans.values()) plan.dispose();
    this.#plans.clear();
    this.store.dispose();
    this.runtime.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkAlive(): void {
    check(!this.#disposed, "This model was disposed of; it cannot be used any more.");
  }

  #feeds(what: string, input: Tensor | Feeds): Feeds {
    this.#checkAlive();
    const feeds = feedsOf(what, this.ports, input);
    for (const port of this.ports) checkFeed(what, port, feeds[port.name]!);
    return feeds;
  }

  #plan(feeds: Feeds, names: readonly string[]): Plan {
    const key = keyOf(this.ports, feeds) + [...names].sort().join(" ");
    let plan = this.#plans.get(key);
    if (plan) this.#plans.delete(key);
    else {
      const given: Given = Object.fromEntries(
        this.ports.map(({ name, content }) => [name, content ? feeds[name]! : feeds[name]!.shape]),
      );
      const { graph, input, outputs: own, records, bound } = this.trace(given, false);
      const outputs = new Map(own);
      for (const name of names) {
        const record = records.find((candidate) => candidate.name === name);
        check(
          record,
          () => `The model has no layer "${name}". Its layers are: ${records.map((r) => r.name).join(", ")}.`,
        );
        outputs.set(name, record.output);
      }
      const what = `Running a batch of ${input.shape[0] ?? 1}`;
      const options = { ...this.planning, outputs, bound, copies: this.#copies };
      plan = new Plan(this.runtime, graph, options, what);
    }
    this.#plans.set(key, plan);
    for (const [old, unused] of this.#plans) {
      if (this.#plans.size <= PLANS) break;
      if (unused === plan || unused.busy) continue;
      unused.dispose();
      this.#plans.delete(old);
    }
    return plan;
  }

  #endsInSoftmax(): boolean {
    let last = producer(this.#tracer.record({}, false).output);
    while (last?.op === reshape) last = producer(last.inputs[0]!);
    return last?.op === softmaxOp;
  }
}

/** An empty list is one of ports where outputs are named: a network may compute constants. */
const isPorts = (input: readonly number[] | readonly Port[], outputs: unknown): input is readonly Port[] =>
  Array.isArray(input) &&
  ((typeof input[0] === "object" && input[0] !== null) || (input.length === 0 && outputs !== undefined));

const NOTHING = new Float32Array(1);

/** Throws unless they are names of layers. */
function checkNames(what: string, names: readonly string[]): void {
  const listed = Array.isArray(names) && names.every((name) => typeof name === "string");
  checkIs(listed, `${what}: the second argument`, names, 'a list of names of layers, such as ["0", "1"]');
}

/** What a plan is fed. */
function dataOf(feeds: Feeds): Record<string, Float32Array> {
  const data: Record<string, Float32Array> = { [UNUSED]: NOTHING };
  for (const name in feeds) data[name] = feeds[name]!.data;
  return data;
}

/** The results of the pieces of a batch, by name. */
function joined(pieces: readonly Record<string, Tensor>[]): Record<string, Tensor> {
  if (pieces.length === 1) return pieces[0]!;
  const names = Object.keys(pieces[0]!);
  return Object.fromEntries(names.map((name) => [name, join(pieces.map((piece) => piece[name]!))]));
}

/** Makes a model of a network, for inputs of a shape without the batch, or for several of them: see {@link Network.build}. */
export async function buildModel(
  network: Layer,
  input: readonly number[] | readonly Port[],
  options?: BuildOptions,
): Promise<Model> {
  const model = new Model(network, input, options);
  const { initialize = true, warm: warms = initialize } = options ?? {};
  if (warms) await model.warmUp({ unasked: true });
  return model;
}
