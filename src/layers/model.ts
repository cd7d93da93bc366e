import { writeFileAtomic } from "#platform";
import { check, checkCount, checkFlags, checkIs, checkOptions, FeatureMapError, show } from "../errors.js";
import { Graph, producer } from "../graph/graph.js";
import { Plan } from "../graph/plan.js";
import type { Storage } from "../ops/layout.js";
import type { Value } from "../ops/op.js";
import { reshape } from "../ops/reshape.js";
import { sameShape } from "../ops/shape.js";
import { softmax as softmaxOp } from "../ops/softmax.js";
import { readSource, type Source } from "../platform/read-source.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import { type Runtime, runtime } from "../wasm/runtime.js";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.js";
import { applyLayer, type Layer, type LayerRecord, Scope, type TraceState } from "./layer.js";
import { type Entry, Store } from "./store.js";

/** How a network becomes a model. */
export interface BuildOptions {
  /** Decides the initial weights. Default 0. */
  seed?: number;
  /** Names of the outputs, in order. */
  classes?: readonly string[];
  /** Where to build. Default: the runtime that `init` set up. */
  runtime?: Runtime;
}

/** A network traced for an input shape: the graph, and what its ends and layers are. */
export interface Trace {
  readonly graph: Graph;
  readonly input: Value;
  readonly output: Value;
  readonly records: readonly LayerRecord[];
  /** Parameters and buffers by name. */
  readonly weights: ReadonlyMap<string, Value>;
  /** Where the weights lie. */
  readonly bound: Map<Value, Storage>;
}

/** One guess of {@link Model.classify}. */
export interface Guess {
  readonly label: string;
  readonly index: number;
  readonly probability: number;
}

/** A parameter of a model. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  /** Whether training changes it: see {@link Model.freeze}. */
  readonly trainable: boolean;
}

/** Tensors by the names of parameters and buffers. */
export type StateDict = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** What to do about entries that do not match in {@link Model.loadStateDict}. */
export interface LoadOptions {
  /** Throw when entries are missing or unexpected. Default true. Wrong shapes always throw. */
  strict?: boolean;
}

/** Plans kept for the shapes used last. */
const PLANS = 4;
/** Larger batches are predicted in pieces of this many. */
const PIECE = 64;

/** A network with weights, ready to run and to be trained. Holds WebAssembly memory until disposed of. */
export class Model {
  readonly network: Layer;
  /** Shape of one input, without the batch. */
  readonly inputShape: Shape;
  /** Shape of one output, without the batch. */
  readonly outputShape: Shape;
  readonly runtime: Runtime;
  readonly store: Store;
  /** Names of the outputs, in order. */
  classes: readonly string[];
  #plans = new Map<string, Plan>();
  #disposed = false;

  constructor(network: Layer, inputShape: Shape, options: BuildOptions = {}) {
    checkOptions("build", options, ["seed", "classes", "runtime"]);
    check(
      Array.isArray(inputShape) &&
        inputShape.length >= 1 &&
        inputShape.length <= 3 &&
        inputShape.every((size) => Number.isInteger(size) && size >= 1),
      () =>
        `build: the input shape is ${show(inputShape)}; give [c, h, w], [c, l] or [features], without the batch.`,
    );
    const { seed = 0, classes = [] } = options;
    check(Number.isSafeInteger(seed), () => `build: the seed is ${show(seed)}; it must be a whole number.`);
    const named = Array.isArray(classes) && classes.every((name) => typeof name === "string");
    checkIs(named, "build: classes", classes, "a list of names");
    this.network = network;
    this.inputShape = [...inputShape];
    this.runtime = options.runtime ?? runtime();
    this.store = new Store(this.runtime);
    this.classes = classes;
    const { output } = this.#record([1, ...inputShape], false);
    this.outputShape = output.shape.slice(1);
    check(
      classes.length === 0 || classes.length === this.outputShape[0],
      () => `build: ${classes.length} class names do not fit the output ${formatShape(this.outputShape)}.`,
    );
    this.store.allocate(seed);
    this.runtime.retain();
  }

  /** The network's graph for a whole input shape, batch included. */
  trace(shape: Shape, training: boolean): Trace {
    const recorded = this.#record(shape, training);
    const bound = new Map<Value, Storage>();
    for (const [name, value] of recorded.weights) {
      bound.set(value, this.store.storage(name, this.store.entries.get(name)!.offset, sizeOf(value.shape)));
    }
    return { ...recorded, bound };
  }

  #record(shape: Shape, training: boolean): Omit<Trace, "bound"> {
    const graph = new Graph();
    const state: TraceState = {
      graph,
      training,
      store: this.store,
      weights: new Map(),
      records: [],
      random: undefined,
      salts: 0,
    };
    const input = graph.input("input", shape);
    const output = this.#apply(new Scope(state), input);
    return { graph, input, output, records: state.records, weights: state.weights };
  }

  #apply(scope: Scope, input: Value): Value {
    try {
      return applyLayer(this.network, scope, input);
    } catch (error) {
      const given = input.shape.slice(1);
      if (!(error instanceof FeatureMapError) || sameShape(given, this.inputShape)) throw error;
      throw new FeatureMapError(
        `The model was built for inputs of shape ${formatShape(this.inputShape)}; one of ${formatShape(given)} does not ` +
          `fit: ${error.message}`,
        { cause: error },
      );
    }
  }

  /**
   * The outputs for a batch: [n, ...inputShape] to [n, ...outputShape]. Runs on the worker threads, so the caller stays
   * free; calls made while one is under way wait their turn.
   */
  async predict(input: Tensor): Promise<Tensor> {
    return (await this.taps(input, [])).output!;
  }

  /** The same on the calling thread, for scripts and small networks. */
  predictSync(input: Tensor): Tensor {
    this.#checkInput("predictSync", input);
    this.runtime.checkIdle("predictSync");
    const pieces = this.#pieces(input).map((piece) => {
      const plan = this.#plan(piece.shape, []);
      return plan.runSync({ input: piece.data }, this);
    });
    return join(pieces.map(({ output }) => output!));
  }

  /**
   * The outputs of any layers, by the names that `summary` shows, from one run; the model's own under "output".
   */
  async taps(input: Tensor, names: readonly string[]): Promise<Record<string, Tensor>> {
    const listed = Array.isArray(names) && names.every((name) => typeof name === "string");
    checkIs(listed, "taps: the second argument", names, 'a list of names of layers, such as ["0", "1"]');
    this.#checkInput(names.length > 0 ? "taps" : "predict", input);
    const pieces: Record<string, Tensor>[] = [];
    for (const piece of this.#pieces(input)) {
      pieces.push(await this.#plan(piece.shape, names).run({ input: piece.data }, this));
    }
    return Object.fromEntries(
      ["output", ...names].map((name) => [name, join(pieces.map((piece) => piece[name]!))]),
    );
  }

  /**
   * The likeliest classes of one input, best first. Takes [1, ...inputShape] or [...inputShape]. Scores become
   * probabilities by softmax, unless the network ends in one.
   */
  async classify(input: Tensor, options: { top?: number } = {}): Promise<Guess[]> {
    checkOptions("classify", options, ["top"]);
    const { top = 5 } = options;
    checkCount("classify: top", top);
    check(
      this.outputShape.slice(1).every((size) => size === 1),
      () =>
        `classify: the outputs have shape ${formatShape(this.outputShape)}, not one score per class. Use predict.`,
    );
    this.#checkTensor("classify", input);
    const single = input.shape.length === this.inputShape.length ? input.reshape(1, ...input.shape) : input;
    check(
      single.shape[0] === 1,
      () => `classify takes one input, not a batch of ${single.shape[0]}. Use predict for batches.`,
    );
    const { data } = await this.predict(single);
    const probabilities = this.#endsInSoftmax() ? Float64Array.from(data) : softmax(data);
    return [...probabilities.keys()]
      .sort((a, b) => probabilities[b]! - probabilities[a]! || a - b)
      .slice(0, top)
      .map((index) => ({
        label: this.classes[index] ?? String(index),
        index,
        probability: probabilities[index]!,
      }));
  }

  /** What the network is made of, layer by layer, traced for a batch of one. */
  get layers(): readonly LayerRecord[] {
    return this.#record([1, ...this.inputShape], false).records;
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
    checkOptions("loadStateDict", options, ["strict"]);
    const { strict = true } = options;
    checkFlags("loadStateDict", { strict });
    this.#checkAlive();
    const isObject = typeof weights === "object" && weights !== null;
    checkIs(isObject, "loadStateDict: the state", weights, "a Map of Tensors, or an object of them, by name");
    const state: ReadonlyMap<string, Tensor> =
      weights instanceof Map ? weights : new Map(Object.entries(weights));
    for (const [name, value] of state) {
      checkIs(value instanceof Tensor, `loadStateDict: "${name}"`, value, "a Tensor");
    }
    const entries = [...this.store.entries.values()];
    const problems: string[] = [];
    const list = (what: string, names: string[]): void => {
      if (names.length > 0) problems.push(`${what}: ${names.join(", ")}`);
    };
    if (strict) {
      const optional = ({ name }: Entry): boolean => name.endsWith("num_batches_tracked");
      list(
        "missing",
        entries.filter((entry) => !state.has(entry.name) && !optional(entry)).map(({ name }) => name),
      );
      list(
        "unexpected",
        [...state.keys()].filter((name) => !this.store.entries.has(name)),
      );
    }
    const fits = (entry: Entry, tensor: Tensor): boolean =>
      sameShape(tensor.shape, entry.shape) || (sizeOf(entry.shape) === 1 && tensor.size === 1);
    list(
      "wrongly shaped",
      entries
        .filter((entry) => state.has(entry.name) && !fits(entry, state.get(entry.name)!))
        .map(
          (entry) =>
            `${entry.name} (${formatShape(state.get(entry.name)!.shape)} instead of ${formatShape(entry.shape)})`,
        ),
    );
    check(
      problems.length === 0,
      () =>
        `${source} does not fit the model. ${problems.join("; ")}. ` +
        "Nothing was loaded. Build the network that the weights belong to" +
        (strict ? ", or use { strict: false } to load what matches." : "."),
    );
    for (const entry of entries) {
      const tensor = state.get(entry.name);
      if (tensor) this.store.floats(entry).set(tensor.data);
    }
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

  /** Reads weights from a safetensors file: a path (in a page an address), or its bytes. */
  async load(source: Source, options: LoadOptions = {}): Promise<void> {
    const name = typeof source === "string" ? source : "The weights file";
    const { tensors, metadata } = readSafetensors(await readSource("load: the file", source), name);
    this.loadStateDict(tensors, options, name);
    const classes = parseClasses(metadata.classes);
    if (classes.length === this.outputShape[0]) this.classes = classes;
  }

  /** The weights were changed from outside; plans compute anew what they derived from them. */
  touch(): void {
    for (const plan of this.#plans.values()) plan.forgetWeights();
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

  #checkTensor(what: string, input: Tensor): void {
    check(
      input instanceof Tensor,
      () =>
        `${what}: the input must be a Tensor, not ${show(input)}; make one with tensor(values, [n, ${this.inputShape.join(", ")}]).`,
    );
  }

  #checkAlive(): void {
    check(!this.#disposed, "This model was disposed of; it cannot be used any more.");
  }

  #checkInput(what: string, input: Tensor): void {
    this.#checkAlive();
    this.#checkTensor(what, input);
    const [n, ...rest] = input.shape;
    check(n !== 0, () => `${what}: the batch ${formatShape(input.shape)} is empty. Give at least one input.`);
    check(
      input.shape.length === this.inputShape.length + 1 && rest[0] === this.inputShape[0],
      () =>
        `${what}: the input has shape ${formatShape(input.shape)}, but this model takes [n, ${this.inputShape.join(", ")}].` +
        (sameShape(input.shape, this.inputShape)
          ? ` For a single input use reshape(1, ${this.inputShape.join(", ")}).`
          : ""),
    );
  }

  #pieces(input: Tensor): Tensor[] {
    const [n = 0, ...rest] = input.shape;
    const size = sizeOf(rest);
    const pieces: Tensor[] = [];
    for (let i = 0; i < n; i += PIECE) {
      const count = Math.min(PIECE, n - i);
      pieces.push(new Tensor(input.data.subarray(i * size, (i + count) * size), [count, ...rest]));
    }
    return pieces;
  }

  #plan(shape: Shape, names: readonly string[]): Plan {
    const key = `${shape.join("x")} ${[...names].sort().join(" ")}`;
    let plan = this.#plans.get(key);
    if (plan) this.#plans.delete(key);
    else {
      const { graph, output, records, bound } = this.trace(shape, false);
      const outputs = new Map([["output", output]]);
      for (const name of names) {
        const record = records.find((candidate) => candidate.name === name);
        check(
          record,
          () => `The model has no layer "${name}". Its layers are: ${records.map((r) => r.name).join(", ")}.`,
        );
        outputs.set(name, record.output);
      }
      plan = new Plan(this.runtime, graph, { outputs, bound }, `Running a batch of ${shape[0]}`);
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
    let last = producer(this.#record([1, ...this.inputShape], false).output);
    while (last?.op === reshape) last = producer(last.inputs[0]!);
    return last?.op === softmaxOp;
  }
}

/** Batches one after the other. */
function join(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.size, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.size;
  }
  return new Tensor(data, [parts.reduce((sum, part) => sum + part.shape[0]!, 0), ...first!.shape.slice(1)]);
}

function isUnder(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}.`);
}

function parseClasses(json: string | undefined): string[] {
  if (!json) return [];
  try {
    const parsed: unknown = JSON.parse(json);
    if (Array.isArray(parsed) && parsed.every((name) => typeof name === "string")) return parsed;
  } catch {
    // Metadata of another program: not class names.
  }
  return [];
}

function softmax(scores: Float32Array): Float64Array {
  const max = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Makes a model of a network: see {@link Network.build}. */
export async function buildModel(
  network: Layer,
  inputShape: readonly number[],
  options?: BuildOptions,
): Promise<Model> {
  return new Model(network, inputShape, options);
}
