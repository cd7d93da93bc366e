import { check } from "../errors.js";
import type { Arg, Place, Storage } from "../ops/layout.js";
import { formatShape, type Shape, sizeOf, Tensor } from "../tensor.js";
import type { Block } from "../wasm/heap.js";
import type { Runtime } from "../wasm/runtime.js";
import { arrange } from "./arrange.js";
import { Builder, type PlanOptions, type Step } from "./builder.js";
import { encode } from "./encode.js";
import { type Graph, neededNodes } from "./graph.js";

export type { PlanOptions, Step } from "./builder.js";

interface Port {
  readonly shape: Shape;
  readonly place: Place;
}

/** In place of a token: nothing has been derived from the weights as they are now. */
const UNKNOWN = Symbol("unknown");

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
  readonly #guards: readonly Block[];
  #weights: unknown = UNKNOWN;
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
      check(
        !this.#inputs.has(value.name),
        () => `There are two inputs "${value.name}", of different shapes. Give each a name of its own.`,
      );
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

    const encoded = encode(builder, runtime, options.guardBytes ?? 0, what);
    this.#block = encoded.block;
    this.#tables = encoded.tables;
    this.#guards = encoded.guards;
    this.bytes = encoded.block.bytes;
    this.arenaBytes = encoded.arenaBytes;
    runtime.retain();
  }

  /**
   * Feeds the inputs, runs on all threads, reads the outputs. `weights` is any token that changes when the parameters
   * do, so that what is derived from them is computed anew. `onTurn` is called when earlier runs are over.
   */
  async run(
    inputs: Readonly<Record<string, Float32Array>>,
    weights: unknown,
    onTurn?: () => void,
  ): Promise<Record<string, Tensor>> {
    this.#waiting++;
    try {
      return await this.#runtime.exclusive(async (run) => {
        this.#feed(inputs);
        onTurn?.();
        if (this.#weights !== weights) {
          // Forgotten again if the weights change, or a worker fails, meanwhile.
          this.#weights = weights;
          try {
            await run(this.#tables.prologue, this.prologue.length, flopsOf(this.prologue));
          } catch (error) {
            this.forgetWeights();
            throw error;
          }
        }
        await run(this.#tables.steps, this.steps.length, this.#flops);
        return this.#read();
      });
    } finally {
      this.#waiting--;
    }
  }

  /** The weights changed: the next run, even one that waits for its turn, computes anew what is derived from them. */
  forgetWeights(): void {
    this.#weights = UNKNOWN;
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
