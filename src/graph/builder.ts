import type { KernelName } from "../../build/wasm/kernels.js";
import { check } from "../errors.js";
import type { ConvAlgorithm } from "../ops/algorithm.js";
import { type Arg, contiguous, type Place, type Storage, type View, viewBytes } from "../ops/layout.js";
import type { LinearWeights, Node, StepWriter, Value, Word } from "../ops/op.js";
import type { Copies } from "./copies.js";
import type { Lifetime } from "./lifetimes.js";

/** One kernel call, as data. */
export interface Step {
  readonly kernel: KernelName;
  readonly units: number;
  readonly args: readonly Arg[];
  readonly flops: number;
  /** The layer it computes; empty where values enter and leave. */
  readonly layer: string;
}

/** What to plan besides the graph. */
export interface PlanOptions {
  /** Values to hand out after each run, by name. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** Values whose place is given: parameters, buffers, gradients. */
  readonly bound: ReadonlyMap<Value, Storage>;
  /** Values to compute although no output needs them. */
  readonly keep?: readonly Value[];
  /** Whether runs change the parameter, so that what is derived from it is computed anew in each. */
  readonly trains?: (value: Value) => boolean;
  /** How to compute convolutions that can be computed so, all of them or by layer; by what counts as fastest if left out. */
  readonly convolution?: ConvAlgorithm | ReadonlyMap<string, ConvAlgorithm>;
  /** What weights that linear layers read for a single input are kept as: float32 if left out. */
  readonly linearWeights?: LinearWeights;
  /** Where plans of the same parameters keep what they derive from them; a plan alone keeps its own. */
  readonly copies?: Copies;
  /** For tests: bytes of no man's land after every storage; none is shared then. */
  readonly guardBytes?: number;
}

/** Something computed from parameters that does not change between runs: by the steps `first` to `end` of the prologue. */
export interface Derivation {
  readonly key: string;
  readonly parameters: readonly Place[];
  readonly storage: Storage;
  readonly first: number;
  readonly end: number;
}

/** Collects the steps of the nodes and what they touch, all of it still without addresses: see encode.ts. */
export class Builder implements StepWriter {
  readonly prologue: Step[] = [];
  readonly steps: Step[] = [];
  readonly lifetimes = new Map<Storage, Lifetime>();
  /** Storages that keep their contents between runs. */
  readonly lasting = new Set<Storage>();
  readonly words: Word[] = [];
  readonly constantStorage: Storage = { name: "constants", bytes: 0 };
  /** What each thread has a copy of, of the size that the greediest step asks for. */
  readonly threadStorage: Storage = { name: "thread scratch", bytes: 0 };
  threadBytes = 0;
  readonly dense = new Map<Value, Storage>();
  /** What was computed from weights, by what and how. */
  readonly copies = new Map<string, Place>();
  /** Those that last between runs, in the order in which the prologue computes them. */
  readonly derivations: Derivation[] = [];
  #constants = new Map<string, Place>();
  #tables = new Map<Int32Array | Float32Array, Storage>();
  #target = this.steps;
  #layer = "";

  constructor(
    readonly views: ReadonlyMap<Value, View>,
    readonly options: PlanOptions,
  ) {}

  get convolution(): ConvAlgorithm | undefined {
    const { convolution } = this.options;
    return typeof convolution === "object" ? convolution.get(this.#layer) : convolution;
  }

  get linearWeights(): LinearWeights {
    return this.options.linearWeights ?? "float32";
  }

  write(node: Node): void {
    this.#layer = node.name;
    node.op.steps(node, this);
    this.#layer = "";
  }

  view(value: Value): View {
    const view = this.views.get(value);
    check(view, () => `The value "${value.name}" is not blocked.`);
    return view;
  }

  place(value: Value): Place {
    let storage = this.options.bound.get(value) ?? this.dense.get(value);
    if (!storage) {
      const { origin } = value;
      if (typeof origin !== "string" && origin.op.lies) return origin.op.lies(origin, this);
      storage = { name: value.name, bytes: value.elements * 4 };
      this.dense.set(value, storage);
      if (typeof value.origin === "string") this.lasting.add(storage);
    }
    return { storage, offset: 0 };
  }

  constants(words: readonly Word[]): Place {
    // Not as JSON, to which NaN and the infinities are the same.
    const show = (word: Word) =>
      typeof word === "number" ? word : `f${Object.is(word.float, -0) ? "-0" : word.float}`;
    const key = words.map(show).join();
    let place = this.#constants.get(key);
    if (!place) {
      place = { storage: this.constantStorage, offset: this.words.length * 4 };
      this.words.push(...words);
      this.#constants.set(key, place);
    }
    return place;
  }

  table(numbers: Int32Array | Float32Array): Place {
    let storage = this.#tables.get(numbers);
    if (!storage) {
      storage = { name: "table", bytes: numbers.byteLength, contents: numbers };
      this.#tables.set(numbers, storage);
      this.lasting.add(storage);
    }
    return { storage, offset: 0 };
  }

  scratch(floats: number): Place {
    return { storage: { name: `${this.#layer} scratch`, bytes: floats * 4 }, offset: 0 };
  }

  threadScratch(floats: number): Place {
    this.threadBytes = Math.max(this.threadBytes, floats * 4);
    return { storage: this.threadStorage, offset: 0 };
  }

  scratchView(n: number, c: number, h: number, w: number): View {
    return contiguous({ name: `${this.#layer} scratch`, bytes: viewBytes(n, c, h, w) }, n, c, h, w);
  }

  changes(value: Value): boolean {
    return this.options.trains?.(value) || isComputed(value);
  }

  derived(from: readonly Value[], key: string, floats: number, emit: (place: Place) => void): Place {
    const name = `${from.map(({ id }) => id).join()} ${key}`;
    const known = this.copies.get(name);
    if (known) return known;
    const place: Place = { storage: { name: `${from[0]!.name} ${key}`, bytes: floats * 4 }, offset: 0 };
    this.copies.set(name, place);
    if (from.some((value) => this.changes(value))) emit(place);
    else {
      this.lasting.add(place.storage);
      const target = this.#target;
      this.#target = this.prologue;
      const first = this.prologue.length;
      emit(place);
      this.#target = target;
      const parameters = from.map((value) => this.place(value));
      this.derivations.push({ key, parameters, storage: place.storage, first, end: this.prologue.length });
    }
    return place;
  }

  step(kernel: KernelName, units: number, args: readonly Arg[], flops: number): void {
    if (units === 0) return;
    this.#target.push({ kernel, units, args, flops, layer: this.#layer });
    // What only the prologue touches is alive then: before the first step.
    const time = this.#target === this.steps ? this.steps.length - 1 : -1;
    for (const arg of args) if (typeof arg === "object") this.touch(arg.storage, time);
  }

  touch(storage: Storage, time: number): void {
    const lifetime = this.lifetimes.get(storage);
    if (!lifetime) this.lifetimes.set(storage, { storage, first: time, last: time });
    else {
      lifetime.first = Math.min(lifetime.first, time);
      lifetime.last = Math.max(lifetime.last, time);
    }
  }
}

/** Whether each run may find other numbers in a value: it is fed, or computed from something. */
function isComputed({ origin }: Value): boolean {
  return origin === "input" || (typeof origin === "object" && origin.inputs.length > 0);
}
