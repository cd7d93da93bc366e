import { check } from "../errors.js";
import type { Place } from "../ops/layout.js";
import { formatShape, sizeOf, Tensor } from "../tensor.js";
import type { Block } from "../wasm/heap.js";
import type { RunTable, Runtime } from "../wasm/runtime.js";
import type { Derivation, PlanOptions, Step } from "./builder.js";
import { Copies, type Copy, UNKNOWN } from "./copies.js";
import { draft, formatSteps, type Port } from "./draft.js";
import { type Encoded, encode, roomOf } from "./encode.js";
import type { Graph } from "./graph.js";

export type { PlanOptions, Step } from "./builder.js";

/** Something derived from the weights. */
interface Derived extends Derivation {
  readonly name: string | symbol;
  readonly copy: Copy;
}

/** From which addresses it comes, and how. What comes from constants, which have an address in one plan only, is that plan's own. */
function nameOf({ key, parameters }: Derivation): string | symbol {
  const isShared = parameters.every(({ storage }) => storage.address !== undefined);
  return isShared
    ? [...parameters.map(({ storage, offset }) => storage.address! + offset), key].join()
    : Symbol(key);
}

/**
 * A graph made ready to run: a list of kernel calls with absolute addresses. Running it allocates nothing in
 * WebAssembly memory.
 */
export class Plan {
  readonly steps: readonly Step[];
  /** Steps that run once for each state of the weights. */
  readonly prologue: readonly Step[];
  /** Bytes for activations, and in all, with what other plans share. */
  readonly arenaBytes: number;
  readonly bytes: number;
  readonly #runtime: Runtime;
  readonly #block: Block;
  readonly #inputs: ReadonlyMap<string, Port>;
  readonly #outputs: ReadonlyMap<string, Port>;
  readonly #tables: { prologue: readonly number[]; steps: number };
  readonly #copies: Copies;
  readonly #derived: Derived[] = [];
  readonly #flops: number;
  readonly #guards: readonly Block[];
  #waiting = 0;
  #running = false;
  #disposed = false;

  constructor(runtime: Runtime, graph: Graph, options: PlanOptions, what: string) {
    this.#runtime = runtime;
    const { builder, inputs, outputs } = draft(graph, options);
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.steps = builder.steps;
    this.prologue = builder.prologue;
    this.#flops = flopsOf(this.steps);

    const { copies = new Copies(runtime), guardBytes = 0 } = options;
    this.#copies = copies;
    let encoded: Encoded;
    try {
      for (const derivation of builder.derivations) {
        const { storage } = derivation;
        const name = nameOf(derivation);
        const copy = copies.acquire(name, roomOf(storage, guardBytes), what);
        storage.address = copy.block.address;
        this.#derived.push({ ...derivation, name, copy });
      }
      encoded = encode(builder, runtime, guardBytes, what);
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#block = encoded.block;
    this.#tables = encoded.tables;
    this.#guards = encoded.guards;
    this.bytes = this.#derived.reduce((sum, { copy }) => sum + copy.block.bytes, encoded.block.bytes);
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
        this.#running = true;
        try {
          this.#feed(inputs);
          onTurn?.();
          await this.#prepare(run, weights);
          await run(this.#tables.steps, this.steps.length, this.#flops);
          return this.#read();
        } finally {
          this.#running = false;
        }
      });
    } finally {
      this.#waiting--;
    }
  }

  /** Computes what is derived from the weights, unless it is there. */
  async #prepare(run: RunTable, weights: unknown): Promise<void> {
    try {
      for (const table of this.#stale(weights)) await run(...table);
    } catch (error) {
      this.forgetWeights();
      throw error;
    }
  }

  /** The weights changed: the next run, even one that waits for its turn, computes anew what is derived from them. */
  forgetWeights(): void {
    for (const { copy } of this.#derived) copy.weights = UNKNOWN;
  }

  /** What is not derived from these weights. It counts as derived: forgotten if they change meanwhile. */
  *#stale(weights: unknown): Generator<[address: number, steps: number, flops: number]> {
    for (const { copy, first, end } of this.#derived) {
      if (copy.weights === weights) continue;
      copy.weights = weights;
      yield [this.#tables.prologue[first]!, end - first, flopsOf(this.prologue.slice(first, end))];
    }
  }

  /** A run is in progress. */
  get running(): boolean {
    return this.#running;
  }

  /** A run is in progress or waits for its turn. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** The same on the calling thread, at once: no run of this plan or of one that changes its weights may be in progress. */
  runSync(inputs: Readonly<Record<string, Float32Array>>, weights: unknown): Record<string, Tensor> {
    this.#feed(inputs);
    try {
      for (const [address, steps] of this.#stale(weights)) this.#runtime.runSync(address, steps);
    } catch (error) {
      this.forgetWeights();
      throw error;
    }
    this.#runtime.runSync(this.#tables.steps, this.steps.length);
    return this.#read();
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#runtime.free(this.#block);
    this.#release();
    this.#runtime.release();
  }

  /** Gives back what it has of the copies. */
  #release(): void {
    for (const { name } of this.#derived) this.#copies.release(name);
  }

  /** One line per step: kernel, units of work, arguments, layer. */
  toString(): string {
    return formatSteps(this);
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
      // Faster than slice(), which fills new memory with zeros first.
      results[name] = new Tensor(new Float32Array(this.#floats(place, sizeOf(shape))), shape);
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
