import { check } from "../errors.js";
import type { Arg, Place, Storage, View } from "../ops/layout.js";
import { contiguous, isView, viewBytes } from "../ops/layout.js";
import type { Node, StepWriter, Value, Word } from "../ops/op.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import type { Block } from "../wasm/heap.js";
import type { Runtime } from "../wasm/runtime.js";
import { BARRIER, SERIAL, STEP_HEADER } from "../wasm/steps.js";
import { arrange } from "./arrange.js";
import { type Graph, neededNodes } from "./graph.js";
import { assignOffsets, type Lifetime } from "./lifetimes.js";

/** A step is shared between threads from so many operations on, in pieces of at least that many. */
const SHARED_FLOPS = 60_000;
const PIECE_FLOPS = 15_000;
/** Pieces per thread, so that one that is held up leaves work for the others to take. */
const PIECES = 4;

/** One kernel call, as data. */
export interface Step {
  readonly kernel: string;
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
  /** For tests: bytes of no man's land after every storage; none is shared then. */
  readonly guardBytes?: number;
}

interface Port {
  readonly shape: Shape;
  readonly place: Place;
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Collects the steps of the nodes; what it has seen is then given addresses by {@link Plan}. */
class Builder implements StepWriter {
  readonly prologue: Step[] = [];
  readonly steps: Step[] = [];
  readonly lifetimes = new Map<Storage, Lifetime>();
  /** Storages that keep their contents between runs. */
  readonly lasting = new Set<Storage>();
  readonly words: Word[] = [];
  readonly constantStorage: Storage = { name: "constants", bytes: 0 };
  readonly dense = new Map<Value, Storage>();
  #constants = new Map<string, Place>();
  #derived = new Map<string, Place>();
  #target = this.steps;
  #layer = "";

  constructor(
    readonly views: ReadonlyMap<Value, View>,
    readonly options: PlanOptions,
  ) {}

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
      storage = { name: value.name, bytes: value.elements * 4 };
      this.dense.set(value, storage);
      if (typeof value.origin === "string") this.lasting.add(storage);
    }
    return { storage, offset: 0 };
  }

  constants(words: readonly Word[]): Place {
    const key = JSON.stringify(words);
    let place = this.#constants.get(key);
    if (!place) {
      place = { storage: this.constantStorage, offset: this.words.length * 4 };
      this.words.push(...words);
      this.#constants.set(key, place);
    }
    return place;
  }

  scratch(floats: number): Place {
    return { storage: { name: `${this.#layer} scratch`, bytes: floats * 4 }, offset: 0 };
  }

  scratchView(n: number, c: number, h: number, w: number): View {
    return contiguous({ name: `${this.#layer} scratch`, bytes: viewBytes(n, c, h, w) }, n, c, h, w);
  }

  derived(from: Value, key: string, floats: number, emit: (place: Place) => void): Place {
    const name = `${from.id} ${key}`;
    const known = this.#derived.get(name);
    if (known) return known;
    const place: Place = { storage: { name: `${from.name} ${key}`, bytes: floats * 4 }, offset: 0 };
    this.#derived.set(name, place);
    if (this.options.trains?.(from)) emit(place);
    else {
      this.lasting.add(place.storage);
      const target = this.#target;
      this.#target = this.prologue;
      emit(place);
      this.#target = target;
    }
    return place;
  }

  step(kernel: string, units: number, args: readonly Arg[], flops: number): void {
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

/**
 * A graph made ready to run: a list of kernel calls with absolute addresses. Running it allocates nothing in
 * WebAssembly memory.
 */
export class Plan {
  readonly steps: readonly Step[];
  /** Steps that run once for each state of the weights. */
  readonly prologue: readonly Step[];
  /** Bytes for activations, and in all. */
  readonly arenaBytes: number;
  readonly bytes: number;
  readonly #runtime: Runtime;
  readonly #block: Block;
  readonly #inputs = new Map<string, Port>();
  readonly #outputs = new Map<string, Port>();
  readonly #tables: { prologue: number; steps: number };
  readonly #flops: number;
  readonly #guards: Block[] = [];
  #weights: unknown = null;
  #waiting = 0;
  #disposed = false;

  constructor(runtime: Runtime, graph: Graph, options: PlanOptions, what: string) {
    this.#runtime = runtime;
    const nodes = neededNodes(graph, [...options.outputs.values(), ...(options.keep ?? [])]);
    const inputs = graph.values.filter((value) => value.origin === "input");
    const builder = new Builder(arrange(nodes, [...inputs, ...options.outputs.values()]), options);

    const staging = (name: string, bytes: number): Place => {
      const storage: Storage = { name, bytes };
      builder.lasting.add(storage);
      return { storage, offset: 0 };
    };
    for (const value of inputs) {
      if (value.form === "dense") {
        this.#inputs.set(value.name, { shape: value.shape, place: builder.place(value) });
        continue;
      }
      const place = staging(`input ${value.name}`, sizeOf(value.shape) * 4);
      const view = builder.view(value);
      builder.step("block", view.n * view.blocks * view.h, [view, place], view.w * 8);
      this.#inputs.set(value.name, { shape: value.shape, place });
    }
    for (const node of nodes) builder.write(node);
    for (const [name, value] of options.outputs) {
      if (value.form === "dense") {
        const place = builder.place(value);
        builder.touch(place.storage, Number.POSITIVE_INFINITY);
        this.#outputs.set(name, { shape: value.shape, place });
        continue;
      }
      const place = staging(`output ${name}`, sizeOf(value.shape) * 4);
      const view = builder.view(value);
      builder.step("unblock", view.n * view.blocks * view.h, [place, view], view.w * 8);
      this.#outputs.set(name, { shape: value.shape, place });
    }
    this.steps = builder.steps;
    this.prologue = builder.prologue;
    this.#flops = flopsOf(this.steps);

    // The block: constants and view descriptions, step tables, what lasts between runs, then the arena.
    const descriptions = new Map<string, number>();
    const describe = (view: View): void => {
      const key = `${view.storage.address! + view.offset} ${viewWords(view).join(" ")}`;
      if (!descriptions.has(key)) descriptions.set(key, 0);
    };
    const arena = [...builder.lifetimes.values()].filter(
      ({ storage }) =>
        storage.address === undefined && !builder.lasting.has(storage) && storage !== builder.constantStorage,
    );
    const guard = options.guardBytes ?? 0;
    const room = (storage: Storage): number => align(storage.bytes) + guard;
    const { bytes: arenaBytes, offsets } = assignOffsets(arena, guard);
    this.arenaBytes = arenaBytes;
    const views = [...this.prologue, ...this.steps].flatMap((step) =>
      step.args.filter((arg): arg is View => isView(arg)),
    );
    const constantBytes = align(builder.words.length * 4);
    const viewBytesAll = align(views.length * VIEW_WORDS * 4);
    const tableWords = (steps: readonly Step[]): number =>
      steps.reduce((words, step) => words + STEP_HEADER + step.args.length, 0);
    const tableBytes = align((tableWords(this.prologue) + tableWords(this.steps)) * 4);
    const lasting = [...builder.lasting].reduce((bytes, storage) => bytes + room(storage), 0);
    this.bytes = constantBytes + viewBytesAll + tableBytes + lasting + arenaBytes;
    this.#block = runtime.heap.allocate(this.bytes, what);
    runtime.retain();

    let address = this.#block.address;
    builder.constantStorage.address = address;
    const viewAddress = address + constantBytes;
    const tableAddress = viewAddress + viewBytesAll;
    address = tableAddress + tableBytes;
    for (const storage of builder.lasting) {
      storage.address = address;
      address += room(storage);
    }
    for (const [storage, offset] of offsets) storage.address = address + offset;
    if (guard > 0) {
      for (const storage of [...builder.lasting, ...offsets.keys()]) {
        this.#guards.push({ address: storage.address! + align(storage.bytes), bytes: guard });
      }
    }

    const buffer = runtime.heap.memory.buffer;
    const ints = new Int32Array(buffer);
    const floats = new Float32Array(buffer);
    builder.words.forEach((word, i) => {
      const index = (builder.constantStorage.address! >>> 2) + i;
      if (typeof word === "number") ints[index] = word;
      else floats[index] = word.float;
    });
    for (const view of views) describe(view);
    [...descriptions.keys()].forEach((key, i) => {
      const at = viewAddress + i * VIEW_WORDS * 4;
      descriptions.set(key, at);
      const [data, ...words] = key.split(" ").map(Number);
      ints.set([data!, ...words], at >>> 2);
    });
    const resolve = (arg: Arg): number => {
      if (typeof arg === "number") return arg;
      const data = arg.storage.address! + arg.offset;
      return isView(arg) ? descriptions.get(`${data} ${viewWords(arg).join(" ")}`)! : data;
    };
    let at = tableAddress >>> 2;
    const writeTable = (steps: readonly Step[]): number => {
      const start = at * 4;
      let shared = true;
      for (const { kernel, units, args, flops } of steps) {
        const serial = units === 1 || units * flops < SHARED_FLOPS;
        const grain = serial
          ? units
          : Math.max(1, Math.ceil(PIECE_FLOPS / flops), Math.floor(units / (runtime.threads * PIECES)));
        // Steps on one thread follow each other by themselves.
        const flags = (serial ? SERIAL : 0) | (shared || !serial ? BARRIER : 0);
        shared = !serial;
        ints.set(
          [runtime.kernelIndex(kernel, args.length), units, grain, flags, args.length, ...args.map(resolve)],
          at,
        );
        at += STEP_HEADER + args.length;
      }
      return start;
    };
    this.#tables = { prologue: writeTable(this.prologue), steps: writeTable(this.steps) };
  }

  /** Shapes of what `run` takes, by name. */
  get inputShapes(): ReadonlyMap<string, Shape> {
    return new Map([...this.#inputs].map(([name, { shape }]) => [name, shape]));
  }

  /**
   * Feeds the inputs, runs on all threads, reads the outputs. `weights` is any token that changes when the parameters
   * do, so that what is derived from them is computed anew.
   */
  async run(
    inputs: Readonly<Record<string, Float32Array>>,
    weights: unknown,
  ): Promise<Record<string, Tensor>> {
    this.#waiting++;
    try {
      return await this.#runtime.exclusive(async (run) => {
        this.#feed(inputs);
        if (this.#weights !== weights)
          await run(this.#tables.prologue, this.prologue.length, flopsOf(this.prologue));
        this.#weights = weights;
        await run(this.#tables.steps, this.steps.length, this.#flops);
        return this.#read();
      });
    } finally {
      this.#waiting--;
    }
  }

  /** A run is in progress or waits for its turn. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** The same on the calling thread, at once: no run of this plan or of one that changes its weights may be in progress. */
  runSync(inputs: Readonly<Record<string, Float32Array>>, weights: unknown): Record<string, Tensor> {
    this.#feed(inputs);
    if (this.#weights !== weights) this.#runtime.runSync(this.#tables.prologue, this.prologue.length);
    this.#weights = weights;
    this.#runtime.runSync(this.#tables.steps, this.steps.length);
    return this.#read();
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#runtime.free(this.#block);
    this.#runtime.release();
  }

  /** One line per step: kernel, units of work, arguments, layer. */
  toString(): string {
    const show = (arg: Arg): string => (typeof arg === "number" ? String(arg) : arg.storage.name);
    const line = (step: Step): string =>
      `${step.kernel}(${step.args.map(show).join(", ")}) x ${step.units}${step.layer ? `  # ${step.layer}` : ""}`;
    return [...this.prologue.map((step) => `once ${line(step)}`), ...this.steps.map(line)].join("\n");
  }

  /** For tests: fills the no man's land between storages. */
  fillGuards(value: number): void {
    for (const guard of this.#guards) this.#guardFloats(guard).fill(value);
  }

  /** For tests: whether no kernel wrote outside the storages since {@link fillGuards}. */
  guardsHold(value: number): boolean {
    return this.#guards.every((guard) => this.#guardFloats(guard).every((float) => Object.is(float, value)));
  }

  #guardFloats({ address, bytes }: Block): Float32Array {
    return new Float32Array(this.#runtime.heap.memory.buffer, address, bytes / 4);
  }

  #feed(inputs: Readonly<Record<string, Float32Array>>): void {
    check(!this.#disposed, "This model was disposed of; it cannot run any more.");
    for (const [name, { shape, place }] of this.#inputs) {
      const data = inputs[name];
      check(
        data && data.length === sizeOf(shape),
        () =>
          `The input "${name}" needs ${sizeOf(shape)} values of shape ${formatShape(shape)}, not ${data?.length ?? "none"}.`,
      );
      this.#floats(place, data.length).set(data);
    }
  }

  #read(): Record<string, Tensor> {
    const results: Record<string, Tensor> = {};
    for (const [name, { shape, place }] of this.#outputs) {
      results[name] = new Tensor(this.#floats(place, sizeOf(shape)).slice(), shape);
    }
    return results;
  }

  #floats(place: Place, length: number): Float32Array {
    return new Float32Array(this.#runtime.heap.memory.buffer, place.storage.address! + place.offset, length);
  }
}

function flopsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { units, flops }) => sum + units * flops, 0);
}

/** Words of a view's description: see assembly/lib/view.ts. */
const VIEW_WORDS = 10;

function viewWords(view: View): number[] {
  return [view.n, view.c, view.blocks, view.h, view.w, view.image, view.block, view.row, view.pixel];
}
